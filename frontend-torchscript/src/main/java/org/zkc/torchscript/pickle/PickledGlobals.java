package org.zkc.torchscript.pickle;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.zkc.ir.UserException;

/**
 * The closed list of names that a pickle of an archive may refer to, and what applying one means as
 * data.
 */
final class PickledGlobals {
  private static final Set<String> LIST_BUILDERS =
      Set.of(
          "torch.jit._pickle.build_intlist",
          "torch.jit._pickle.build_doublelist",
          "torch.jit._pickle.build_boollist",
          "torch.jit._pickle.build_tensorlist");
  private static final Set<String> OTHERS =
      Set.of(
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_qtensor",
          "torch.per_tensor_affine",
          "torch.per_channel_affine",
          "torch.per_channel_affine_float_qparams",
          "torch.jit._pickle.restore_type_tag",
          "collections.OrderedDict",
          "torch.device",
          "builtins.complex");

  private final String record;

  PickledGlobals(String record) {
    this.record = record;
  }

  /** The value of a GLOBAL opcode. */
  PickleValue named(String module, String name) {
    String qualified = module + "." + name;
    boolean known =
        module.equals("__torch__")
            || module.startsWith("__torch__.")
            || LIST_BUILDERS.contains(qualified)
            || OTHERS.contains(qualified)
            || (module.equals("torch") && StorageType.ofClass(name).isPresent());
    if (!known) {
      String remedy = remedy(module, name);
      throw new UserException(
          "The record %s refers to %s: %s".formatted(record, printable(qualified), remedy));
    }
    return new PickleValue.Global(qualified);
  }

  private static String remedy(String module, String name) {
    if (name.contains("qtensor") || (module.startsWith("torch") && name.startsWith("Q"))) {
      return "quantised tensors of this kind are not supported; use 8-bit ones, or export the"
          + " float model.";
    }
    if (name.contains("sparse")) {
      return "sparse tensors are not supported; make them dense, by to_dense(), before saving the"
          + " model.";
    }
    return module.equals("torch") && name.endsWith("Storage")
        ? "tensors of this element type are not supported; convert them, by float(), before saving"
            + " the model."
        : "zkc never runs what a pickle names; export the model with torch.jit.save.";
  }

  /** At most 120 characters, control characters replaced: names come from an untrusted file. */
  private static String printable(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 120 ? clean : clean.substring(0, 120) + "...";
  }

  StorageType storageType(PickleValue global) {
    String name = ((PickleValue.Global) global).qualifiedName();
    return StorageType.ofClass(name.startsWith("torch.") ? name.substring("torch.".length()) : "")
        .orElseThrow(() -> refused(name, "as a storage class"));
  }

  PickleValue newObject(PickleValue type, PickleValue arguments) {
    String name = ((PickleValue.Global) type).qualifiedName();
    if (!name.startsWith("__torch__") || !arguments.equals(new PickleValue.Tuple(List.of()))) {
      throw refused(name, "as a class to instantiate");
    }
    return new PickleValue.Instance(name);
  }

  /**
   * The value of a REDUCE opcode. What is applied to a value that is no tuple is an enumeration's
   * class: PyTorch writes its members in this way.
   */
  PickleValue apply(PickleValue function, PickleValue argument) {
    String name = ((PickleValue.Global) function).qualifiedName();
    if (!(argument instanceof PickleValue.Tuple arguments)) {
      if (!name.startsWith("__torch__")) {
        throw refused(name, "as an enumeration");
      }
      PickleValue.Instance member = new PickleValue.Instance(name);
      member.attributes().put("value", argument);
      return member;
    }
    List<PickleValue> values = arguments.elements();
    if (LIST_BUILDERS.contains(name)) {
      PickleValue.ListValue list = (PickleValue.ListValue) values.get(0);
      list.tag(
          switch (name.substring(name.lastIndexOf('_') + 1)) {
            case "intlist" -> "List[int]";
            case "doublelist" -> "List[float]";
            case "boollist" -> "List[bool]";
            default -> "List[Tensor]";
          });
      return list;
    }
    return switch (name) {
      case "torch._utils._rebuild_tensor_v2" -> new PickleValue.TensorValue(tensor(values));
      case "torch._utils._rebuild_qtensor" ->
          new PickleValue.AffineValue(
              affine(tensor(values), ((PickleValue.Tuple) values.get(4)).elements()));
      case "torch.jit._pickle.restore_type_tag" -> {
        if (values.get(0) instanceof PickleValue.ListValue list) {
          list.tag(((PickleValue.Text) values.get(1)).value());
        }
        yield values.get(0);
      }
      case "collections.OrderedDict" -> new PickleValue.Dict();
      case "torch.device" -> {
        StringBuilder device = new StringBuilder(((PickleValue.Text) values.get(0)).value());
        for (PickleValue index : values.subList(1, values.size())) {
          device.append(':').append(((PickleValue.Int) index).value());
        }
        yield new PickleValue.Device(device.toString());
      }
      case "builtins.complex" ->
          new PickleValue.Complex(
              ((PickleValue.Float) values.get(0)).value(),
              ((PickleValue.Float) values.get(1)).value());
      default -> throw refused(name, "as a function to apply");
    };
  }

  /** {@code (storage, offset, sizes, strides, requires_grad, hooks)}. */
  private StridedTensor tensor(List<PickleValue> values) {
    TensorStorage storage = ((PickleValue.StorageValue) values.get(0)).storage();
    long offset = ((PickleValue.Int) values.get(1)).value();
    List<Long> sizes = extents(values.get(2));
    List<Long> strides = extents(values.get(3));
    if (offset < 0 || sizes.size() != strides.size() || sizes.size() > 64) {
      throw new UserException(
          "The record "
              + record
              + " describes an impossible tensor; the archive is damaged, export the model again.");
    }
    return new StridedTensor(storage, offset, sizes, strides);
  }

  /**
   * {@code (per_tensor_affine, scale, zero point)} or {@code (per_channel..., scales, zeros,
   * axis)}.
   */
  private AffineTensor affine(StridedTensor integers, List<PickleValue> scheme) {
    String name = ((PickleValue.Global) scheme.get(0)).qualifiedName();
    if (name.equals("torch.per_tensor_affine")) {
      double[] scale = {((PickleValue.Float) scheme.get(1)).value()};
      double[] zero = {((PickleValue.Int) scheme.get(2)).value()};
      return new AffineTensor(integers, scale, zero, 0);
    }
    if (!name.startsWith("torch.per_channel_affine")) {
      throw refused(name, "as a scheme of quantisation");
    }
    return new AffineTensor(
        integers,
        numbers(scheme.get(1)),
        numbers(scheme.get(2)),
        Math.toIntExact(((PickleValue.Int) scheme.get(3)).value()));
  }

  private static double[] numbers(PickleValue tensor) {
    return ((PickleValue.TensorValue) tensor).tensor().data("scales").toDoubles();
  }

  private List<Long> extents(PickleValue tuple) {
    List<Long> out = new ArrayList<>();
    for (PickleValue extent : ((PickleValue.Tuple) tuple).elements()) {
      long value = ((PickleValue.Int) extent).value();
      if (value < 0) {
        throw new UserException(
            "The record "
                + record
                + " describes a tensor with a negative extent; export the model again.");
      }
      out.add(value);
    }
    return out;
  }

  private UserException refused(String name, String role) {
    return new UserException(
        "The record %s uses %s %s, which torch.jit.save never writes; export the model again."
            .formatted(record, printable(name), role));
  }
}
