package org.zkc.passes.integer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Interval;

/**
 * Whether requantisations that look up one function take the excess off their sums first, by a
 * {@link WideClamp}, all of them or none. A table costs the prover its rows once, whatever is
 * looked up in it, and the excess costs a committed element and a few lookups for each element.
 *
 * @param cuts what each site does first; empty where it looks its sum up as it is
 * @param rows of the tables, and what costs as much as rows
 */
public record ExcessCut(List<Optional<WideClamp>> cuts, long rows) {
  /** Rows that cost as much as an element's excess: it is committed to and looked up in parts. */
  private static final long PER_ELEMENT = 4;

  /** Rows that cost as much as two further relations and a further table. */
  private static final long PER_USE = 1 << 11;

  /** By how much tables shrink at least; two relations more make a key longer. */
  private static final long GAIN = 2;

  /**
   * A requantisation.
   *
   * @param x the interval of the sums
   * @param shift by which they are rounded
   * @param kept the arguments of the function between which it changes
   * @param window those that its table holds
   * @param elements of the sums
   */
  public record Site(Interval x, int shift, Interval kept, Interval window, long elements) {
    /** The steps where they leave a shorter window. */
    private Optional<WideClamp> cut() {
      return WideClamp.shortest(x, shift, kept).filter(c -> left(c).size() < window.size());
    }

    private Interval left(WideClamp cut) {
      return cut.left().shiftRounded(shift);
    }
  }

  /**
   * The arguments between which a table changes: it is constant before and behind them.
   *
   * @param first the argument of the first entry
   */
  public static Interval changing(long first, int[] entries) {
    int from = 0;
    int to = entries.length - 1;
    while (to > 0 && entries[to] == entries[to - 1]) {
      to--;
    }
    while (from < to && entries[from] == entries[from + 1]) {
      from++;
    }
    return new Interval(first + from, first + to);
  }

  public ExcessCut {
    cuts = List.copyOf(cuts);
  }

  /**
   * The cheaper of both ways.
   *
   * @param sites of one function, one or more
   */
  public static ExcessCut of(List<Site> sites) {
    List<Optional<WideClamp>> cuts = new ArrayList<>();
    List<Optional<WideClamp>> none = new ArrayList<>();
    Interval before = sites.getFirst().window();
    Interval after = before;
    long cost = 0;
    for (Site site : sites) {
      Optional<WideClamp> cut = site.cut();
      Interval left = cut.map(site::left).orElse(site.window());
      before = before.hull(site.window());
      after = cuts.isEmpty() ? left : after.hull(left);
      if (cut.isPresent()) {
        cost += cut.get().coarse().size() + PER_ELEMENT * site.elements() + PER_USE;
      }
      cuts.add(cut);
      none.add(Optional.empty());
    }
    return GAIN * (after.size() + cost) < before.size()
        ? new ExcessCut(cuts, after.size() + cost)
        : new ExcessCut(none, before.size());
  }
}
