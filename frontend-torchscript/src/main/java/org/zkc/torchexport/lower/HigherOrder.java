package org.zkc.torchexport.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Function;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.torchexport.program.Argument;
import org.zkc.torchexport.program.Graph;
import org.zkc.torchexport.program.Node;
import org.zkc.torchscript.lower.Binding;
import org.zkc.torchscript.lower.FunctionWriter;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * One call of a higher-order operator. Modes that do not matter to inference are left out and their
 * graphs written in place; {@code cond}, {@code while_loop}, {@code scan} and {@code map} become
 * conditionals and loops, which the lowering from the torch level decides and unrolls.
 */
final class HigherOrder {
  static final String PREFIX = "torch.ops.higher_order.";

  private final GraphLowering graphs;
  private final Node node;
  private final FunctionWriter writer;
  private final Map<String, Binding> names;
  private final Location at;

  HigherOrder(GraphLowering graphs, Node node, FunctionWriter writer, Map<String, Binding> names) {
    this.graphs = graphs;
    this.node = node;
    this.writer = writer;
    this.names = names;
    this.at = node.location();
  }

  List<Binding> results() {
    String operator = node.target().substring(PREFIX.length());
    return switch (operator) {
      case "wrap_with_set_grad_enabled",
          "wrap_with_autocast",
          "wrap",
          "tag_activation_checkpoint",
          "invoke_subgraph",
          "strict_mode",
          "hints_wrapper" ->
          inPlace();
      case "cond" -> condition();
      case "while_loop" -> whileLoop();
      case "scan" -> scan(values(1), values(2), values(3));
      case "map_impl", "map" -> scan(List.of(), values(1), values(2));
      default ->
          throw new UserException(
              "the higher-order operator %s cannot be proved; write it out with tensor operations."
                  .formatted(operator));
    };
  }

  /** The graph, with what follows it as arguments, written into the function that calls it. */
  private List<Binding> inPlace() {
    for (int i = 0; i < node.inputs().size(); i++) {
      if (node.inputs().get(i).value() instanceof Argument.Subgraph g) {
        List<Binding> arguments = new ArrayList<>();
        for (int j = i + 1; j < node.inputs().size(); j++) {
          Argument argument = node.inputs().get(j).value();
          if (!(argument instanceof Argument.Text)) { // the identifier of a shared graph
            arguments.addAll(values(j));
          }
        }
        return graphs.inline(g.graph(), arguments, writer, at);
      }
    }
    throw GraphLowering.damaged("%s has no graph".formatted(node.target()));
  }

  private Argument input(int index) {
    if (index >= node.inputs().size()) {
      throw GraphLowering.damaged(
          "%s has %d arguments".formatted(node.target(), node.inputs().size()));
    }
    return node.inputs().get(index).value();
  }

  private Argument.Subgraph subgraph(int index) {
    if (input(index) instanceof Argument.Subgraph g) {
      return g;
    }
    throw GraphLowering.damaged("argument %d of %s is no graph".formatted(index, node.target()));
  }

  /** The values of an argument, those of a list one by one. */
  private List<Binding> values(int index) {
    return input(index) instanceof Argument.Elements list
        ? list.elements().stream().map(e -> graphs.binding(e, writer, names)).toList()
        : List.of(graphs.binding(input(index), writer, names));
  }

  private List<Binding> condition() {
    List<Binding> operands = values(3);
    Function then = function(subgraph(1), operands);
    Function otherwise = function(subgraph(2), operands);
    if (then.results().size() != otherwise.results().size()) {
      throw GraphLowering.damaged("the two graphs of a condition have not as many results");
    }
    return writer.choose(values(0).getFirst(), then, otherwise, operands, at);
  }

  /** A tensor of one element as a truth value. */
  private Binding truth(Binding condition, FunctionWriter in) {
    return FunctionWriter.typeOf(condition).equals(StaticTypes.BOOL)
        ? condition
        : in.call("aten.Bool", List.of(condition), "condition", at);
  }

  private Function function(Argument.Subgraph subgraph, List<Binding> operands) {
    FunctionWriter inner = new FunctionWriter();
    List<Binding> parameters = parameters(inner, subgraph.graph(), operands, 0);
    List<Binding> results = graphs.inline(subgraph.graph(), parameters, inner, at);
    return finish(inner, subgraph.name(), results);
  }

  private Function finish(FunctionWriter inner, String name, List<Binding> results) {
    if (inner.writesParameter()) {
      throw new UserException(
          "the graph %s changes its arguments in place, which zkc does not support"
              .formatted(name));
    }
    Function function = inner.finish(graphs.functionName(name), results, at);
    graphs.add(function);
    return function;
  }

  /** Parameters of the types of values, named after a graph's inputs from {@code first} on. */
  private static List<Binding> parameters(
      FunctionWriter inner, Graph graph, List<Binding> values, int first) {
    List<Binding> out = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      String name =
          first + i < graph.inputs().size()
                  && graph.inputs().get(first + i) instanceof Argument.Name n
              ? n.name()
              : "x";
      TorchType type = FunctionWriter.typeOf(values.get(i));
      out.add(inner.parameter(name, type));
    }
    return out;
  }

  private List<Binding> whileLoop() {
    Argument.Subgraph condition = subgraph(0);
    Argument.Subgraph body = subgraph(1);
    List<Binding> initial = values(2);
    List<Binding> further = values(3);
    Binding first = single(graphs.inline(condition.graph(), joined(initial, further), writer, at));
    FunctionWriter inner = new FunctionWriter();
    List<Binding> carried = parameters(inner, body.graph(), initial, 0);
    List<Binding> fixed = parameters(inner, body.graph(), further, initial.size());
    List<Binding> next = graphs.inline(body.graph(), joined(carried, fixed), inner, at);
    if (next.size() != initial.size()) {
      throw GraphLowering.damaged(
          "a loop carries %d values and computes %d".formatted(initial.size(), next.size()));
    }
    List<Binding> results = new ArrayList<>();
    results.add(
        truth(single(graphs.inline(condition.graph(), joined(next, fixed), inner, at)), inner));
    results.addAll(next);
    Function function = finish(inner, body.name(), results);
    return writer.repeatWhile(truth(first, writer), function, initial, further, at);
  }

  private static Binding single(List<Binding> results) {
    if (results.size() != 1) {
      throw GraphLowering.damaged("a condition has %d values".formatted(results.size()));
    }
    return results.getFirst();
  }

  /**
   * A loop over the first axis of tensors: each pass takes what is carried and one slice of each,
   * and gives what is carried on and one slice of each result.
   */
  private List<Binding> scan(List<Binding> initial, List<Binding> sliced, List<Binding> further) {
    if (sliced.isEmpty()) {
      throw new UserException("%s over no tensor cannot be proved".formatted(node.target()));
    }
    Argument.Subgraph subgraph = subgraph(0);
    int stacked = node.outputs().size() - initial.size();
    if (node.outputs().size() == 1 && node.outputs().getFirst() instanceof Argument.Elements e) {
      stacked = e.elements().size() - initial.size();
    }
    List<Binding> lists = new ArrayList<>();
    for (int i = 0; i < stacked; i++) {
      lists.add(writer.list(StaticTypes.TENSOR, List.of(), at));
    }
    FunctionWriter inner = new FunctionWriter();
    Binding index = inner.parameter("i", StaticTypes.INT);
    List<Binding> carried = parameters(inner, subgraph.graph(), initial, 0);
    List<Binding> collected = new ArrayList<>();
    lists.forEach(
        _ -> collected.add(inner.parameter("list", StaticTypes.list(StaticTypes.TENSOR))));
    List<Binding> whole = parameters(inner, subgraph.graph(), sliced, initial.size());
    List<Binding> fixed =
        parameters(inner, subgraph.graph(), further, initial.size() + sliced.size());
    List<Binding> arguments = new ArrayList<>(carried);
    for (Binding tensor : whole) {
      arguments.add(
          inner.call("aten.select", List.of(tensor, Binding.Literal.of(0), index), "slice", at));
    }
    arguments.addAll(fixed);
    List<Binding> results = graphs.inline(subgraph.graph(), arguments, inner, at);
    if (results.size() != initial.size() + lists.size()) {
      throw GraphLowering.damaged(
          "a graph of %s has %d results".formatted(node.target(), results.size()));
    }
    List<Binding> next = new ArrayList<>(results.subList(0, initial.size()));
    for (int i = 0; i < lists.size(); i++) {
      next.add(
          inner.call(
              "aten.append",
              List.of(collected.get(i), results.get(initial.size() + i)),
              "list",
              at));
    }
    Function function = finish(inner, subgraph.name(), next);
    Binding count =
        writer.call("aten.size", List.of(sliced.getFirst(), Binding.Literal.of(0)), "count", at);
    List<Binding> last =
        writer.repeat(count, function, joined(initial, lists), joined(sliced, further), at);
    List<Binding> out = new ArrayList<>(last.subList(0, initial.size()));
    for (Binding list : last.subList(initial.size(), last.size())) {
      out.add(writer.call("aten.stack", List.of(list, Binding.Literal.of(0)), "stacked", at));
    }
    return out;
  }

  private static List<Binding> joined(List<Binding> first, List<Binding> second) {
    List<Binding> out = new ArrayList<>(first);
    out.addAll(second);
    return out;
  }
}
