package org.zkc.passes.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Contraction;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;

/**
 * Writes out the contractions for which {@link RewriteMatmulChecks} has no relation: every product
 * is one element of one Product, and a sum follows.
 *
 * <pre>
 *   contract(x, w)  ->  reshape(window_sum(product(broadcast(view(x)), broadcast(view(w)))))
 * </pre>
 *
 * Both views have the axes of the result's indices, in its order, of extent 1 where the operand
 * lacks the index, and a last one of all indices that are summed over.
 */
public final class ExpandContractions extends Rewrite {
  public ExpandContractions() {
    super(
        "expand-contractions",
        "Writes contractions that no relation proves as products and sums.",
        Level.CIRCUIT,
        Need.REQUIRED);
  }

  @Override
  protected Rules begin(Function function, PassContext context) {
    return new Expanding();
  }

  private static final class Expanding implements Rules {
    @Override
    public boolean rewrite(Op op, Scope scope) {
      if (!(op instanceof Contract c)) {
        return false;
      }
      scope.replace(c.result(), new Expansion(c, scope).run());
      return true;
    }

    @Override
    public String counted(Op op) {
      return "expanded";
    }
  }

  private static final class Expansion {
    private final Contract op;
    private final Contraction indices;
    private final CircuitBuilder out;
    private final List<String> kept;
    private final List<String> summed;

    Expansion(Contract op, Scope scope) {
      this.op = op;
      this.indices = op.contraction();
      this.kept = indices.kept();
      this.summed = indices.summed();
      this.out = new CircuitBuilder(scope);
      out.at(op.result().name(), op.location());
    }

    Value run() {
      int terms = Math.toIntExact(indices.terms());
      Shape full = new Shape(append(kept.stream().map(indices::extent).toList(), terms));
      Value left = out.broadcast(view(op.left(), indices.left(), terms), full);
      Value right = out.broadcast(view(op.right(), indices.right(), terms), full);
      Value sum =
          out.windowSum(
              out.product(left, right),
              kept.size(),
              List.of(0),
              List.of(terms),
              List.of(1),
              CircuitBuilder.interval(op.result()));
      return out.reshape(sum, op.result().shape());
    }

    /** The operand with one axis for each index of the result, and one for all that are summed. */
    private Value view(Value operand, List<Contraction.Axis> axes, int terms) {
      Value x = operand;
      List<String> found = new ArrayList<>();
      for (int k = 0, axis = 0; k < axes.size(); k++) {
        switch (axes.get(k)) {
          case Contraction.Plain _ -> axis++;
          case Contraction.Window w -> {
            x =
                out.unfold(
                    x,
                    axis,
                    indices.extent(w.position()),
                    indices.extent(w.tap()),
                    w.stride(),
                    w.dilation(),
                    w.padding());
            axis += 2;
          }
        }
        found.addAll(axes.get(k).indices());
      }
      List<String> wanted = new ArrayList<>(kept.stream().filter(found::contains).toList());
      wanted.addAll(summed);
      if (!wanted.equals(found)) {
        x = out.reshape(x, new Shape(found.stream().map(indices::extent).toList()));
        x = out.transpose(x, wanted.stream().map(found::indexOf).toList());
      }
      List<Integer> spread =
          IntStream.range(0, kept.size())
              .mapToObj(k -> found.contains(kept.get(k)) ? indices.extent(kept.get(k)) : 1)
              .toList();
      return out.reshape(x, new Shape(append(spread, terms)));
    }

    private static List<Integer> append(List<Integer> extents, int extent) {
      List<Integer> out = new ArrayList<>(extents);
      out.add(extent);
      return out;
    }
  }
}
