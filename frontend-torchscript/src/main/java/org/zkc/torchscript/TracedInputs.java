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

  /**
   * One tensor in the arguments of the traced call.
   *
   * @param path the argument's number, then keys and positions inside it: {@code 0}, {@code 1.mask}
   */
  record Example(String path, Shape shape, DType dtype) {}

  private static final int MAX_DEPTH = 16;
  private static final int MAX_EXAMPLES = 10_000;

  private TracedInputs() {}

  /** Tensors in the arguments of the method, in order; empty where the archive has no record. */
  static List<Example> read(TorchArchive archive, String method) {
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
      dict.get(method).ifPresent(arguments -> collect(arguments, "", 0, out));
    }
    return out;
  }

  private static void collect(PickleValue value, String path, int depth, List<Example> out) {
    if (depth > MAX_DEPTH || out.size() > MAX_EXAMPLES) {
      throw new UserException("The model was traced with inputs that are nested too deeply.");
    }
    switch (value) {
      case PickleValue.TensorValue t -> {
        if (t.tensor().type().isComplex()) {
          throw new UserException(
              "The model's input %s is complex; let forward take its parts and call torch.view_as_complex."
                  .formatted(path));
        }
        out.add(new Example(path, t.tensor().shape(), t.tensor().type().dtype()));
      }
      case PickleValue.Tuple t -> collectAll(t.elements(), path, depth, out);
      case PickleValue.ListValue l -> collectAll(l.elements(), path, depth, out);
      case PickleValue.Dict d ->
          d.entries()
              .forEach((key, element) -> {
                if (key instanceof PickleValue.Text name) {
                  collect(element, join(path, name.value()), depth + 1, out);
                }
              });
      case PickleValue.AffineValue _,
          PickleValue.None _,
          PickleValue.Bool _,
          PickleValue.Int _,
          PickleValue.Float _,
          PickleValue.Text _,
          PickleValue.Complex _,
          PickleValue.Device _,
          PickleValue.Instance _,
          PickleValue.Global _,
          PickleValue.StorageValue _ -> {}
    }
  }

  private static void collectAll(
      List<PickleValue> elements, String path, int depth, List<Example> out) {
    for (int i = 0; i < elements.size(); i++) {
      collect(elements.get(i), join(path, Integer.toString(i)), depth + 1, out);
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
