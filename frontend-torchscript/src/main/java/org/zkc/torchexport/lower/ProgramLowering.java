package org.zkc.torchexport.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Program;
import org.zkc.ir.UserException;
import org.zkc.torchexport.program.Argument;
import org.zkc.torchexport.program.ExportedProgram;
import org.zkc.torchexport.program.ExportedProgram.InputSpec;
import org.zkc.torchexport.program.ExportedProgram.OutputSpec;
import org.zkc.torchexport.program.StoredTensors;
import org.zkc.torchexport.program.TreeSpec;
import org.zkc.torchscript.lower.Binding;
import org.zkc.torchscript.lower.FunctionWriter;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * From an exported program to a torch-level one: {@code main} takes the tensors of forward's
 * arguments, named by their paths, and returns what forward does, structure included. New values of
 * buffers and inputs are dropped: what is proved is the answer of the model as it was saved.
 */
public final class ProgramLowering {
  private final ExportedProgram program;
  private final StoredTensors stored;
  private final FunctionWriter main = new FunctionWriter();
  private final Map<String, Binding> names = new HashMap<>();
  private final List<ModelInput> inputs = new ArrayList<>();

  private ProgramLowering(ExportedProgram program, StoredTensors stored) {
    this.program = program;
    this.stored = stored;
  }

  /** A program and the tensor inputs of its main. */
  public record Lowered(Program program, List<ModelInput> inputs) {
    public Lowered {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * Lowers a program.
   *
   * @param dimensions values of symbolic dimensions, as the user names them
   * @param faults where given, what cannot be read is put there and the reading goes on, with
   *     {@link org.zkc.ir.torch.Operator#UNKNOWN} in place of its results
   * @throws UserException at the user's line for what cannot be read
   */
  public static Lowered lower(
      ExportedProgram program,
      StoredTensors stored,
      Map<String, Long> dimensions,
      Optional<List<UserException>> faults) {
    return new ProgramLowering(program, stored).lower(dimensions, faults);
  }

  private Lowered lower(Map<String, Long> dimensions, Optional<List<UserException>> faults) {
    Dimensions sizes = Dimensions.of(program, dimensions, inputPaths());
    bindInputs(sizes);
    sizes.require(main, names);
    GraphLowering graphs = new GraphLowering(faults);
    graphs.nodes(program.graph(), main, names);
    List<Binding> results = results(graphs);
    List<Function> functions = new ArrayList<>();
    functions.add(main.finish("main", results, Location.UNKNOWN));
    functions.addAll(graphs.functions());
    return new Lowered(new Program(Level.TORCH, functions), inputs);
  }

  private void bindInputs(Dimensions sizes) {
    Map<String, String> paths = inputPaths();
    for (InputSpec spec : program.inputs()) {
      switch (spec) {
        case InputSpec.Stored s -> {
          StoredTensors.Stored tensor = stored.tensor(s.name());
          Binding read =
              switch (s.kind()) {
                case PARAMETER -> main.tensor(tensor.name(), tensor.data(), Location.UNKNOWN);
                case BUFFER, CONSTANT -> main.state(tensor.name(), tensor.data(), Location.UNKNOWN);
              };
          bind(
              s.graphName(),
              tensor.isComplex()
                  ? main.call(
                      "aten.view_as_complex", List.of(read), tensor.name(), Location.UNKNOWN)
                  : read);
        }
        case InputSpec.User u -> {
          if (u.argument() instanceof Argument.Name name) {
            if (name.kind() != Argument.Kind.TENSOR) {
              throw new UserException(
                  "The model's input %s is a number that may change from call to call; zkc takes tensors as inputs, so make it a tensor or a constant."
                      .formatted(name.name()));
            }
            String path = paths.getOrDefault(name.name(), name.name());
            bind(name.name(), main.parameter(path, StaticTypes.TENSOR));
            inputs.add(
                new ModelInput(
                    path,
                    Optional.of(sizes.shape(name.name())),
                    Optional.of(sizes.dtype(name.name()))));
          }
        }
        case InputSpec.Constant c -> bind(c.graphName(), GraphLowering.literal(c.value()));
        case InputSpec.Unsupported u ->
            throw new UserException(
                "The model's graph takes a %s, which zkc does not support; export a model of tensors alone."
                    .formatted(u.kind()));
      }
    }
  }

  private void bind(String name, Binding value) {
    if (names.put(name, value) != null) {
      throw GraphLowering.damaged("the name %s stands for two values".formatted(name));
    }
  }

  /** Paths of the tensor inputs by their names in the graph, where the archive tells them. */
  private Map<String, String> inputPaths() {
    List<Optional<String>> leaves = new ArrayList<>();
    for (InputSpec spec : program.inputs()) {
      switch (spec) {
        case InputSpec.User u ->
            leaves.add(
                u.argument() instanceof Argument.Name n ? Optional.of(n.name()) : Optional.empty());
        case InputSpec.Constant _ -> leaves.add(Optional.empty());
        case InputSpec.Stored _, InputSpec.Unsupported _ -> {}
      }
    }
    List<String> paths = new ArrayList<>();
    program
        .interfaceSpec()
        .ifPresent(call -> {
          if (call.input().below().size() == 2) {
            List<TreeSpec> positional = call.input().below().getFirst().below();
            for (int i = 0; i < positional.size(); i++) {
              String name =
                  i < call.argumentNames().size() ? call.argumentNames().get(i) : "input" + i;
              collect(positional.get(i), name, paths);
            }
            collect(call.input().below().getLast(), "", paths);
          }
        });
    Map<String, String> out = new HashMap<>();
    if (paths.size() == leaves.size() && paths.stream().distinct().count() == paths.size()) {
      for (int i = 0; i < paths.size(); i++) {
        String path = paths.get(i);
        leaves.get(i).ifPresent(name -> out.put(name, path));
      }
    }
    return out;
  }

  private static void collect(TreeSpec tree, String path, List<String> out) {
    switch (tree) {
      case TreeSpec.Leaf _ -> out.add(path);
      case TreeSpec.Sequence s -> {
        for (int i = 0; i < s.children().size(); i++) {
          collect(s.children().get(i), inside(path, Integer.toString(i)), out);
        }
      }
      case TreeSpec.Fields f -> {
        for (int i = 0; i < f.children().size(); i++) {
          collect(f.children().get(i), inside(path, f.names().get(i)), out);
        }
      }
    }
  }

  private static String inside(String path, String part) {
    return path.isEmpty() ? part : path + "." + part;
  }

  private List<Binding> results(GraphLowering graphs) {
    List<Binding> leaves = new ArrayList<>();
    for (OutputSpec spec : program.outputs()) {
      switch (spec) {
        case OutputSpec.User u -> leaves.add(graphs.binding(u.argument(), main, names));
        case OutputSpec.Mutation _ -> {}
        case OutputSpec.Unsupported u ->
            throw new UserException(
                "The archive holds a program of training: it returns a %s. Export the model itself, after model.eval()."
                    .formatted(u.kind()));
      }
    }
    Optional<TreeSpec> tree =
        program
            .interfaceSpec()
            .map(ExportedProgram.CallSignature::output)
            .filter(t -> t.leaves() == leaves.size());
    if (tree.isEmpty()) {
      return leaves;
    }
    List<Binding> rest = new ArrayList<>(leaves.reversed());
    return switch (tree.get()) {
      case TreeSpec.Sequence s -> s.children().stream().map(c -> structure(c, rest)).toList();
      case TreeSpec.Fields f -> List.of(structure(f, rest));
      case TreeSpec.Leaf l -> List.of(structure(l, rest));
    };
  }

  /** Takes the leaves of a tree from the end of {@code rest}. */
  private Binding structure(TreeSpec tree, List<Binding> rest) {
    return switch (tree) {
      case TreeSpec.Leaf _ -> rest.removeLast();
      case TreeSpec.Sequence s ->
          main.tuple(s.children().stream().map(c -> structure(c, rest)).toList(), Location.UNKNOWN);
      case TreeSpec.Fields f ->
          main.dictionary(
              f.names(),
              f.children().stream().map(c -> structure(c, rest)).toList(),
              Location.UNKNOWN);
    };
  }
}
