package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Reductions by any body of elementwise operations, of one tensor or of several together. Elements
 * are combined in any tree whose leaves keep their order (StableHLO specification, "reduce",
 * "schedule"): neighbours pair by pair, so that a reduction of n elements runs the body log2(n)
 * times, each on half as many as before.
 */
final class BodyFold {
  /** Elements of a window, each of which is a slice of the tensor. */
  private static final long MOST_PLACES = 1024;

  private final HloCall call;
  private final ElementwiseBody body;
  private final int inputs;

  BodyFold(HloCall call) {
    this.call = call;
    this.body = new ElementwiseBody(call, 0);
    this.inputs = call.operandCount() / 2;
    if (inputs == 0 || call.operandCount() != 2 * inputs) {
      throw call.refused("it has %d operands".formatted(call.operandCount()));
    }
  }

  /** The reduction over dimensions. */
  List<Held> over(List<Integer> dimensions) {
    HloType.TensorOf type = call.type(0);
    List<Integer> order = new ArrayList<>();
    List<Long> kept = new ArrayList<>();
    for (int d = 0; d < type.rank(); d++) {
      if (!dimensions.contains(d)) {
        order.add(d);
        kept.add(type.extents().get(d));
      }
    }
    dimensions.stream().sorted().forEach(order::add);
    long count =
        dimensions.stream().map(d -> type.extents().get(d)).reduce(1L, Math::multiplyExact);
    if (count == 0) {
      List<Held> empty = new ArrayList<>();
      for (int i = 0; i < inputs; i++) {
        empty.add(initial(i, kept));
      }
      return empty;
    }
    List<Long> extents = new ArrayList<>(kept);
    extents.add(count);
    List<Binding> lines = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      if (!call.type(i).extents().equals(type.extents())) {
        throw call.refused("its inputs have other extents than one another");
      }
      Binding moved = call.aten("permute", call.whole(i), order);
      lines.add(call.aten("reshape", moved, extents));
    }
    long axis = kept.size();
    while (count > 1) {
      long half = count / 2;
      List<Held> pairs = new ArrayList<>();
      List<Long> size = new ArrayList<>(kept);
      size.add(half);
      for (long side = 0; side < 2; side++) {
        for (int i = 0; i < inputs; i++) {
          Binding part = call.aten("slice", lines.get(i), axis, side, 2 * half, 2L);
          pairs.add(held(part, i, size));
        }
      }
      List<Binding> next = new ArrayList<>();
      List<Held> combined = combined(pairs, size);
      for (int i = 0; i < inputs; i++) {
        Binding both = call.whole(combined.get(i));
        next.add(
            count % 2 == 0
                ? both
                : call.aten(
                    "cat",
                    List.of(both, call.aten("slice", lines.get(i), axis, 2 * half, count, 1L)),
                    axis));
      }
      lines = next;
      count = half + count % 2;
    }
    List<Held> last = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      last.add(held(call.aten("reshape", lines.get(i), kept), i, kept));
    }
    return withInitial(last, kept);
  }

  /**
   * The reduction of windows.
   *
   * @param window places, strides, dilations and padding of each dimension
   */
  List<Held> windows(Window window) {
    List<List<Held>> places = new ArrayList<>();
    List<Long> extents = call.resultType(0).extents();
    List<Binding> padded = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      List<Long> sizes = new ArrayList<>(call.type(i).extents());
      Binding x = call.whole(i);
      for (int d = 0; d < sizes.size(); d++) {
        long gap = window.baseDilations().get(d) - 1;
        if (gap > 0) {
          x =
              Padding.between(
                  call,
                  x,
                  sizes,
                  d,
                  gap,
                  call.operand(inputs + i)
                      .number()
                      .orElseThrow(() -> call.refused("its initial value is no constant")));
        }
      }
      padded.add(
          Padding.around(call, x, sizes, window.low(), window.high(), call.operand(inputs + i)));
    }
    for (List<Long> place : window.places(call, MOST_PLACES)) {
      List<Held> one = new ArrayList<>();
      for (int i = 0; i < inputs; i++) {
        one.add(held(window.at(call, padded.get(i), place, extents), i, extents));
      }
      places.add(one);
    }
    while (places.size() > 1) {
      List<List<Held>> next = new ArrayList<>();
      for (int k = 0; k + 1 < places.size(); k += 2) {
        List<Held> pair = new ArrayList<>(places.get(k));
        pair.addAll(places.get(k + 1));
        next.add(combined(pair, extents));
      }
      if (places.size() % 2 == 1) {
        next.add(places.getLast());
      }
      places = next;
    }
    return withInitial(places.getFirst(), extents);
  }

  private List<Held> combined(List<Held> pair, List<Long> extents) {
    List<Held> out = body.apply(pair, extents);
    if (out.size() != inputs) {
      throw call.refused("its body returns %d values instead of %d".formatted(out.size(), inputs));
    }
    return out;
  }

  private List<Held> withInitial(List<Held> reduced, List<Long> extents) {
    boolean neutral =
        inputs == 1
            && call.operand(1)
                .number()
                .filter(n ->
                    ReducerBody.of(call)
                        .filter(b -> ReductionOperations.isNeutral(n, b, call.dtype(call.type(1))))
                        .isPresent())
                .isPresent();
    List<Held> all = reduced;
    if (!neutral) {
      List<Held> pair = new ArrayList<>();
      for (int i = 0; i < inputs; i++) {
        pair.add(initial(i, extents));
      }
      pair.addAll(reduced);
      all = combined(pair, extents);
    }
    List<Held> out = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      out.add(new Held(all.get(i).binding(), all.get(i).extents(), call.resultType(i)));
    }
    return out;
  }

  private Held initial(int input, List<Long> extents) {
    Held start = call.operand(inputs + input);
    List<Long> ones = Collections.nCopies(extents.size(), 1L);
    return new Held(
        call.aten("reshape", start.binding(), ones),
        ones,
        ElementwiseBody.typed(call, start.type(), extents),
        start.number());
  }

  private Held held(Binding binding, int input, List<Long> extents) {
    return Held.whole(binding, ElementwiseBody.typed(call, call.type(input), extents));
  }
}
