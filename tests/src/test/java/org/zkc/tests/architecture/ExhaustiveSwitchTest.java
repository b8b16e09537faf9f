package org.zkc.tests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.zkc.tests.Repository;

/**
 * A switch over a sealed type or an enum must not end in a {@code default} that throws: without it,
 * the compiler names every switch that a new op, relation or type still needs a case in; with it, a
 * user finds out.
 */
final class ExhaustiveSwitchTest {
  @Test
  void noDefaultThatThrowsOverASealedType() throws IOException {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(Repository.root())) {
      sources =
          files
              .filter(file ->
                  Repository.root()
                      .relativize(file)
                      .toString()
                      .matches("[^/]+/src/main/java/.*\\.java"))
              .sorted()
              .toList();
    }
    assertTrue(
        sources.size() > 100,
        "only " + sources.size() + " source files found under " + Repository.root());

    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> found = new ArrayList<>();
    Scanner scanner;
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-proc:none", "-nowarn", "--add-modules", "jdk.incubator.vector");
      var task =
          (JavacTask)
              compiler.getTask(
                  null, files, d -> {}, options, null, files.getJavaFileObjectsFromPaths(sources));
      List<CompilationUnitTree> units = new ArrayList<>();
      task.parse().forEach(units::add);
      task.analyze();
      scanner = new Scanner(Trees.instance(task), found);
      units.forEach(unit -> scanner.scan(unit, null));
    }
    assertTrue(
        scanner.switchesOverClosedTypes > 20,
        "the compiler attributed the sources: " + scanner.switchesOverClosedTypes);
    assertEquals(List.of(), found);
  }

  private static final class Scanner extends TreePathScanner<Void, Void> {
    private final Trees trees;
    private final List<String> found;
    private int switchesOverClosedTypes;

    Scanner(Trees trees, List<String> found) {
      this.trees = trees;
      this.found = found;
    }

    @Override
    public Void visitSwitch(SwitchTree node, Void unused) {
      check(node.getExpression(), node.getCases());
      return super.visitSwitch(node, unused);
    }

    @Override
    public Void visitSwitchExpression(SwitchExpressionTree node, Void unused) {
      check(node.getExpression(), node.getCases());
      return super.visitSwitchExpression(node, unused);
    }

    private void check(ExpressionTree selector, List<? extends CaseTree> cases) {
      if (!(trees.getTypeMirror(new TreePath(getCurrentPath(), selector))
          instanceof DeclaredType type)) {
        return;
      }
      var element = (TypeElement) type.asElement();
      boolean closed =
          element.getKind() == ElementKind.ENUM || element.getModifiers().contains(Modifier.SEALED);
      if (!closed) {
        return;
      }
      switchesOverClosedTypes++;
      for (CaseTree branch : cases) {
        if (branch.getLabels().stream().anyMatch(DefaultCaseLabelTree.class::isInstance)
            && throwsAtOnce(branch)) {
          CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
          long line =
              unit.getLineMap()
                  .getLineNumber(trees.getSourcePositions().getStartPosition(unit, branch));
          found.add(
              unit.getSourceFile().getName()
                  + ":"
                  + line
                  + ": default throws in a switch over "
                  + element);
        }
      }
    }

    private static boolean throwsAtOnce(CaseTree branch) {
      Tree body = branch.getBody() != null ? branch.getBody() : branch.getStatements().getFirst();
      return body instanceof ThrowTree;
    }
  }
}
