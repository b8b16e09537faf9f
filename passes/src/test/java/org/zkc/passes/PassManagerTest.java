package org.zkc.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.UserException;
import org.zkc.ir.text.Parser;
import org.zkc.ir.text.SidecarReader;
import org.zkc.passes.tensor.MergeClamps;
import org.zkc.passes.tensor.MergeViews;

final class PassManagerTest {
  private static final Program TWO_RELUS =
      Parser.parse(
          """
          program tensor {
            func @main(%x: tensor<2:f32>) {
              %a = tensor.relu(%x) : tensor<2:f32>
              %b = tensor.relu(%a) : tensor<2:f32>
              return %b
            }
          }
          """,
          "test", SidecarReader.NONE);

  /** Drops the body but still returns its result. */
  private record Breaking(Level level) implements Pass {
    @Override
    public String name() {
      return "breaking";
    }

    @Override
    public String description() {
      return "Makes an ill-formed program.";
    }

    @Override
    public boolean isOptimisation() {
      return true;
    }

    @Override
    public Program run(Program program, PassContext context) {
      var region =
          new org.zkc.ir.Region(program.main().parameters(), List.of(), program.main().results());
      return Program.of(level, new org.zkc.ir.Function("main", region, program.main().location()));
    }
  }

  @Test
  void theListenerHearsOfEachStepAndCountsAreKept() {
    List<PassListener.Step> heard = new ArrayList<>();
    PassManager manager = new PassManager(Set.of(), heard::add, new PassContext());
    Program after = manager.run(TWO_RELUS, List.of(new MergeViews(), new MergeClamps()));
    assertEquals(1, after.main().body().size());
    assertEquals(
        List.of("merge-views", "merge-clamps"),
        heard.stream().map(PassListener.Step::name).toList());
    assertEquals(List.of(1, 2), heard.stream().map(PassListener.Step::number).toList());
    assertEquals(List.of(false, true), heard.stream().map(PassListener.Step::changed).toList());
    assertSame(after, heard.get(1).result());
    assertTrue(heard.get(1).nanoseconds() > 0);
    assertEquals(heard, manager.steps());
    assertEquals(1, manager.context().statistics().get("merge-clamps.rewritten"));
  }

  @Test
  void disabledPassesAreSkipped() {
    PassManager manager =
        new PassManager(Set.of("merge-clamps"), PassListener.NONE, new PassContext());
    assertSame(TWO_RELUS, manager.run(TWO_RELUS, List.of(new MergeClamps())));
    assertEquals(List.of(), manager.steps());
  }

  @Test
  void whatIsNoOptimisationOrNoPassCannotBeDisabled() {
    String needed =
        PassCatalogue.all().stream()
            .filter(p -> !p.isOptimisation())
            .findFirst()
            .orElseThrow()
            .name();
    UserException e = assertThrows(UserException.class, () -> manager(needed));
    assertTrue(e.getMessage().contains(needed + " cannot be disabled"), e.getMessage());
    UserException unknown = assertThrows(UserException.class, () -> manager("fold-batchnorm"));
    assertTrue(
        unknown.getMessage().contains("fold-batch-norm"),
        "names the passes there are: " + unknown.getMessage());
  }

  private static PassManager manager(String disabled) {
    return new PassManager(Set.of(disabled), PassListener.NONE, new PassContext());
  }

  @Test
  void anIllFormedResultIsTheStepsFaultAndIsDumpedFirst() {
    List<String> heard = new ArrayList<>();
    PassManager manager =
        new PassManager(Set.of(), step -> heard.add(step.name()), new PassContext());
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> manager.run(TWO_RELUS, List.of(new Breaking(Level.TENSOR))));
    assertTrue(
        e.getMessage().startsWith("step 1, breaking, made an ill-formed program"), e.getMessage());
    assertEquals(List.of("breaking"), heard);
  }

  @Test
  void aPassOfAnotherLevelIsRefused() {
    PassManager manager = new PassManager(Set.of(), PassListener.NONE, new PassContext());
    UserException e =
        assertThrows(
            UserException.class,
            () -> manager.run(TWO_RELUS, List.of(new EliminateDeadCode(Level.INTEGER))));
    assertTrue(e.getMessage().contains("integer level"), e.getMessage());
  }

  @Test
  void theCatalogueIsInOrderOfLevelsAndDescribesEachPass() {
    List<Pass> all = PassCatalogue.all();
    Level last = Level.TORCH;
    Set<String> seen = new HashSet<>();
    for (Pass pass : all) {
      assertTrue(pass.level().compareTo(last) >= 0, pass.name() + " comes after a later level");
      last = pass.level();
      assertTrue(pass.name().matches("[a-z]+(-[a-z]+)*"), pass.name());
      assertTrue(pass.description().matches("[A-Z].*[^.]\\."), pass.description());
      assertTrue(seen.add(pass.name() + pass.level()), "twice: " + pass.name());
      assertSame(pass, PassCatalogue.byName(pass.name(), pass.level()));
      assertTrue(PassCatalogue.of(pass.level()).contains(pass));
    }
    assertFalse(all.isEmpty());
    assertThrows(UserException.class, () -> PassCatalogue.byName("fold-batch-norm", Level.CIRCUIT));
  }
}
