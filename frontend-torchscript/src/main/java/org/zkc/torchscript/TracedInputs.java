package org.zkc.torchscript;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.torchscript.archive.TorchArchive;
import org.zkc.torchscript.pickle.PickleReader;
import org.zkc.torchscript.pickle.PickleValue;

/**
 * The example inputs' shapes and element types that traced archives keep in {@code
 * traced_inputs.pkl}, without data.
 */
final class TracedInputs {

  /** One tensor argument of the traced call. */
  record Example(Shape shape, DType dtype) {}

  private TracedInputs() {}

  /** Tensor arguments of forward in order; empty where the archive has no such record. */
  static List<Example> read(TorchArchive archive) {
    Optional<MemorySegment> record = archive.record("traced_inputs.pkl");
    if (record.isEmpty()) {
      return List.of();
    }
    PickleValue value =
        PickleReader.read(
            "traced_inputs.pkl",
            record.get(),
            _ -> Optional.of(MemorySegment.ofArray(new byte[0])));
    List<Example> out = new ArrayList<>();
    if (value instanceof PickleValue.Dict dict) {
      dict.get("forward").ifPresent(arguments -> collect(arguments, out));
    }
    return out;
  }

  private static void collect(PickleValue arguments, List<Example> out) {
    List<PickleValue> elements =
        switch (arguments) {
          case PickleValue.Tuple t -> t.elements();
          case PickleValue.ListValue l -> l.elements();
          default -> List.of(arguments);
        };
    for (PickleValue element : elements) {
      if (element instanceof PickleValue.TensorValue t) {
        DType dtype =
            t.tensor()
                .type()
                .dtype()
                .orElseThrow(() ->
                    new UserException(
                        "The model was traced with a %s input, which zkc does not support; trace it with float32."
                            .formatted(t.tensor().type().torchName())));
        out.add(new Example(t.tensor().shape(), dtype));
      }
    }
  }
}
