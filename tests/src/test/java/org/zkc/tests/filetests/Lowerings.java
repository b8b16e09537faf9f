package org.zkc.tests.filetests;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.zkc.ir.DType;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.passes.PassContext;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.passes.circuit.IntegerToCircuit;
import org.zkc.passes.torch.TorchToTensor;

/** The lowerings that file tests can name. */
final class Lowerings {
  private static final Pattern TORCH_TO_TENSOR = Pattern.compile("torch-to-tensor\\((.*)\\)");

  private Lowerings() {}

  static Program lower(Program program, String name) {
    Matcher torch = TORCH_TO_TENSOR.matcher(name);
    if (torch.matches()) {
      List<TensorType> inputs = new ArrayList<>();
      for (String each : torch.group(1).split(" ")) {
        List<Integer> extents = List.of(each.split("x")).stream().map(Integer::valueOf).toList();
        inputs.add(new TensorType(DType.F32, new Shape(extents)));
      }
      return TorchToTensor.lower(program, inputs, new PassContext());
    }
    if (name.equals("integer-to-circuit")) {
      return IntegerToCircuit.lower(program, new PassContext());
    }
    if (name.equals("integer-to-circuit(fft)")) {
      return IntegerToCircuit.lower(program, ConvolutionPolicy.FFT.choice(), new PassContext());
    }
    throw new AssertionError(
        "there is no lowering '"
            + name
            + "'; there are torch-to-tensor(SHAPE SHAPE ...), integer-to-circuit and"
            + " integer-to-circuit(fft)");
  }
}
