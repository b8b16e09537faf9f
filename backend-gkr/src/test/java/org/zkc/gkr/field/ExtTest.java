package org.zkc.gkr.field;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.failure.VerificationFailure;

class ExtTest extends FieldLaws<Ext> {
  @Override
  Ext zero() {
    return Ext.ZERO;
  }

  @Override
  Ext one() {
    return Ext.ONE;
  }

  @Override
  Ext random(Random random) {
    return new Ext(
        random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P));
  }

  @Override
  List<Ext> corners() {
    int m = M31.P - 1;
    List<Ext> corners =
        new ArrayList<>(List.of(Ext.ZERO, Ext.ONE, new Ext(m, m, m, m), new Ext(0, m, 0, m)));
    for (int limb = 1; limb < 4; limb++) {
      corners.add(new Ext(0, limb == 1 ? m : 0, limb == 2 ? m : 0, limb == 3 ? m : 0));
    }
    return corners;
  }

  @Override
  Ext add(Ext a, Ext b) {
    return a.add(b);
  }

  @Override
  Ext sub(Ext a, Ext b) {
    return a.sub(b);
  }

  @Override
  Ext mul(Ext a, Ext b) {
    return a.mul(b);
  }

  @Override
  Ext inv(Ext a) {
    return a.inv();
  }

  /** Equality is written out, limb by limb. */
  @Test
  void elementsThatDifferInAnyLimbAreNotEqual() {
    Ext x = new Ext(1, 2, 3, 4);
    assertEquals(x, new Ext(1, 2, 3, 4));
    assertEquals(x.hashCode(), new Ext(1, 2, 3, 4).hashCode());
    for (int limb = 0; limb < 4; limb++) {
      int[] other = {1, 2, 3, 4};
      other[limb]++;
      assertNotEquals(x, new Ext(other[0], other[1], other[2], other[3]));
    }
    assertNotEquals(x, (Object) "x");
    assertNotEquals(x, null);
  }

  @Test
  void aVectorIsFilledWithAnElementWhereAllOfItsOwnAre() {
    Ext x = new Ext(1, 2, 3, 4);
    ExtVector all = new ExtVector(5);
    ExtVector part = all.slice(1, 3);
    part.fill(x);
    assertTrue(part.isFilledWith(x));
    assertFalse(all.isFilledWith(x));
    assertTrue(all.slice(0, 0).isFilledWith(x));
    for (int limb = 0; limb < 4; limb++) {
      for (int k = 0; k < 3; k++) {
        part.limb(limb)[part.offset() + k]++;
        assertFalse(part.isFilledWith(x));
        part.limb(limb)[part.offset() + k]--;
      }
    }
  }

  @Test
  void theGeneratorsSatisfyTheirEquations() {
    Ext i = new Ext(0, 1, 0, 0);
    Ext v = new Ext(0, 0, 1, 0);
    assertEquals(Ext.ofSigned(-1), i.square());
    assertEquals(new Ext(2, 1, 0, 0), v.square());
  }

  @Test
  void theMultiplicativeGroupHasTheOrderOfAField() {
    // x^(p^2 - 1) lies in the kernel of no proper norm unless E is a field: x^(p^4 - 1) = 1 by two
    // steps.
    Random random = new Random(11);
    for (int k = 0; k < 5; k++) {
      Ext x = random(random);
      Ext frobenius = x.pow(M31.P).pow(M31.P).pow(M31.P).pow(M31.P);
      assertEquals(x, frobenius, "x^(p^4) = x for " + x);
    }
  }

  @Test
  void wireFormRoundTripsAndRejectsResiduesPastP() {
    Ext x = new Ext(1, M31.P - 1, 0x01020304, 7);
    byte[] wire = new byte[Ext.BYTES + 1];
    x.write(wire, 1);
    assertEquals(4, wire[9], "little-endian");
    assertEquals(x, Ext.read(wire, 1));
    for (int limb = 0; limb < 4; limb++) {
      for (int bad : new int[] {M31.P, -1, Integer.MIN_VALUE}) {
        byte[] altered = wire.clone();
        for (int b = 0; b < 4; b++) {
          altered[1 + 4 * limb + b] = (byte) (bad >>> 8 * b);
        }
        assertThrows(VerificationFailure.class, () -> Ext.read(altered, 1));
      }
    }
  }

  @Test
  void limbsOutsideTheFieldAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Ext(0, 0, M31.P, 0));
    assertThrows(IllegalArgumentException.class, () -> new Ext(0, -1, 0, 0));
  }
}
