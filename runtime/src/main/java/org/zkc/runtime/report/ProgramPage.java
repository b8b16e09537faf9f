package org.zkc.runtime.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Region;
import org.zkc.ir.Value;
import org.zkc.ir.text.OpText;
import org.zkc.ir.torch.Operator;
import org.zkc.runtime.report.Page.Fact;
import org.zkc.runtime.report.Page.Unit;

/**
 * The page of a program of one level: an IR file, or the code of an archive. The ops can be
 * selected. The graph is that of main's body, without the ops that do not depend on an input.
 */
public final class ProgramPage {
  private final Program program;
  private final OpText texts;
  private final List<Page.Layer> layers = new ArrayList<>();
  private final List<Page.Line> lines = new ArrayList<>();
  private final Map<String, List<Integer>> layersOfSource = new LinkedHashMap<>();
  private final Map<Op, Integer> numbers = new IdentityHashMap<>();

  private ProgramPage(Program program) {
    this.program = program;
    this.texts = OpText.of(program);
    for (Function function : program.functions()) {
      if (program.functions().size() > 1) {
        lines.add(new Page.Line("func @" + function.name(), List.of()));
      }
      add(function.region(), "");
    }
  }

  /** The page of an IR file. */
  public static byte[] ofText(String fileName, Program program) {
    return PageWriter.write(textPage(fileName, program));
  }

  static Page textPage(String fileName, Program program) {
    return new ProgramPage(program)
        .page(
            fileName,
            program.level().text() + "-level program",
            List.of(
                "This file holds a network in one form of the compiler's intermediate"
                    + " representation: "
                    + about(program.level())
                    + " Select an operation in the drawing or in a listing: it is marked in all.",
                "Cost, error and the other forms are known once a model is compiled: open the page"
                    + " of a .zkc file for them."),
            List.of());
  }

  /**
   * The page of an archive.
   *
   * @param kind the kind of archive, {@code TorchScript archive}
   * @param facts further facts about it
   */
  static Page archivePage(String fileName, String kind, Program program, List<Fact> facts) {
    return new ProgramPage(program)
        .page(
            fileName,
            kind,
            List.of(
                "This is a network as PyTorch saved it. The listing shows its code as zkc reads it:"
                    + " one line for each operator, still without shapes.",
                "zkc compile turns it into a model that can be proved; the page of that .zkc file"
                    + " shows every form of it side by side, with cost and error of each layer."),
            facts);
  }

  /**
   * The page of an archive.
   *
   * @param kind the kind of archive, {@code TorchScript archive}
   */
  public static byte[] ofArchive(
      String fileName, String kind, Program program, String digest, List<String> inputs) {
    List<Fact> facts = new ArrayList<>();
    inputs.forEach(input -> facts.add(new Fact("input", input, Unit.CODE, "Name and shape.")));
    facts.add(new Fact("digest", digest, Unit.CODE, "SHA-256 of the file."));
    return PageWriter.write(archivePage(fileName, kind, program, facts));
  }

  private static String about(Level level) {
    return switch (level) {
      case TORCH -> "the operators of PyTorch, as the archive has them.";
      case TENSOR -> "simplified layers over real numbers, with shapes.";
      case INTEGER -> "the integers that are proved, each with its interval and scale.";
      case CIRCUIT -> "the equations between arrays that make up the proof.";
    };
  }

  private void add(Region region, String indent) {
    for (Op op : region.body()) {
      int number = layers.size() + 1;
      numbers.put(op, number);
      Location location = op.location();
      layers.add(
          new Page.Layer(
              Operations.words(mnemonic(op)),
              mnemonic(op),
              op.definitions().isEmpty() ? "" : "%" + op.definitions().getFirst().name(),
              location.toString(),
              location.text().strip(),
              List.of(),
              List.of()));
      lines.add(new Page.Line(indent + texts.of(op), List.of(number)));
      if (location.isKnown()) {
        String text = location.text().strip();
        layersOfSource
            .computeIfAbsent(location + (text.isEmpty() ? "" : "  " + text), k -> new ArrayList<>())
            .add(number);
      }
      OpSpec.of(op).regions(op).forEach(r -> add(r, indent + "  "));
    }
  }

  private static String mnemonic(Op op) {
    return op instanceof Operator o
        ? o.operator().replaceFirst("^aten\\.", "")
        : OpSpec.of(op).mnemonic();
  }

  private Page page(String fileName, String kind, List<String> introduction, List<Fact> more) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("level", program.level().text(), Unit.TEXT, about(program.level())));
    facts.add(new Fact("operations", (long) layers.size(), Unit.COUNT, "In all functions."));
    facts.addAll(more);
    List<Page.Line> source = new ArrayList<>();
    layersOfSource.forEach((line, own) -> source.add(new Page.Line(line, own)));
    List<Page.Level> levels = new ArrayList<>();
    if (!source.isEmpty()) {
      levels.add(new Page.Level("your Python", "The lines that the operations came from.", source));
    }
    levels.add(new Page.Level(program.level().text(), about(program.level()), lines));
    return new Page(
        fileName,
        kind,
        introduction,
        facts,
        "operation",
        layers,
        graph(),
        levels,
        List.of(),
        Glossary.TERMS);
  }

  private Page.Graph graph() {
    GraphBuilder graph = new GraphBuilder();
    Map<Value, Integer> nodeOf = new HashMap<>();
    Function main = program.main();
    main.parameters().forEach(v -> nodeOf.put(v, graph.port(v.name(), "input", List.of())));
    for (Op op : main.body()) {
      Set<Integer> from = new LinkedHashSet<>();
      for (Value operand : op.operands()) {
        Optional.ofNullable(nodeOf.get(operand)).ifPresent(from::add);
      }
      if (from.isEmpty()) {
        continue;
      }
      int node =
          graph.node(
              Objects.requireNonNull(numbers.get(op), "every op has a number"),
              Operations.words(mnemonic(op)),
              op.definitions().isEmpty() ? "" : "%" + op.definitions().getFirst().name(),
              Operations.tone(mnemonic(op)),
              0,
              List.copyOf(from));
      op.definitions().forEach(v -> nodeOf.put(v, node));
    }
    for (Value result : main.results()) {
      Integer source = nodeOf.get(result);
      graph.port(result.name(), "output", source == null ? List.of() : List.of(source));
    }
    return graph.build();
  }
}
