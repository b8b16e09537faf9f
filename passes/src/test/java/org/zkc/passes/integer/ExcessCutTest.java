package org.zkc.passes.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Interval;

/** The excess of sums is taken off where tables shrink by more than that costs. */
class ExcessCutTest {
  private static final int SHIFT = 6;

  /** A requantisation to 8 bits of sums up to {@code bound}. */
  private static ExcessCut.Site site(long bound, long elements) {
    Interval x = new Interval(-bound, bound);
    return new ExcessCut.Site(x, SHIFT, new Interval(-127, 127), x.shiftRounded(SHIFT), elements);
  }

  @Test
  void fewElementsOfFarReachingSums() {
    ExcessCut.Site site = site(1 << 20, 40);
    ExcessCut cut = ExcessCut.of(List.of(site));
    assertEquals(WideClamp.shortest(site.x(), SHIFT, site.kept()), cut.cuts().getFirst());
    assertTrue(2 * cut.rows() < site.window().size());
    assertTrue(cut.rows() > 4 * 40 + 255, "what an element's excess costs counts");
  }

  @Test
  void notOfManyElementsNorOfShortTables() {
    for (ExcessCut.Site site : List.of(site(1 << 20, 100_000), site(1 << 14, 40))) {
      ExcessCut cut = ExcessCut.of(List.of(site));
      assertEquals(List.of(Optional.empty()), cut.cuts());
      assertEquals(site.window().size(), cut.rows());
    }
  }

  /** One site of many elements keeps the table of all, so that no other has use of a cut. */
  @Test
  void allSitesOfAFunctionOrNone() {
    ExcessCut both = ExcessCut.of(List.of(site(1 << 20, 40), site(1 << 19, 40)));
    assertTrue(both.cuts().stream().allMatch(Optional::isPresent));
    ExcessCut none = ExcessCut.of(List.of(site(1 << 20, 100_000), site(1 << 19, 40)));
    assertTrue(none.cuts().stream().allMatch(Optional::isEmpty));
    assertEquals(site(1 << 20, 1).window().size(), none.rows());
  }

  @Test
  void whereATableChanges() {
    assertEquals(new Interval(-4, -1), ExcessCut.changing(-5, new int[] {2, 2, 3, 5, 7, 7}));
    assertEquals(new Interval(3, 4), ExcessCut.changing(3, new int[] {1, 2}));
    assertEquals(1, ExcessCut.changing(9, new int[] {4, 4, 4}).size());
  }
}
