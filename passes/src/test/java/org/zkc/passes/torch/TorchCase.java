package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Checker;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.TorchType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.text.Printer;
import org.zkc.ir.torch.Constant;
import org.zkc.ir.torch.ListConstruct;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.TensorConstant;
import org.zkc.ir.torch.TupleConstruct;
import org.zkc.passes.Fault;
import org.zkc.passes.PassContext;

/**
 * A torch-level main with one tensor parameter x, built op by op; each op stands on a line of
 * model.py of its own.
 */
final class TorchCase {
  static final TorchType TENSOR = new TorchType.Tensor();
  final FunctionBuilder builder;
  final Value x;
  private final List<org.zkc.ir.Function> others = new ArrayList<>();
  private int line;

  TorchCase() {
    this("main");
  }

  TorchCase(String name) {
    builder = new FunctionBuilder(name, new Location("model.py", 1, "def forward(self, x):"));
    x = builder.parameter("x", TENSOR);
  }

  Location next() {
    line++;
    return new Location("model.py", line + 1, "line " + line);
  }

  /**
   * The value of a Java object: null is None, numbers, booleans and strings are literals, Lists are
   * lists, TensorData are parameters.
   */
  Value value(Object object) {
    return switch (object) {
      case Value v -> v;
      case null -> literal("None", "NoneType");
      case Boolean b -> literal(b ? "True" : "False", "bool");
      case Integer i -> literal(i.toString(), "int");
      case Long i -> literal(i.toString(), "int");
      case Double d -> literal(d.isInfinite() ? d > 0 ? "inf" : "-inf" : d.toString(), "float");
      case String s -> literal("\"" + s + "\"", "str");
      case TensorData t ->
          builder.value(new TensorConstant(builder.fresh("p", TENSOR), "p", t, Location.UNKNOWN));
      case List<?> l -> {
        List<Value> elements = new ArrayList<>();
        l.forEach(e -> elements.add(value(e)));
        yield builder.value(
            new ListConstruct(builder.fresh("l", any()), elements, Location.UNKNOWN));
      }
      default -> throw new IllegalArgumentException(object.toString());
    };
  }

  static TorchType any() {
    return new TorchType.Simple("Any");
  }

  private Value literal(String text, String type) {
    return builder.value(
        new Constant(builder.fresh("c", new TorchType.Simple(type)), text, Location.UNKNOWN));
  }

  /**
   * One operator call with one result; {@code name} may carry an overload, {@code aten.mean/dim}.
   */
  Value op(String name, Object... arguments) {
    List<Value> values = new ArrayList<>();
    for (Object argument : arguments) {
      values.add(value(argument));
    }
    String[] parts = name.split("/");
    Value result = builder.fresh("r", TENSOR);
    builder.append(
        new Operator(List.of(result), parts[0], parts.length == 1 ? "" : parts[1], values, next()));
    return result;
  }

  Value tuple(Object... elements) {
    List<Value> values = new ArrayList<>();
    for (Object element : elements) {
      values.add(value(element));
    }
    return builder.value(new TupleConstruct(builder.fresh("t", any()), values, next()));
  }

  void add(org.zkc.ir.Function function) {
    others.add(function);
  }

  Program lower(Shape shape, Object result) {
    return lower(new TensorType(DType.F32, shape), result);
  }

  Program lower(TensorType type, Object result) {
    Program tensor = lowered(type, result).program();
    assertEquals(List.of(), Checker.check(tensor), () -> Printer.print(tensor));
    return tensor;
  }

  TorchToTensor.Lowered lowered(Shape shape, Object result) {
    return lowered(new TensorType(DType.F32, shape), result);
  }

  private TorchToTensor.Lowered lowered(TensorType type, Object result) {
    return TorchToTensor.lower(program(result), List.of(type), new PassContext());
  }

  private Program program(Object result) {
    List<org.zkc.ir.Function> functions =
        new ArrayList<>(List.of(builder.build(List.of(value(result)))));
    functions.addAll(others);
    return new Program(Level.TORCH, functions);
  }

  /** Everything for which the program is refused. */
  List<Fault> check(Shape shape, Object result) {
    return TorchToTensor.check(program(result), List.of(new TensorType(DType.F32, shape)));
  }

  /** Lowers with x's shape and evaluates; the first result. */
  TensorData run(TensorData input, Object result) {
    return TensorInterpreter.run(lower(input.shape(), result), List.of(input)).getFirst();
  }

  static TensorData data(Shape shape, double... elements) {
    float[] floats = new float[elements.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) elements[i];
    }
    return TensorData.ofFloats(shape, floats);
  }

  /** 1, 2, 3, ... */
  static TensorData counting(int... extents) {
    Shape shape = Shape.of(extents);
    double[] elements = new double[(int) shape.elementCount()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i + 1;
    }
    return data(shape, elements);
  }
}
