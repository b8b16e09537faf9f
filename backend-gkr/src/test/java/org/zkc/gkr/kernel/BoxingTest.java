package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Compiled vector loops allocate nothing per element. A loop that C2 could not inline boxes its
 * vectors: it stays right, and becomes a hundred times slower without a word. This is the word.
 */
class BoxingTest {
  private static final int LOOPS = 22;

  @Test
  void vectorLoopsAllocateNothing() throws IOException, InterruptedException {
    Map<String, AllocationProbe.Found> loops = AllocationProbe.inAFreshJvm(LoopAllocations.class);
    assertEquals(LOOPS, loops.size(), loops.toString());
    loops.forEach((name, found) ->
        assertTrue(
            found.allocated() <= found.allowed(),
            name + " allocates " + found.allocated() + " bytes when warm"));
  }
}
