package org.zkc.runtime.execute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.ir.UserException;
import org.zkc.runtime.emit.ModelWeights;

/** Quotients that no proof is about are refused where they arise, not proved wrong. */
class QuotientExecutorTest {
  private final List<Integer> shape = List.of(2);
  private final Circuit circuit =
      CircuitCheck.check(
              new Circuit(
                  List.of(
                      TensorDeclaration.input(shape, -100, 100),
                      TensorDeclaration.input(shape, 0, 5),
                      TensorDeclaration.witness(shape, -8, 8)),
                  List.of(),
                  List.of(new RoundedQuotient(2, 0, 1, 3, -8, 8)),
                  List.of(0, 1),
                  List.of(2)))
          .circuit();

  private int[] run(int n, int d) {
    IntegerExecutor executor = new IntegerExecutor(circuit, new ModelWeights(List.of()));
    return executor.runForOutputs(List.of(new int[] {1, n}, new int[] {2, d}), 1).getFirst();
  }

  @Test
  void quotientsInTheRangeAreRounded() {
    assertArrayEquals(new int[] {4, -6}, run(-3, 4));
    assertArrayEquals(new int[] {4, 8}, run(5, 5));
  }

  @Test
  void othersAreRefused() {
    for (int[] pair : new int[][] {{1, 0}, {0, 0}, {9, 5}, {-9, 5}, {100, 1}}) {
      UserException e = assertThrows(UserException.class, () -> run(pair[0], pair[1]));
      assertTrue(e.getMessage().contains("cannot be proved"), e.getMessage());
    }
  }
}
