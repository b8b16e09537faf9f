package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Function;
import org.zkc.ir.Location;
import org.zkc.ir.Region;
import org.zkc.ir.TensorData;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Call;
import org.zkc.ir.torch.For;
import org.zkc.ir.torch.If;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.Raise;
import org.zkc.ir.torch.While;
import org.zkc.torchscript.code.CodeFile;
import org.zkc.torchscript.debug.DebugTable;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Writes one function of a torch-level program for a reader of graphs: a sequence of calls with
 * names resolved. Operators in place are made functional, and overloads and defaults filled in, as
 * for the code of TorchScript.
 */
public final class FunctionWriter {
  private final Frame frame =
      new Frame(
          new CodeLibrary.Code(new CodeFile(List.of(), List.of()), DebugTable.EMPTY, false),
          Location.UNKNOWN);

  private final List<Value> parameters = new ArrayList<>();

  /** The next parameter of the function. */
  public Binding parameter(String name, TorchType type) {
    Value value = frame.define(valueName(name), type);
    parameters.add(value);
    return new Binding.Dynamic(value, type);
  }

  private static String valueName(String name) {
    return name.replaceAll("[^A-Za-z0-9_.]", "_");
  }

  /** A parameter of the model, which no call may write. */
  public Binding tensor(String name, TensorData data, Location at) {
    return frame.tensor(name, data, at);
  }

  /** A buffer or constant, which a call may write: the next run starts from {@code data} again. */
  public Binding state(String name, TensorData data, Location at) {
    return frame.state(name, data, at);
  }

  /** A complex number, as a tensor without axes. */
  public Binding complex(double real, double imaginary, Location at) {
    return ComplexConstants.number(frame, real, imaginary, at);
  }

  /** The static type of what is bound. */
  public static TorchType typeOf(Binding binding) {
    return Frame.typeOf(binding);
  }

  public Binding list(TorchType elementType, List<Binding> elements, Location at) {
    return frame.list(elementType, elements, at);
  }

  public Binding tuple(List<Binding> elements, Location at) {
    List<TorchType> types = elements.stream().map(Frame::typeOf).toList();
    return frame.tuple(StaticTypes.tuple(types), elements, at);
  }

  public Binding dictionary(List<String> keys, List<Binding> values, Location at) {
    return frame.dictionary(
        keys, values, StaticTypes.dict(StaticTypes.STRING, StaticTypes.ANY), at);
  }

  /** All elements of a list of tensors. */
  public List<Binding> tensors(Binding list, List<String> hints, Location at) {
    return frame.unpack(list, hints.stream().map(_ -> StaticTypes.TENSOR).toList(), hints, at);
  }

  /**
   * A call of an operator.
   *
   * @param operator {@code aten.add}
   * @param overload the one that is meant; empty for the default one
   * @return the operator's results
   * @throws UserException when there is no such operator or it takes no such arguments
   */
  public List<Binding> call(
      String operator,
      String overload,
      List<Binding> positional,
      Map<String, Binding> keywords,
      String hint,
      Location at) {
    return OperatorCalls.call(frame, operator, overload, positional, keywords, valueName(hint), at);
  }

  /** A call of the overload that takes these arguments. */
  public Binding call(String operator, List<Binding> arguments, String hint, Location at) {
    List<Binding> results =
        OperatorCalls.call(frame, operator, arguments, Map.of(), valueName(hint), at);
    if (results.size() != 1) {
      throw new UserException(at, "The operator %s has no one result.".formatted(operator));
    }
    return results.getFirst();
  }

  /** A value that cannot be made, in a program that is looked through for faults. */
  public Binding unknown(TorchType type, String hint, List<Binding> read, Location at) {
    List<Value> operands =
        read.stream()
            .filter(b -> b instanceof Binding.Dynamic d && !frame.aliases().isStale(d.value()))
            .map(b -> frame.value(b, at))
            .toList();
    Value value = frame.define(valueName(hint), type);
    frame.region().add(new Operator(List.of(value), Operator.UNKNOWN, "", operands, at));
    return new Binding.Dynamic(value, type);
  }

  /** An exception where a condition does not hold. */
  public void require(Binding condition, String message, Location at) {
    frame
        .region()
        .add(
            new If(
                List.of(),
                frame.value(condition, at),
                new Region(List.of(), List.of(), List.of()),
                new Region(List.of(), List.of(new Raise(message, at)), List.of()),
                at));
  }

  /** The results of one of two functions with the same parameters, by a condition. */
  public List<Binding> choose(
      Binding condition, Function then, Function otherwise, List<Binding> arguments, Location at) {
    List<Value> values = frame.values(arguments, at);
    List<Value> results = defined(then.results());
    frame
        .region()
        .add(
            new If(
                results,
                frame.value(condition, at),
                arm(then, values, at),
                arm(otherwise, values, at),
                at));
    return bindings(results);
  }

  private static Region arm(Function function, List<Value> arguments, Location at) {
    Call call = call(function, arguments, at);
    return new Region(List.of(), List.of(call), call.results());
  }

  /**
   * The values that a loop carries, after its last pass.
   *
   * @param body takes what is carried and then {@code further}; its first result is the next
   *     condition
   */
  public List<Binding> repeatWhile(
      Binding condition, Function body, List<Binding> initial, List<Binding> further, Location at) {
    Value first = frame.value(condition, at);
    List<Value> entering = frame.values(initial, at);
    List<Value> carried = copies(body.parameters().subList(0, initial.size()));
    Region region = pass(body, carried, frame.values(further, at), at);
    List<Value> results = defined(carried);
    frame.region().add(new While(results, first, entering, region, at));
    return bindings(results);
  }

  /**
   * The values that a loop over a range carries, after its last pass.
   *
   * @param body takes the index, what is carried, and then {@code further}
   */
  public List<Binding> repeat(
      Binding count, Function body, List<Binding> initial, List<Binding> further, Location at) {
    Value times = frame.value(count, at);
    List<Value> entering = frame.values(initial, at);
    List<Value> inner = copies(body.parameters().subList(0, initial.size() + 1));
    Region region = pass(body, inner, frame.values(further, at), at);
    List<Value> results = defined(inner.subList(1, inner.size()));
    frame.region().add(new For(results, times, entering, region, at));
    return bindings(results);
  }

  private static Region pass(
      Function body, List<Value> parameters, List<Value> further, Location at) {
    List<Value> arguments = new ArrayList<>(parameters);
    arguments.addAll(further);
    Call call = call(body, arguments, at);
    return new Region(parameters, List.of(call), call.results());
  }

  private static Call call(Function function, List<Value> arguments, Location at) {
    return new Call(copies(function.results()), function.name(), arguments, at);
  }

  private static List<Value> copies(List<Value> values) {
    return values.stream().map(v -> new Value(v.name(), v.type())).toList();
  }

  private List<Value> defined(List<Value> like) {
    return like.stream().map(v -> frame.define(v.name(), (TorchType) v.type())).toList();
  }

  private static List<Binding> bindings(List<Value> values) {
    return values.stream().<Binding>map(v -> new Binding.Dynamic(v, (TorchType) v.type())).toList();
  }

  /** Whether a call wrote to a tensor that is a parameter. */
  public boolean writesParameter() {
    return parameters.stream()
        .filter(p -> p.type().equals(StaticTypes.TENSOR))
        .anyMatch(p -> frame.aliases().isStale(p) || frame.aliases().latest(p) != p);
  }

  /** The function. */
  public Function finish(String name, List<Binding> results, Location at) {
    List<Value> values = frame.values(results, at);
    return new Function(name, frame.region().finish(parameters, values), at);
  }
}
