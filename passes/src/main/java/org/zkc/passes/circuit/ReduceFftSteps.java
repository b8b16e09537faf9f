package org.zkc.passes.circuit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.ColumnType;
import org.zkc.ir.Factor;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.ForwardTransform;
import org.zkc.ir.circuit.InverseTransform;
import org.zkc.ir.circuit.ModelSpectrum;
import org.zkc.ir.circuit.SpectralProduct;
import org.zkc.ir.circuit.SpectralSum;
import org.zkc.ir.circuit.WindowSum;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Reshape;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;

/**
 * FFT-step reduction: of a convolution in FFT form with C input and O output channels, written with
 * O C transforms of the source, O C of the kernel and O C back, leaves C of the source and O back.
 * A transform F and its inverse are linear, so
 *
 * <pre>
 *   F(broadcast(x)) W            =  F(x) W, broadcast by the product    one transform for all outputs
 *   F(x), F(x)                   =  F(x)                                also of several convolutions
 *   F(view of the model)         =  model_spectrum                      known at compile time
 *   sum_c inverse(P_c)           =  inverse(sum_c P_c)                  windows of equal place
 *   F(inverse(S))                =  S                                   where nothing is cut off between
 * </pre>
 *
 * Counts of transforms before and after are the pass's statistics.
 */
public final class ReduceFftSteps extends Rewrite {
  /** The count of transforms of what was transformed back just before. */
  private static final String CANCELLED = ".cancelled-pairs";

  public ReduceFftSteps() {
    super(
        "reduce-fft-steps",
        "Shares forward transforms, takes those of kernels out, and sums before inverse ones.",
        Level.CIRCUIT,
        Need.OPTIMISATION);
  }

  @Override
  protected Rules begin(Function function, PassContext context) {
    return new Reduction(TransformCounts.of(function), context);
  }

  /** The parts that make two transforms of one source equal. */
  private record Key(
      Value source, Shape shape, List<Integer> sizes, List<Integer> dilations, boolean reversed) {}

  private final class Reduction implements Rules {
    private final TransformCounts before;
    private final PassContext context;
    private final Map<Key, Value> transforms = new HashMap<>();

    Reduction(TransformCounts before, PassContext context) {
      this.before = before;
      this.context = context;
    }

    @Override
    public boolean rewrite(Op op, Scope scope) {
      return switch (op) {
        case ForwardTransform f -> shared(f, scope);
        case SpectralProduct p -> narrowed(p, scope);
        case WindowSum w -> summedBefore(w, scope);
        default -> false;
      };
    }

    @Override
    public void end(Function reduced) {
      if (!before.isZero()) {
        before.report(name(), "before", context);
        TransformCounts.of(reduced).report(name(), "after", context);
        context.count(name() + CANCELLED, 0);
      }
    }

    private boolean shared(ForwardTransform op, Scope scope) {
      if (!transforms.containsKey(key(op, op.input(), scope))
          && inverted(op, op.input(), scope).isEmpty()
          && !Factor.of(op.input(), scope::definition).isOfModel()
          && type(op, op.input(), ColumnType.Kind.VIRTUAL).equals(op.result().type())) {
        transforms.put(key(op, op.input(), scope), op.result());
        return false;
      }
      Value same = transform(op, op.input(), Optional.of(op.result()), scope);
      if (same != op.result()) {
        scope.replace(op.result(), same);
      }
      return true;
    }

    /**
     * The transform {@code like} of this input: shared, the model's, or cancelled.
     *
     * @param defined what a new transform may define if its type fits
     */
    private Value transform(
        ForwardTransform like, Value input, Optional<Value> defined, Scope scope) {
      Key key = key(like, input, scope);
      Value known = transforms.get(key);
      if (known != null) {
        return known;
      }
      Optional<Value> inverted = inverted(like, input, scope);
      Value result;
      if (inverted.isPresent()) {
        context.count(name() + CANCELLED, 1);
        result = reshaped(like, inverted.get(), points(like, input), scope);
      } else {
        result = transformed(like, input, defined, scope);
      }
      transforms.put(key, result);
      return result;
    }

    private static Key key(ForwardTransform like, Value input, Scope scope) {
      return new Key(
          unshaped(input, scope), input.shape(), like.sizes(), like.dilations(), like.reversed());
    }

    private static Value unshaped(Value column, Scope scope) {
      return scope
          .definition(column, Reshape.class)
          .map(r -> unshaped(r.input(), scope))
          .orElse(column);
    }

    private static Shape points(ForwardTransform like, Value input) {
      Shape shape = input.shape();
      List<Integer> sizes = like.sizes();
      return shape.with(shape.rank() - 2, sizes.get(0)).with(shape.rank() - 1, sizes.get(1));
    }

    private static SpectrumType type(ForwardTransform like, Value input, ColumnType.Kind kind) {
      Interval interval = ColumnIntervals.interval(input).withZero();
      return spectrum(kind, points(like, input), interval);
    }

    private static Value transformed(
        ForwardTransform like, Value input, Optional<Value> defined, Scope scope) {
      boolean isModel = Factor.of(input, scope::definition).isOfModel();
      SpectrumType type =
          type(like, input, isModel ? ColumnType.Kind.MODEL : ColumnType.Kind.VIRTUAL);
      Value result =
          defined
              .filter(v -> v.type().equals(type))
              .orElseGet(() -> scope.fresh(like.result().name(), type));
      return scope.value(
          isModel
              ? new ModelSpectrum(
                  result, input, like.sizes(), like.dilations(), like.reversed(), like.location())
              : new ForwardTransform(
                  result, input, like.sizes(), like.dilations(), like.reversed(), like.location()));
    }

    /**
     * The spectra whose inverse the input is, when all of its points are in it in order: planes of
     * the shape of the transform's points.
     */
    private static Optional<Value> inverted(ForwardTransform like, Value input, Scope scope) {
      if (like.reversed() || !like.dilations().equals(List.of(1, 1))) {
        return Optional.empty();
      }
      return scope
          .definition(unshaped(input, scope), InverseTransform.class)
          .filter(t ->
              t.starts().equals(List.of(0, 0))
                  && t.strides().equals(List.of(1, 1))
                  && t.result().shape().equals(t.input().shape())
                  && like.sizes().equals(t.input().spectrumType().sizes()))
          .map(InverseTransform::input);
    }

    private static Value reshaped(ForwardTransform like, Value spectra, Shape points, Scope scope) {
      if (spectra.shape().equals(points)) {
        return spectra;
      }
      SpectrumType type = spectra.spectrumType();
      Value fresh =
          scope.fresh(like.result().name(), spectrum(type.kind(), points, Interval.of(type)));
      return scope.value(new Reshape(fresh, spectra, like.location()));
    }

    /** The product of transforms of what was broadcast: it broadcasts by itself. */
    private boolean narrowed(SpectralProduct p, Scope scope) {
      Value left = narrow(p.left(), scope);
      Value right = narrow(p.right(), scope);
      boolean narrows =
          (left != p.left() || right != p.right())
              && Shapes.broadcast(left.shape(), right.shape()).equals(p.result().shape());
      if (narrows) {
        scope.define(new SpectralProduct(p.result(), left, right, p.location()));
      }
      return narrows;
    }

    private Value narrow(Value spectra, Scope scope) {
      ForwardTransform like =
          switch (scope.definition(spectra).orElse(null)) {
            case ForwardTransform f -> f;
            case ModelSpectrum m ->
                new ForwardTransform(
                    m.result(), m.input(), m.sizes(), m.dilations(), m.reversed(), m.location());
            case null, default -> null;
          };
      return Optional.ofNullable(like)
          .flatMap(
              f -> unrepeated(f.input(), scope).map(x -> transform(f, x, Optional.empty(), scope)))
          .orElse(spectra);
    }

    /**
     * The column that was broadcast over batch axes only to give this one; empty when there is
     * none.
     */
    private static Optional<Value> unrepeated(Value column, Scope scope) {
      return scope
          .definition(column, Broadcast.class)
          .map(Broadcast::input)
          .filter(x ->
              x.shape().rank() == column.shape().rank()
                  && sizes(x.shape()).equals(sizes(column.shape())));
    }

    private static boolean summedBefore(WindowSum w, Scope scope) {
      Optional<InverseTransform> each =
          scope.definition(w.input(), InverseTransform.class).filter(t -> isWholeSum(w, t, scope));
      each.ifPresent(t -> summedBefore(w, t, scope));
      return each.isPresent();
    }

    /** Whether the sum is over all of one batch axis and is the only reader of the planes. */
    private static boolean isWholeSum(WindowSum w, InverseTransform t, Scope scope) {
      Shape shape = w.input().shape();
      return scope.isReadOnce(t.result())
          && w.axis() < shape.rank() - 2
          && w.starts().equals(List.of(0))
          && w.lengths().equals(List.of(shape.extent(w.axis())))
          && w.factors().equals(List.of(1));
    }

    private static void summedBefore(WindowSum w, InverseTransform t, Scope scope) {
      Shape shape = t.input().shape().with(w.axis(), 1);
      Interval interval = ColumnIntervals.interval(w.result());
      Value sum = scope.fresh(t.input().name(), spectrum(ColumnType.Kind.VIRTUAL, shape, interval));
      scope.define(new SpectralSum(sum, t.input(), w.axis(), w.location()));
      scope.define(new InverseTransform(w.result(), sum, t.starts(), t.strides(), t.location()));
    }

    private static SpectrumType spectrum(ColumnType.Kind kind, Shape shape, Interval interval) {
      return new SpectrumType(kind, shape, interval.low(), interval.high());
    }

    private static List<Integer> sizes(Shape shape) {
      return shape.extents().subList(shape.rank() - 2, shape.rank());
    }
  }
}
