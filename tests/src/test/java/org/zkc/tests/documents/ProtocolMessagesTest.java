package org.zkc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.zkc.tests.Repository;

/**
 * The tables of messages in sections 9 and 12 of docs/protocol.md have every label that the
 * verifiers' classes hand to the transcript, and no other: whoever writes a second verifier needs
 * them to the letter. Names of relations, which are labels too, are held to section 9.1 by a test
 * of the backend.
 */
final class ProtocolMessagesTest {
  /** The classes whose methods take labels, or names that become labels. */
  private static final Set<String> TAKE_LABELS =
      Set.of(
          "Transcript",
          "ReceivingChannel",
          "SumcheckVerifier",
          "LogupVerifier",
          "Merging",
          "Merge",
          "Rounds",
          "ReductionVerifier",
          "Verifier",
          "StatementTranscript",
          "LayeredVerifier",
          "CombinationVerifier");

  private static final String LAYERED = "org.zkc.gkr.layered";

  /** The prover, whose labels are the verifier's or no proof verifies, and what only counts. */
  private static final Set<String> ROOMS_WITHOUT_LABELS =
      Set.of("org.zkc.gkr.prove", "org.zkc.gkr.estimate", "org.zkc.gkr.security");

  private static final Set<String> LABELS = Set.of("label", "name", "kind");

  private static final String HEADER =
      "| step | label | sent, absorbed or drawn | equation that the verifier checks |";

  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /** A number or text that a label holds; documents write them as one letter. */
  private static final Pattern PLACEHOLDER = Pattern.compile("\\b[A-Z]\\b");

  @Test
  void everyLabelIsInTheTableAndNoOther() throws IOException {
    compare(labelsOfTheVerifier(room -> !room.equals(LAYERED)), labelsOfTheTable(0));
  }

  @Test
  void everyLabelOfLayeredCircuitsIsInTheirTable() throws IOException {
    compare(labelsOfTheVerifier(room -> room.equals(LAYERED)), labelsOfTheTable(1));
  }

  private static void compare(Set<String> patterns, Set<String> documented) {
    assertTrue(patterns.size() > 12, "labels found in the code: " + patterns);
    TreeSet<String> missing = new TreeSet<>();
    for (String pattern : patterns) {
      if (documented.stream().noneMatch(label -> label.matches(pattern))) {
        missing.add(pattern);
      }
    }
    assertEquals(Set.of(), missing, "labels that the table lacks");
    TreeSet<String> unknown = new TreeSet<>();
    for (String label : documented) {
      if (patterns.stream().noneMatch(label::matches)) {
        unknown.add(label);
      }
    }
    assertEquals(Set.of(), unknown, "labels of the table that no class uses");
  }

  /** The labels in the second column, an example for each: 7 for a number, X for a name. */
  private static Set<String> labelsOfTheTable(int table) throws IOException {
    TreeSet<String> out = new TreeSet<>();
    List<String> lines = Files.readAllLines(Repository.root().resolve("docs/protocol.md"));
    int from =
        IntStream.range(0, lines.size())
            .filter(k -> lines.get(k).equals(HEADER))
            .skip(table)
            .findFirst()
            .orElseThrow();
    for (String line : lines.subList(from + 2, lines.size())) {
      if (!line.startsWith("|")) {
        break;
      }
      Matcher quoted = QUOTED.matcher(line.split("\\|")[2]);
      while (quoted.find()) {
        String label = PLACEHOLDER.matcher(quoted.group(1)).replaceAll("7");
        out.add(label.startsWith(" ") ? "X" + label : label);
      }
    }
    return out;
  }

  private static Set<String> labelsOfTheVerifier(Predicate<String> rooms) throws IOException {
    Path backend = Repository.root().resolve("backend-gkr/src/main/java");
    List<Path> sources;
    try (Stream<Path> files = Files.walk(backend)) {
      sources = files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Scanner scanner;
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-proc:none", "-nowarn", "--add-modules", "jdk.incubator.vector");
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, d -> {}, options, null, files.getJavaFileObjectsFromPaths(sources));
      List<CompilationUnitTree> units = new ArrayList<>();
      task.parse()
          .forEach(unit -> {
            String room = String.valueOf(unit.getPackageName());
            if (rooms.test(room) && ROOMS_WITHOUT_LABELS.stream().noneMatch(room::startsWith)) {
              units.add(unit);
            }
          });
      task.analyze();
      scanner = new Scanner(Trees.instance(task));
      units.forEach(unit -> scanner.scan(new TreePath(unit), null));
    }
    return scanner.patterns;
  }

  /** Collects the arguments that are labels, as patterns of what they can be. */
  private static final class Scanner extends TreePathScanner<Void, Void> {
    private static final String ANY = ".+";

    private final Trees trees;
    private final Set<String> patterns = new TreeSet<>();
    private final Map<Element, ExpressionTree> locals = new HashMap<>();

    Scanner(Trees trees) {
      this.trees = trees;
    }

    @Override
    public Void visitVariable(VariableTree node, Void unused) {
      if (node.getInitializer() != null) {
        locals.put(trees.getElement(getCurrentPath()), node.getInitializer());
      }
      return super.visitVariable(node, unused);
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree node, Void unused) {
      collect(node.getArguments());
      return super.visitMethodInvocation(node, unused);
    }

    @Override
    public Void visitNewClass(NewClassTree node, Void unused) {
      collect(node.getArguments());
      return super.visitNewClass(node, unused);
    }

    /** The name of a reduction's ends is a label wherever they are read. */
    @Override
    public Void visitReturn(ReturnTree node, Void unused) {
      TreePath parent = getCurrentPath().getParentPath().getParentPath();
      if (parent.getLeaf() instanceof MethodTree m && m.getName().contentEquals("endsName")) {
        add(node.getExpression());
      }
      return super.visitReturn(node, unused);
    }

    private void collect(List<? extends ExpressionTree> arguments) {
      if (!(trees.getElement(getCurrentPath()) instanceof ExecutableElement called)
          || !TAKE_LABELS.contains(called.getEnclosingElement().getSimpleName().toString())) {
        return;
      }
      List<? extends VariableElement> parameters = called.getParameters();
      for (int k = 0; k < Math.min(arguments.size(), parameters.size()); k++) {
        if (LABELS.contains(parameters.get(k).getSimpleName().toString())
            && parameters.get(k).asType().toString().equals("java.lang.String")) {
          add(arguments.get(k));
        }
      }
    }

    private void add(ExpressionTree label) {
      String pattern = pattern(label);
      if (!pattern.equals(ANY)) {
        patterns.add(pattern);
      }
    }

    private String pattern(ExpressionTree e) {
      if (e instanceof LiteralTree literal) {
        return Pattern.quote(String.valueOf(literal.getValue()));
      }
      if (e instanceof BinaryTree sum) {
        return pattern(sum.getLeftOperand()) + pattern(sum.getRightOperand());
      }
      TreePath path = new TreePath(getCurrentPath(), e);
      if (trees.getTypeMirror(path).getKind() == TypeKind.INT) {
        return "\\d+";
      }
      if (trees.getElement(path) instanceof VariableElement v) {
        if (v.getConstantValue() instanceof String constant) {
          return Pattern.quote(constant);
        }
        if (e instanceof IdentifierTree && locals.get(v) instanceof BinaryTree sum) {
          return pattern(sum);
        }
      }
      return ANY;
    }
  }
}
