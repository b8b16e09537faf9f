package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.hash.HashAllocations;

/**
 * Compiled vector loops allocate nothing per element. A loop that C2 could not inline boxes its
 * vectors: it stays right, and becomes a hundred times slower without a word. This is the word.
 */
class BoxingTest {
  private static final int LOOPS = 22;

  private static void allocateNothing(Map<String, AllocationProbe.Found> loops, int count) {
    assertEquals(count, loops.size(), loops.toString());
    loops.forEach((name, found) ->
        assertTrue(
            found.allocated() <= found.allowed(),
            name + " allocates " + found.allocated() + " bytes when warm"));
  }

  @Test
  void vectorLoopsAllocateNothing() throws IOException, InterruptedException {
    allocateNothing(AllocationProbe.inAFreshJvm(LoopAllocations.class, List.of()), LOOPS);
  }

  /** Compiled after few runs, they have little of a profile to go by. */
  @Test
  void theyAllocateNothingInAServerEither() throws IOException, InterruptedException {
    List<String> flags = AllocationProbe.flagsOfServe();
    assertTrue(flags.stream().anyMatch(f -> f.contains("org.zkc.gkr.kernel.Vector")), flags + "");
    allocateNothing(AllocationProbe.inAFreshJvm(LoopAllocations.class, flags), LOOPS);
    allocateNothing(AllocationProbe.inAFreshJvm(HashAllocations.class, flags), 1);
  }
}
