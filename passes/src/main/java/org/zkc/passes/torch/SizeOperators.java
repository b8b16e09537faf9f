package org.zkc.passes.torch;

import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.DictOf;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Text;

/**
 * Operators on the properties of a tensor that do not depend on its elements, all computed on the
 * host.
 */
final class SizeOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.size", "host", SizeOperators::size),
          new TorchOperator("aten.dim", "host", c -> new Int(c.tensor(0).shape().rank())),
          new TorchOperator("aten.numel", "host", c -> new Int(c.tensor(0).shape().elementCount())),
          new TorchOperator("aten.len", "host", SizeOperators::length),
          new TorchOperator(
              "aten.is_floating_point", "host", c -> new Bool(c.tensor(0).dtype().isFloating())),
          new TorchOperator("aten.is_complex", "host", c -> new Bool(false)),
          new TorchOperator("aten.is_contiguous", "host", c -> new Bool(true)),
          new TorchOperator(
              "prim.dtype", "host", c -> new Int(CastOperators.scalarType(c.tensor(0).dtype()))),
          new TorchOperator("prim.is_quantized", "host", c -> new Bool(false)),
          new TorchOperator("prim.device", "host", c -> new Text("cpu")),
          new TorchOperator("prim.layout", "host", c -> new Int(0)),
          new TorchOperator("prim.is_cuda", "host", c -> new Bool(false)),
          new TorchOperator("prim.is_nested", "host", c -> new Bool(false)),
          new TorchOperator("prim.requires_grad", "host", c -> new Bool(false)));

  private SizeOperators() {}

  /** (input) is a list, (input, dim) an int. */
  private static TorchValue size(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    if (call.arguments().size() < 2) {
      return TorchValue.ints(shape.extents());
    }
    if (shape.rank() == 0) {
      throw call.refuse("the tensor has no axes");
    }
    return new Int(shape.extent(call.axis(1, shape.rank())));
  }

  private static TorchValue length(OperatorCall call) {
    return switch (call.argument(0)) {
      case Text t -> new Int(t.value().length());
      case DictOf d -> new Int(d.entries().size());
      case Tensor t when t.shape().rank() > 0 -> new Int(t.shape().extent(0));
      default -> new Int(call.elements(0).size());
    };
  }
}
