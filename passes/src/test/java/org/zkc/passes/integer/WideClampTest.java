package org.zkc.passes.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;

/** Both steps together are the requantisation of one. */
class WideClampTest {
  private static final long LIMIT = FieldBounds.LIMIT - 1;

  @Test
  void twoStepsAreOne() {
    Random random = new Random(7);
    int wide = 0;
    for (int run = 0; run < 400; run++) {
      Interval x = new Interval(-random.nextLong(1, LIMIT), random.nextLong(1, LIMIT));
      int shift = random.nextInt(0, 12);
      long low = -random.nextLong(0, 1 << 17);
      Interval result = new Interval(low, low + random.nextLong(1, 1 << 17));
      Optional<WideClamp> found = WideClamp.of(x, shift, result);
      assertEquals(x.shiftRounded(shift).size() > FieldBounds.MAX_TABLE_ROWS, found.isPresent());
      if (found.isEmpty()) {
        continue;
      }
      wide++;
      WideClamp clamp = found.get();
      assertTrue(clamp.coarse().size() <= FieldBounds.MAX_TABLE_ROWS);
      assertTrue(clamp.left().shiftRounded(shift).size() <= FieldBounds.MAX_TABLE_ROWS);
      long[] excess = clamp.excess();
      for (int k = 0; k < 400; k++) {
        long at =
            switch (k % 4) {
              case 0 -> random.nextLong(x.low(), x.high() + 1);
              case 1 -> (result.low() << shift) + random.nextLong(-100_000, 100_000);
              case 2 -> (result.high() << shift) + random.nextLong(-100_000, 100_000);
              default -> random.nextBoolean() ? x.low() : x.high();
            };
        at = Math.clamp(at, x.low(), x.high());
        long h = at + (1L << clamp.shift() - 1) >> clamp.shift();
        long left = at - (excess[(int) (h - clamp.coarse().low())] << clamp.shift());
        assertTrue(clamp.left().contains(left));
        assertEquals(requantized(at, shift, result), requantized(left, shift, result));
      }
    }
    assertTrue(wide > 100);
  }

  private static long requantized(long x, int shift, Interval result) {
    long half = shift == 0 ? 0 : 1L << shift - 1;
    return Math.clamp(x + half >> shift, result.low(), result.high());
  }
}
