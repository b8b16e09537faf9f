package org.zkc.gkr.prove.layered;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.SplitKernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.Layer;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.SplitEq;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;

/**
 * sum over copies c of eq(z, c) sum over wires j of w_j P_j(V(c, .)), eq split off: P the layer's
 * program, V the registers below. Registers that products read are bound round by round. The terms
 * outside of products form one table of a value for each copy. Registers that only those terms read
 * are not bound at all: their ends are computed from the whole point.
 */
final class LayerProgramTables implements SumcheckTables {
  /** Elements that a thread works on at a time at least. */
  private static final int PIECE = 1 << 12;

  private final Kernels kernels = Kernels.best();
  private final SplitKernels split;
  private final Workers workers;
  private final Layer layer;
  private final LayerPlan plan;
  private final CopyOrder whole;
  private final List<Register> below;

  /** The residues of every slot, where the first round needs them. */
  private List<int[]> residues = List.of();

  private final Ext[] z;
  private final TreeSet<Integer> bound = new TreeSet<>();
  private final @Nullable ExtVector[] tables;
  private final SplitEq eq;

  /** The tables of the forms, part by part. */
  private final List<ExtVector[]> forms = new ArrayList<>();

  private CopyOrder order;
  private @Nullable ExtVector outside;

  /** For every thread. */
  private final Scratch[] scratch;

  /** For each part the tiles of every thread. */
  private List<PartTile[]> tiles = new ArrayList<>();

  /** The first two rounds where wires are bits, or null; and the challenges of them. */
  private final @Nullable TwoRounds bits;

  private Ext first = Ext.ZERO;

  private Ext second = Ext.ZERO;
  private int round;

  /**
   * The tables at the beginning.
   *
   * @param known classes of the proof's layers; null where every round is to be made by tiles
   */
  LayerProgramTables(
      Layer layer,
      ExtVector weights,
      Ext[] z,
      CopyOrder order,
      List<Register> below,
      TwoRounds.@Nullable Known known,
      Workers workers) {
    this.workers = workers;
    split = new SplitKernels(workers);
    scratch = Stream.generate(Scratch::new).limit(workers.threads()).toArray(Scratch[]::new);
    this.layer = layer;
    this.plan = new LayerPlan(layer, weights);
    this.whole = order;
    this.order = order;
    this.below = below;
    this.z = z;
    tables = new ExtVector[plan.slots()];
    eq = new SplitEq(z);
    bits = known == null ? null : TwoRounds.of(layer, plan, order, below, z, known, workers);
    if (z.length > 0) {
      if (bits == null) {
        residues = IntStream.range(0, plan.slots()).mapToObj(this::residues).toList();
      }
      for (LayerPlan.Part part : plan.parts()) {
        for (int gate : part.gates()) {
          if (plan.slot(gate) >= 0) {
            bound.add(plan.slot(gate));
          }
        }
        if (bits != null) {
          continue;
        }
        ExtVector[] own = part.forms().stream().map(this::form).toArray(ExtVector[]::new);
        forms.add(own);
        tiles.add(
            ofThreads(s -> new BasePartTile(layer, plan, part, order, later(), residues, own, s)));
      }
      outside = outside();
    }
  }

  private int[] residues(int slot) {
    List<Integer> registers = plan.registers(slot);
    int[] first = below.get(registers.getFirst()).residues();
    if (registers.size() == 1) {
      return first;
    }
    int[] sum = first.clone();
    for (int r : registers.subList(1, registers.size())) {
      int[] next = below.get(r).residues();
      workers.forEachPiece(
          sum.length,
          PIECE,
          (from, to) -> kernels.addMultipleBase(sum, from, 1, next, from, sum, from, to - from));
    }
    return sum;
  }

  private PartTile[] ofThreads(Function<Scratch, PartTile> tile) {
    PartTile[] out = new PartTile[workers.threads()];
    workers.forEach(out.length, k -> out[k] = tile.apply(scratch[k]));
    return out;
  }

  private Ext[] later() {
    return Arrays.copyOfRange(z, round + 1, z.length);
  }

  /** The sum of weight times wire of the registers of a form. */
  private ExtVector form(LayerPlan.Form form) {
    int width = layer.width(form.factor());
    int run = whole.run();
    ExtVector out = new ExtVector(whole.copies() * width);
    form.weights()
        .forEach((register, weights) -> {
          int[] residues = below.get(register).residues();
          workers.forEachPiece(
              whole.groups(),
              (long) width * run,
              PIECE,
              (first, end) -> {
                for (int group = first; group < end; group++) {
                  for (int k = 0; k < width; k++) {
                    int at = whole.at(group, width, k);
                    kernels.addScaledBase(out.slice(at, run), weights.get(k), residues, at, run);
                  }
                }
              });
        });
    return out;
  }

  /** The value of each copy outside of products, or null where there is none. */
  private @Nullable ExtVector outside() {
    ArrayList<Register.Patterns> patterns = new ArrayList<>();
    ArrayList<ExtVector> ofPatterns = new ArrayList<>();
    ExtVector out = null;
    for (int r = 0; r < below.size(); r++) {
      ExtVector weights = plan.linear(r);
      if (weights != null) {
        out = out == null ? new ExtVector(whole.copies()) : out;
        Register.Patterns own = below.get(r).patterns();
        if (own != null && (patterns.isEmpty() || own.isOf(patterns.getFirst()))) {
          patterns.add(own);
          ofPatterns.add(weights);
        } else {
          addWires(below.get(r).residues(), weights, out);
        }
      }
    }
    if (out != null && !patterns.isEmpty()) {
      new PatternSums(whole, workers).addWires(patterns, ofPatterns, out);
    }
    return out;
  }

  private void addWires(int[] register, ExtVector weights, ExtVector sums) {
    int run = whole.run();
    workers.forEachPiece(
        whole.groups(),
        (long) weights.length() * run,
        PIECE,
        (first, end) -> {
          for (int group = first; group < end; group++) {
            ExtVector copies = sums.slice(group * run, run);
            for (int k = 0; k < weights.length(); k++) {
              int at = whole.at(group, weights.length(), k);
              kernels.addScaledBase(copies, weights.get(k), register, at, run);
            }
          }
        });
  }

  @Override
  public int rounds() {
    return z.length;
  }

  @Override
  public Ext[] message() {
    Ext[] sums = new Ext[layer.degree()];
    Arrays.fill(sums, plan.constant());
    if (bits != null && round == 0) {
      bits.addFirst(sums);
    } else if (bits != null && round == 1) {
      bits.addSecond(sums, first);
    }
    boolean isZeroKnown = false;
    if (bits != null && round == 2 && bits.hasThird()) {
      sums[0] = sums[0].add(bits.thirdAtZero(first, second));
      isZeroKnown = true;
    }
    for (PartTile[] part : tiles) {
      addTo(sums, part, isZeroKnown);
    }
    if (outside != null) {
      int half = outside.length() / 2;
      Ext atZero = ofCopies(outside.slice(0, half));
      Ext step = ofCopies(outside.slice(half, half)).sub(atZero);
      for (int v = 0; v < sums.length; v++) {
        int t = v == 0 ? 0 : v + 1;
        sums[v] = sums[v].add(atZero).add(step.mulBase(t));
      }
    }
    return sums;
  }

  /** Adds a part's values, its tiles shared out among the threads. */
  private void addTo(Ext[] sums, PartTile[] part, boolean isZeroKnown) {
    int half = order.groups() / 2;
    int count = half / part[0].groups;
    long pieces = Math.clamp((long) count * part[0].period() / PIECE, 1, part.length);
    Ext[][] shares = new Ext[(int) pieces][sums.length];
    Ext[] later = later();
    workers.forEach(
        shares.length,
        k -> {
          Arrays.fill(shares[k], Ext.ZERO);
          int first = (int) (count * (long) k / shares.length);
          int end = (int) (count * (k + 1L) / shares.length);
          part[k].addTo(shares[k], half, later, first, end, isZeroKnown ? 1 : 0);
        });
    for (Ext[] share : shares) {
      for (int v = 0; v < sums.length; v++) {
        sums[v] = sums[v].add(share[v]);
      }
    }
  }

  /** The sum of eq over the later variables times value. */
  private Ext ofCopies(ExtVector values) {
    return kernels
        .roundOfProduct(new ExtVector[] {values}, eq.high(), eq.low(), values.length())[0];
  }

  @Override
  public void bind(Ext challenge) {
    int half = order.groups() / 2 * order.run();
    if (bits == null || round > 1) {
      bindTables(half, challenge);
    } else if (round == 0) {
      first = challenge;
    } else {
      second = challenge;
      bindBits(bits);
    }
    if (outside != null) {
      outside = kernels.bind(outside, half, challenge);
    }
    eq.bind(challenge);
    order = order.half();
    round++;
    if (bits != null && round == 1) {
      return;
    }
    if (order.groups() == 1 && order.run() > 1) {
      for (int r : bound) {
        tables[r] = transposed(tables[r], order.run());
      }
      for (ExtVector[] own : forms) {
        Arrays.setAll(own, f -> transposed(own[f], order.run()));
      }
      order = new CopyOrder(order.run(), 1);
    }
    if (round < z.length) {
      ArrayList<PartTile[]> next = new ArrayList<>();
      for (int k = 0; k < plan.parts().size(); k++) {
        PartTile[] old = k < tiles.size() ? tiles.get(k) : new PartTile[0];
        ExtVector[] own = forms.get(k);
        boolean same = old.length > 0 && old[0] instanceof ExtTile && old[0].fits(order);
        LayerPlan.Part part = plan.parts().get(k);
        next.add(
            same
                ? old
                : ofThreads(s -> new ExtTile(layer, plan, part, order, later(), tables, own, s)));
      }
      tiles = next;
    }
  }

  private void bindBits(TwoRounds both) {
    for (int r : bound) {
      tables[r] = both.table(r, first, second);
    }
    for (LayerPlan.Part part : plan.parts()) {
      ExtVector[] own = new ExtVector[part.forms().size()];
      for (int f = 0; f < own.length; f++) {
        own[f] = both.form(part.forms().get(f), first, second);
      }
      forms.add(own);
    }
  }

  private void bindTables(int half, Ext challenge) {
    for (int r : bound) {
      int elements = half * plan.width(r);
      ExtVector table = tables[r];
      tables[r] =
          table == null
              ? split.bindBase(residues.get(r), 0, 2 * elements, elements, challenge)
              : split.bind(table, elements, challenge);
    }
    for (ExtVector[] own : forms) {
      for (int f = 0; f < own.length; f++) {
        own[f] = split.bind(own[f], own[f].length() / 2, challenge);
      }
    }
  }

  /** Turns values wire by wire into values copy by copy. */
  private static ExtVector transposed(ExtVector table, int run) {
    int width = table.length() / run;
    ExtVector out = new ExtVector(table.length());
    for (int limb = 0; limb < 4; limb++) {
      int[] from = table.limb(limb);
      int[] to = out.limb(limb);
      for (int k = 0; k < width; k++) {
        int at = table.offset() + k * run;
        for (int c = 0; c < run; c++) {
          to[c * width + k] = from[at + c];
        }
      }
    }
    return out;
  }

  /** The wires below at the point of all rounds, register by register. */
  ExtVector ends(Ext[] point) {
    ExtVector out = new ExtVector(layer.widthBelow());
    int inRun = Integer.numberOfTrailingZeros(whole.run());
    ExtVector ofGroups = EqTable.of(Arrays.copyOf(point, point.length - inRun));
    ExtVector ofRun = EqTable.of(Arrays.copyOfRange(point, point.length - inRun, point.length));
    PatternSums sums = new PatternSums(whole, workers);
    Register.Patterns two = null;
    long[] products = new long[0];
    int at = 0;
    for (int r = 0; r < below.size(); r++) {
      int width = layer.below().get(r);
      ExtVector table = tables[r];
      ExtVector register = out.slice(at, width);
      if (table != null) {
        register.copyFrom(table);
      } else {
        Register.Patterns patterns = below.get(r).patterns();
        if (patterns != null) {
          if (two == null || !two.isOf(patterns)) {
            two = patterns;
            products = sums.products(patterns, point);
          }
          sums.ends(patterns, products, register);
        } else {
          combine(below.get(r).residues(), ofGroups, ofRun, register);
        }
      }
      at += width;
    }
    return out;
  }

  private void combine(int[] table, ExtVector ofGroups, ExtVector ofRun, ExtVector out) {
    int run = whole.run();
    int elements = run * out.length();
    // Over the groups first, in long loops.
    ExtVector sums = new ExtVector(elements);
    workers.forEachPiece(
        elements,
        PIECE,
        (from, to) -> {
          ExtVector part = sums.slice(from, to - from);
          for (int group = 0; group < whole.groups(); group++) {
            kernels.addScaledBase(
                part, ofGroups.get(group), table, group * elements + from, to - from);
          }
        });
    for (int k = 0; k < out.length(); k++) {
      out.set(k, kernels.dot(sums.slice(k * run, run), ofRun));
    }
  }
}
