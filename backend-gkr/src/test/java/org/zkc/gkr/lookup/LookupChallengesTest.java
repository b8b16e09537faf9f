package org.zkc.gkr.lookup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.transcript.Transcript;

class LookupChallengesTest {
  /** Each of them differs from the others and from those of every other transcript. */
  @Test
  void allAreDrawn() {
    HashSet<Ext> seen = new HashSet<>();
    for (int k = 0; k < 5; k++) {
      Transcript transcript = new Transcript("lookups");
      transcript.absorb("witness", k);
      LookupChallenges c = LookupChallenges.draw(transcript);
      seen.add(c.alpha());
      seen.add(c.valueBeta());
      seen.add(c.tagBeta());
      Ext[] factors = c.factors(2);
      assertEquals(
          c.alpha().sub(Ext.of(7)).sub(c.valueBeta().mulBase(9)).sub(c.tagBeta().mulBase(3)),
          c.constant(3).sub(factors[0].mulBase(7)).sub(factors[1].mulBase(9)));
    }
    assertEquals(3 * 5, seen.size());
  }
}
