package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.Float;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Text;

/** Results of other operators, of which an operator is made; errors name the operator itself. */
record OtherOperators(OperatorCall call) {

  /**
   * The result of an operator.
   *
   * @param operator its name without the namespace, with an overload behind a slash: {@code
   *     sum/dim_IntList}
   * @param arguments in schema order; null is None, numbers, texts, element types and lists of them
   *     are literals
   */
  TorchValue run(String operator, @Nullable Object... arguments) {
    List<TorchValue> values = new ArrayList<>();
    for (Object argument : arguments) {
      values.add(value(argument));
    }
    String[] parts = operator.split("/", 2);
    return PartialEvaluation.evaluate(
        new OperatorCall(
            "aten." + parts[0],
            parts.length == 1 ? "" : parts[1],
            values,
            call.location(),
            call.emit()));
  }

  private static TorchValue value(@Nullable Object argument) {
    return switch (argument) {
      case null -> None.NONE;
      case TorchValue value -> value;
      case Long number -> new Int(number);
      case Integer number -> new Int(number);
      case Double number -> new Float(number);
      case Boolean truth -> new Bool(truth);
      case String text -> new Text(text);
      case DType dtype -> new Int(CastOperators.scalarType(dtype));
      case List<?> list -> new ListOf(list.stream().map(OtherOperators::value).toList());
      default -> throw new IllegalArgumentException(argument + " is no argument");
    };
  }
}
