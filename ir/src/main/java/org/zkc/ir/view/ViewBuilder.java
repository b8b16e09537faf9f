package org.zkc.ir.view;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.Type;
import org.zkc.ir.Value;

/**
 * The part of a level's builder that appends views. The result's type is what {@link ViewRules}
 * infers; a view that changes nothing is its operand.
 */
public abstract class ViewBuilder {

  /** A fresh value for the result of the next op; may refuse the type. */
  protected abstract Value result(Type type);

  /** Appends the view and returns its result, or a value that holds the same. */
  protected abstract Value append(View view);

  /** The source line of the next op. */
  protected abstract Location location();

  /**
   * The type that the rule infers. A level may turn the rule's refusal into an error of its own.
   */
  protected <T> T inferred(Supplier<T> rule) {
    return rule.get();
  }

  public final Value reshape(Value input, Shape shape) {
    return view(
        List.of(input),
        () -> Shapes.reshape(input.shape(), shape),
        Optional.empty(),
        r -> new Reshape(r, input, location()));
  }

  public final Value transpose(Value input, List<Integer> permutation) {
    if (permutation.equals(IntStream.range(0, input.shape().rank()).boxed().toList())) {
      return input;
    }
    Shape shape = inferred(() -> Shapes.transpose(input.shape(), permutation));
    Type type = ViewRules.infer(List.of(input), shape, Optional.empty());
    return append(new Transpose(result(type), input, permutation, location()));
  }

  public final Value slice(
      Value input, List<Integer> starts, List<Integer> limits, List<Integer> strides) {
    return view(
        List.of(input),
        () -> Shapes.slice(input.shape(), starts, limits, strides),
        Optional.empty(),
        r -> new Slice(r, input, starts, limits, strides, location()));
  }

  /**
   * Padding.
   *
   * @param value a Double at the tensor level, a Long at the others
   */
  public final Value pad(Value input, List<Integer> low, List<Integer> high, Number value) {
    return view(
        List.of(input),
        () -> Shapes.pad(input.shape(), low, high),
        Optional.of(value),
        r -> new Pad(r, input, low, high, value, location()));
  }

  public final Value broadcast(Value input, Shape shape) {
    return view(
        List.of(input),
        () -> Shapes.broadcastTo(input.shape(), shape),
        Optional.empty(),
        r -> new Broadcast(r, input, location()));
  }

  /** Parts without elements are left out, unless all are. */
  public final Value concatenate(List<Value> parts, int axis) {
    inferred(() -> Shapes.concatenate(parts.stream().map(Value::shape).toList(), axis));
    List<Value> full = parts.stream().filter(p -> p.shape().elementCount() > 0).toList();
    List<Value> inputs = full.isEmpty() ? parts : full;
    return view(
        inputs,
        () -> Shapes.concatenate(inputs.stream().map(Value::shape).toList(), axis),
        Optional.empty(),
        r -> new Concatenate(r, inputs, axis, location()));
  }

  /**
   * The view of other operands, which may be of another level: the one lowering of all views.
   *
   * @param operands as many as the view has, of the shapes that its operands have
   * @param filler turns a number of the view's level into one of this level
   */
  public final Value lower(View view, List<Value> operands, UnaryOperator<Number> filler) {
    return switch (view) {
      case Reshape r -> reshape(operands.getFirst(), r.result().shape());
      case Transpose t -> transpose(operands.getFirst(), t.permutation());
      case Slice s -> slice(operands.getFirst(), s.starts(), s.limits(), s.strides());
      case Pad p -> pad(operands.getFirst(), p.low(), p.high(), filler.apply(p.value()));
      case Broadcast b -> broadcast(operands.getFirst(), b.result().shape());
      case Concatenate c -> concatenate(operands, c.axis());
    };
  }

  private Value view(
      List<Value> operands,
      Supplier<Shape> rule,
      Optional<Number> filler,
      Function<Value, View> view) {
    Shape shape = inferred(rule);
    if (operands.size() == 1 && shape.equals(operands.getFirst().shape())) {
      return operands.getFirst();
    }
    return append(view.apply(result(inferred(() -> ViewRules.infer(operands, shape, filler)))));
  }
}
