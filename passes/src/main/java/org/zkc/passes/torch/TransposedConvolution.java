package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;

/**
 * Transposed convolutions, element o of whose result is the sum of x[i] w[k] over all i stride + k
 * dilation = o + padding. With o + padding = q stride + r, only every stride-th element of the
 * kernel meets a residue r. So each residue is a plain convolution of the input, with a share of
 * the kernel, and its results are those at positions q of an axis that residues extend. No zero is
 * put between elements of the input.
 */
final class TransposedConvolution {
  private final OperatorCall call;
  private final List<Integer> strides;
  private final List<Integer> padding;
  private final List<Integer> outputPadding;
  private final List<Integer> dilations;
  private final int groups;

  TransposedConvolution(
      OperatorCall call,
      List<Integer> strides,
      List<Integer> padding,
      List<Integer> outputPadding,
      List<Integer> dilations,
      int groups) {
    this.call = call;
    this.strides = strides;
    this.padding = padding;
    this.outputPadding = outputPadding;
    this.dilations = dilations;
    this.groups = groups;
    for (List<Integer> numbers : List.of(strides, dilations, List.of(groups))) {
      if (numbers.stream().anyMatch(n -> n < 1)) {
        throw call.refuse("strides %s, dilations %s".formatted(strides, dilations));
      }
    }
  }

  /**
   * The result.
   *
   * @param input [N, C, ...]
   * @param weight [C, O / groups, ...]
   */
  Value of(Value input, KnownTensor weight, Optional<KnownTensor> bias) {
    int axes = strides.size();
    Shape shape = weight.shape();
    if (input.shape().rank() != axes + 2
        || input.shape().extent(1) != shape.extent(0)
        || shape.extent(0) % groups != 0) {
      throw call.refuse(
          "a weight of shape %s does not fit an input of shape %s and %d groups"
              .formatted(shape, input.shape(), groups));
    }
    List<Integer> taps = new ArrayList<>();
    List<Integer> low = new ArrayList<>();
    List<Integer> high = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (int k = 0; k < axes; k++) {
      int n = input.shape().extent(2 + k);
      int stride = strides.get(k);
      int reach = dilations.get(k) * (shape.extent(2 + k) - 1) + 1;
      int length = (n - 1) * stride - 2 * padding.get(k) + reach + outputPadding.get(k);
      if (length < 1 || padding.get(k) < 0 || outputPadding.get(k) < 0) {
        throw call.refuse("its result would have an axis of %d elements".formatted(length));
      }
      taps.add(Math.ceilDiv(reach, stride));
      low.add(taps.getLast() - 1);
      ends.add(padding.get(k) + length);
      high.add(Math.ceilDiv(ends.getLast(), stride) - n);
    }
    TensorEmitter emit = call.emit();
    Value kernel = emit.constant(kernel(weight.data(), taps), weight.name());
    Optional<Value> shifts = bias.map(b -> emit.constant(repeated(b.data(), residues()), b.name()));
    List<Integer> ones = Collections.nCopies(axes, 1);
    Value y = new ConvolutionEmitter(call, ones, low, high, ones, groups).of(input, kernel, shifts);
    return cut(interleaved(y, groups * shape.extent(1)), ends);
  }

  /** The number of convolutions that make up the result. */
  private int residues() {
    return strides.stream().reduce(1, Math::multiplyExact);
  }

  /**
   * The kernel of a convolution with a channel for each channel and residues of the result, the
   * last residue changing first: [O residues, C / groups, taps ...], backwards along each axis.
   */
  private TensorData kernel(TensorData weight, List<Integer> taps) {
    Shape shape = weight.shape();
    int inner = shape.extent(0) / groups;
    int outer = shape.extent(1);
    List<Integer> extents = new ArrayList<>(List.of(groups * outer * residues(), inner));
    extents.addAll(taps);
    Shape result = new Shape(extents);
    float[] from = weight.toFloats();
    float[] out = new float[Math.toIntExact(result.elementCount())];
    int[] index = new int[result.rank()];
    for (int at = 0; at < out.length; at++) {
      int channel = index[0] / residues();
      int source = (channel / outer * inner + index[1]) * outer + channel % outer;
      boolean there = true;
      int residue = index[0] % residues();
      int block = residues();
      for (int k = 0; k < strides.size() && there; k++) {
        block /= strides.get(k);
        int position =
            residue / block % strides.get(k) + (taps.get(k) - 1 - index[2 + k]) * strides.get(k);
        there =
            position % dilations.get(k) == 0 && position / dilations.get(k) < shape.extent(2 + k);
        source = source * shape.extent(2 + k) + position / dilations.get(k);
      }
      out[at] = there ? from[source] : 0;
      for (int k = index.length - 1; k >= 0 && ++index[k] == result.extent(k); k--) {
        index[k] = 0;
      }
    }
    return TensorData.ofFloats(result, out);
  }

  private static TensorData repeated(TensorData data, int times) {
    float[] from = data.toFloats();
    float[] out = new float[Math.multiplyExact(from.length, times)];
    for (int i = 0; i < out.length; i++) {
      out[i] = from[i / times];
    }
    return TensorData.ofFloats(Shape.of(out.length), out);
  }

  /** [N, O residues, q ...] as [N, O, q stride ...], residues between neighbours. */
  private Value interleaved(Value y, int channels) {
    int axes = strides.size();
    List<Integer> split = new ArrayList<>(List.of(y.shape().extent(0), channels));
    split.addAll(strides);
    split.addAll(y.shape().extents().subList(2, 2 + axes));
    List<Integer> permutation = new ArrayList<>(List.of(0, 1));
    List<Integer> joined = new ArrayList<>(split.subList(0, 2));
    for (int k = 0; k < axes; k++) {
      permutation.add(2 + axes + k);
      permutation.add(2 + k);
      joined.add(Math.multiplyExact(y.shape().extent(2 + k), strides.get(k)));
    }
    TensorEmitter emit = call.emit();
    Value moved = emit.transpose(emit.reshape(y, new Shape(split)), permutation);
    return emit.reshape(moved, new Shape(joined));
  }

  private Value cut(Value y, List<Integer> ends) {
    Value out = y;
    for (int k = 0; k < ends.size(); k++) {
      out = call.emit().slice(out, 2 + k, padding.get(k), ends.get(k), 1);
    }
    return out;
  }
}
