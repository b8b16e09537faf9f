package org.zkc.gkr.prove;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.ViewSemantics;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.CellOrder;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.relation.Advice;
import org.zkc.gkr.relation.Bilinear;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Definition;
import org.zkc.gkr.relation.Hadamard;
import org.zkc.gkr.weight.TensorLayout;

/**
 * The elements of every tensor of a constraint system, as residues: those of the circuit come from
 * the witness and the model, the others from their definitions. Each tensor is computed once, when
 * first asked for, and kept packed: arrays of residues live only as long as the step that asked for
 * them.
 */
class TensorValues {
  /** Elements that a thread computes at a time at least. */
  private static final int PIECE = 1 << 14;

  private final ConstraintSystem system;
  private final Witness witness;
  private final ModelMatrix model;
  private final Map<Integer, Advice> advice = new HashMap<>();
  private final Map<Integer, Definition> definitions = new HashMap<>();
  private final boolean consuming;
  private Workers workers = Workers.callerOnly();
  // Tensors that the circuit does not name: limbs, quotients, differences, multiplicities.
  private final @Nullable PackedIntegers[] added;
  // Committed tensors in the order of their cells, where that is not the order of their axes.
  private final @Nullable PackedIntegers[] ordered;
  private boolean ordering;

  TensorValues(ConstraintSystem system, Witness witness, ModelMatrix model) {
    this(system, witness, model, false);
  }

  /**
   * @param consuming whether {@link #release} takes tensors out of the witness too
   */
  TensorValues(ConstraintSystem system, Witness witness, ModelMatrix model, boolean consuming) {
    this.system = system;
    this.witness = witness;
    this.model = model;
    this.consuming = consuming;
    added = new PackedIntegers[system.tensors().size()];
    ordered = new PackedIntegers[system.tensors().size()];
    system.advice().forEach(a -> advice.put(a.result(), a));
    system.definitions().forEach(d -> definitions.put(d.result(), d));
  }

  /**
   * The elements, row-major over the real indices; the array is the caller's own, or shared among
   * callers that only read it.
   */
  int[] real(int tensor) {
    if (tensor < system.circuit().tensors().size()) {
      return given(tensor);
    }
    PackedIntegers known = added[tensor];
    if (known != null) {
      return known.residues(workers);
    }
    int[] computed = compute(tensor);
    added[tensor] = PackedIntegers.ofResidues(computed, workers);
    return computed;
  }

  /** The elements as {@link #real} has them, read piece by piece from where they are kept. */
  TensorLayout.Elements elements(int tensor) {
    if (tensor >= system.circuit().tensors().size()) {
      return added(tensor);
    }
    if (system.circuit().tensors().get(tensor).role() == TensorDeclaration.Role.MODEL) {
      return of(real(tensor));
    }
    return packed(tensor);
  }

  // Threads that ask for rows of one tensor compute its elements once.
  private PackedIntegers added(int tensor) {
    PackedIntegers known = added[tensor];
    if (known == null) {
      synchronized (added) {
        known = added[tensor];
        if (known == null) {
          known = PackedIntegers.ofResidues(compute(tensor), workers);
          added[tensor] = known;
        }
      }
    }
    return known;
  }

  /** The elements as {@link #real} has them, packed; not of a MODEL tensor. */
  PackedIntegers packedElements(int tensor) {
    return tensor < system.circuit().tensors().size() ? packed(tensor) : added(tensor);
  }

  /**
   * A column's elements in the order of its cells: read where they are, or, once {@link
   * #orderCells} has been called, put in order whole.
   */
  private TensorLayout.Elements cells(WitnessLayout.Column column) {
    int tensor = column.tensor();
    if (column.order().isOfAxes()) {
      return elements(tensor);
    }
    if (!ordering) {
      return inOrder(packedElements(tensor), column.order().places());
    }
    PackedIntegers known = ordered[tensor];
    if (known == null) {
      synchronized (ordered) {
        known = ordered[tensor];
        if (known == null) {
          CellOrder.Places places = column.order().places();
          known = packedElements(tensor).gathered(places.starts(), places.distances(), workers);
          // From here on cells are all that is read.
          release(tensor);
          ordered[tensor] = known;
        }
      }
    }
    return known;
  }

  private static TensorLayout.Elements inOrder(PackedIntegers elements, CellOrder.Places places) {
    int length = places.distances().length;
    return (from, count, out, at) -> {
      for (int k = from; k < from + count; ) {
        int within = k % length;
        int some = Math.min(length - within, from + count - k);
        elements.pick(
            places.starts()[k / length], places.distances(), within, some, out, at + k - from);
        k += some;
      }
    };
  }

  /** Puts columns in the order of their cells from now on, and releases their tensors for it. */
  void orderCells() {
    ordering = true;
  }

  /** Elements in an array. */
  static TensorLayout.Elements of(int[] real) {
    return (from, count, out, at) -> System.arraycopy(real, from, out, at, count);
  }

  /**
   * The elements as {@link TensorLayout} lays them out; the array is the caller's own, or shared
   * likewise.
   */
  int[] stored(int tensor) {
    TensorLayout layout = new TensorLayout(system.tensor(tensor).shape());
    return layout.isPrefix() ? real(tensor) : layout.pad(real(tensor));
  }

  /** Releases a tensor that no later step needs, not even for a value that is computed from it. */
  void release(int tensor) {
    added[tensor] = null;
    if (consuming && tensor < system.circuit().tensors().size()) {
      witness.release(tensor);
    }
  }

  /** The length of a column up to its last cell that may not be zero. */
  int storedLength(WitnessLayout.Column column) {
    return column.length();
  }

  /**
   * Writes cells [from, from + count) of a column to out[at, at + count), which holds zeros;
   * returns how many may be other than zero, from the first on. Called from any thread.
   */
  int stored(WitnessLayout.Column column, int from, int count, int[] out, int at) {
    int some = Math.clamp(column.length() - from, 0, count);
    return column.order().layout().copyStored(cells(column), column.from() + from, some, out, at);
  }

  /**
   * Writes the elements that are committed, as {@link #stored(WitnessLayout.Column, int, int,
   * int[], int)} does.
   */
  int committed(WitnessLayout.Column column, int from, int count, int[] out, int at) {
    return stored(column, from, count, out, at);
  }

  /**
   * Writes the elements that go into the combination of the committed rows, as {@link #committed}
   * does.
   */
  int combined(WitnessLayout.Column column, int from, int count, int[] out, int at) {
    return committed(column, from, count, out, at);
  }

  /** Sets the elements of a tensor that nothing defines: multiplicities. */
  void set(int tensor, int[] residues) {
    added[tensor] = PackedIntegers.ofResidues(residues, workers);
  }

  /** Lets several threads compute elements from now on. */
  void workBy(Workers several) {
    workers = several;
  }

  /** Finds the multiplicities. */
  void countLookups(LookupProver lookups) {
    lookups.count();
  }

  /**
   * The adversary that sees, and may change, data computed from the values before they are proved.
   */
  Adversary adversary() {
    return Adversary.NONE;
  }

  private int[] given(int tensor) {
    if (system.circuit().tensors().get(tensor).role() == TensorDeclaration.Role.MODEL) {
      return model.residues(tensor);
    }
    return packed(tensor).residues(workers);
  }

  private PackedIntegers packed(int tensor) {
    PackedIntegers elements = witness.packed(tensor);
    if (elements.length() != system.tensor(tensor).elementCount()) {
      throw new IllegalArgumentException(
          "tensor " + tensor + " of the witness has " + elements.length() + " elements");
    }
    return elements;
  }

  private int[] compute(int tensor) {
    Advice a = advice.get(tensor);
    if (a != null) {
      return switch (a) {
        case Advice.Bits bits -> bits(bits);
        case Advice.Greatest greatest -> greatest(greatest);
      };
    }
    return switch (Objects.requireNonNull(
        definitions.get(tensor), "what is neither given nor advice is defined")) {
      case Definition.AffineSum sum -> affine(sum, tensor);
      case Hadamard h -> product(real(h.left()), real(h.right()));
      case Bilinear b -> throw new IllegalStateException("no expansion adds a " + b.name());
    };
  }

  private int[] bits(Advice.Bits bits) {
    int[] source = real(bits.source());
    int[] out = new int[source.length];
    workers.forEachPiece(
        out.length,
        PIECE,
        (from, to) -> {
          for (int k = from; k < to; k++) {
            out[k] = bits.of(M31.toSigned(source[k]));
          }
        });
    return out;
  }

  private int[] greatest(Advice.Greatest greatest) {
    int[] source = real(greatest.source());
    List<Integer> shape = system.tensor(greatest.source()).shape();
    int axis = greatest.axis();
    int inner = shape.subList(axis + 1, shape.size()).stream().reduce(1, Math::multiplyExact);
    int line = shape.get(axis) * inner;
    int part = system.tensor(greatest.result()).shape().get(axis) * inner;
    int[] out = new int[system.tensor(greatest.result()).elementCount()];
    for (int at = 0; at < out.length; at++) {
      int first = at / part * line + at % part;
      int most = Integer.MIN_VALUE;
      for (int start : greatest.starts()) {
        most = Math.max(most, M31.toSigned(source[first + start * inner]));
      }
      out[at] = M31.fromSigned(most);
    }
    return out;
  }

  private int[] affine(Definition.AffineSum sum, int tensor) {
    int[] out = new int[system.tensor(tensor).elementCount()];
    for (Definition.Constant c : sum.constants()) {
      if (!c.limits().equals(system.tensor(tensor).shape())) {
        throw new IllegalStateException("no expansion adds constants on a part of a tensor");
      }
      int value = c.value();
      workers.forEachPiece(
          out.length,
          PIECE,
          (from, to) -> {
            for (int k = from; k < to; k++) {
              out[k] = M31.add(out[k], value);
            }
          });
    }
    for (Definition.Term term : sum.terms()) {
      int[] source = seen(term);
      int c = term.coefficient();
      workers.forEachPiece(
          out.length,
          PIECE,
          (from, to) ->
              Kernels.best().addMultipleBase(out, from, c, source, from, out, from, to - from));
    }
    return out;
  }

  /** The elements of a term's source through its view, whose weights are not negative. */
  private int[] seen(Definition.Term term) {
    int[] source = real(term.source());
    if (term.view().isWhole()) {
      return source;
    }
    List<Integer> shape = term.view().source();
    long[] elements = Arrays.stream(source).asLongStream().toArray();
    for (ViewStep step : term.view().steps()) {
      elements = ViewSemantics.apply(elements, shape, step);
      shape = ViewSemantics.outcomeShape(shape, step);
    }
    return Arrays.stream(elements).mapToInt(M31::reduce).toArray();
  }

  private int[] product(int[] a, int[] b) {
    int[] out = new int[a.length];
    workers.forEachPiece(
        out.length,
        PIECE,
        (from, to) -> Kernels.best().multiplyBase(a, from, b, from, out, from, to - from));
    return out;
  }
}
