package org.zkc.passes.circuit;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.ColumnType;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.ForwardTransform;
import org.zkc.ir.circuit.InverseTransform;
import org.zkc.ir.circuit.Model;
import org.zkc.ir.circuit.ModelSpectrum;
import org.zkc.ir.circuit.SpectralProduct;
import org.zkc.ir.circuit.SpectralSum;
import org.zkc.ir.circuit.WindowSum;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Reshape;
import org.zkc.passes.Pass;
import org.zkc.passes.PassContext;

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
public final class ReduceFftSteps implements Pass {
  @Override
  public String name() {
    return "reduce-fft-steps";
  }

  @Override
  public String description() {
    return "Shares forward transforms, takes those of kernels out, and sums before inverse ones.";
  }

  @Override
  public Level level() {
    return Level.CIRCUIT;
  }

  @Override
  public boolean isOptimisation() {
    return true;
  }

  @Override
  public Program run(Program program, PassContext context) {
    Function main = program.main();
    TransformCounts before = TransformCounts.of(main);
    if (before.isZero()) {
      return program;
    }
    Reduction reduction = new Reduction(Uses.of(main));
    Function reduced = DeadOps.remove(Rewriter.rewrite(main, reduction::visit));
    TransformCounts after = TransformCounts.of(reduced);
    before.report(name(), "before", context);
    after.report(name(), "after", context);
    context.count(name() + ".cancelled-pairs", reduction.cancelled);
    return after.equals(before) && reduction.cancelled == 0
        ? program
        : Program.of(Level.CIRCUIT, reduced);
  }

  /** The parts that make two transforms of one source equal. */
  private record Key(
      Value source, Shape shape, List<Integer> sizes, List<Integer> dilations, boolean reversed) {}

  private static final class Reduction {
    /** Uses in the program as it was: values keep their identity unless they are replaced. */
    private final Uses uses;

    /** Definitions in the program that comes out. */
    private final Map<Value, Op> definitions = new IdentityHashMap<>();

    private final Map<Key, Value> transforms = new HashMap<>();
    private long cancelled;

    Reduction(Uses uses) {
      this.uses = uses;
    }

    void visit(Op op, Rewriter out) {
      switch (op) {
        case ForwardTransform f -> {
          Value same = transform(f, f.input(), Optional.of(f.result()), out);
          if (same != f.result()) {
            out.replace(f.result(), same);
          }
        }
        case SpectralProduct p -> append(narrowed(p, out), out);
        case WindowSum w -> {
          Optional<InverseTransform> each =
              definition(w.input(), InverseTransform.class).filter(t -> isWholeSum(w, t));
          append(each.isPresent() ? summedBefore(w, each.get(), out) : w, out);
        }
        default -> append(op, out);
      }
    }

    private Value append(Op op, Rewriter out) {
      op.definitions().forEach(v -> definitions.put(v, op));
      out.append(op);
      return op.definitions().getFirst();
    }

    /**
     * The transform {@code like} of this input: shared, the model's, or cancelled.
     *
     * @param defined what a new transform may define if its type fits
     */
    private Value transform(
        ForwardTransform like, Value input, Optional<Value> defined, Rewriter out) {
      List<Integer> sizes = like.sizes();
      List<Integer> dilations = like.dilations();
      boolean reversed = like.reversed();
      Location location = like.location();
      String name = like.result().name();
      Value source = definition(input, Reshape.class).map(Reshape::input).orElse(input);
      Key key = new Key(source, input.shape(), sizes, dilations, reversed);
      Value known = transforms.get(key);
      if (known != null) {
        return known;
      }
      boolean isModel = isModelView(input);
      Shape shape = input.shape();
      Shape points =
          shape.with(shape.rank() - 2, sizes.get(0)).with(shape.rank() - 1, sizes.get(1));
      Optional<Value> before =
          reversed || !dilations.equals(List.of(1, 1))
              ? Optional.empty()
              : inverted(source, points);
      Value result;
      if (before.isPresent()) {
        cancelled++;
        result = reshaped(name, before.get(), points, location, out);
      } else {
        Interval interval = ColumnIntervals.interval(input).withZero();
        ColumnType.Kind kind = isModel ? ColumnType.Kind.MODEL : ColumnType.Kind.VIRTUAL;
        SpectrumType type = spectrum(kind, points, interval);
        Value fresh =
            defined.filter(v -> v.type().equals(type)).orElseGet(() -> out.fresh(name, type));
        result =
            append(
                isModel
                    ? new ModelSpectrum(fresh, input, sizes, dilations, reversed, location)
                    : new ForwardTransform(fresh, input, sizes, dilations, reversed, location),
                out);
      }
      transforms.put(key, result);
      return result;
    }

    /**
     * The spectra whose inverse is the column, when all of its points are in it in order: planes of
     * the shape of {@code points}.
     */
    private Optional<Value> inverted(Value column, Shape points) {
      Value source = definition(column, Reshape.class).map(Reshape::input).orElse(column);
      return definition(source, InverseTransform.class)
          .filter(t ->
              t.starts().equals(List.of(0, 0))
                  && t.strides().equals(List.of(1, 1))
                  && t.result().shape().equals(t.input().shape())
                  && sizes(points).equals(t.input().spectrumType().sizes()))
          .map(InverseTransform::input);
    }

    private Value reshaped(
        String name, Value spectra, Shape points, Location location, Rewriter out) {
      if (spectra.shape().equals(points)) {
        return spectra;
      }
      SpectrumType type = spectra.spectrumType();
      Value fresh = out.fresh(name, spectrum(type.kind(), points, Interval.of(type)));
      return append(new Reshape(fresh, spectra, location), out);
    }

    /** The product of transforms of what was broadcast: it broadcasts by itself. */
    private SpectralProduct narrowed(SpectralProduct p, Rewriter out) {
      Value left = narrow(p.left(), out);
      Value right = narrow(p.right(), out);
      return Shapes.broadcast(left.shape(), right.shape()).equals(p.result().shape())
          ? new SpectralProduct(p.result(), left, right, p.location())
          : p;
    }

    private Value narrow(Value spectra, Rewriter out) {
      ForwardTransform like =
          switch (definitions.get(spectra)) {
            case ForwardTransform f -> f;
            case ModelSpectrum m ->
                new ForwardTransform(
                    m.result(), m.input(), m.sizes(), m.dilations(), m.reversed(), m.location());
            case null, default -> null;
          };
      return Optional.ofNullable(like)
          .flatMap(f -> unrepeated(f.input()).map(x -> transform(f, x, Optional.empty(), out)))
          .orElse(spectra);
    }

    /**
     * The column that was broadcast over batch axes only to give this one; empty when there is
     * none.
     */
    private Optional<Value> unrepeated(Value column) {
      return definition(column, Broadcast.class)
          .map(Broadcast::input)
          .filter(x ->
              x.shape().rank() == column.shape().rank()
                  && sizes(x.shape()).equals(sizes(column.shape())));
    }

    /** Whether the sum is over all of one batch axis and nobody else reads the planes. */
    private boolean isWholeSum(WindowSum w, InverseTransform t) {
      Shape shape = w.input().shape();
      return uses.count(t.result()) == 1
          && w.axis() < shape.rank() - 2
          && w.starts().equals(List.of(0))
          && w.lengths().equals(List.of(shape.extent(w.axis())))
          && w.factors().equals(List.of(1));
    }

    private InverseTransform summedBefore(WindowSum w, InverseTransform t, Rewriter out) {
      Shape shape = t.input().shape().with(w.axis(), 1);
      Interval interval = ColumnIntervals.interval(w.result());
      Value sum = out.fresh(t.input().name(), spectrum(ColumnType.Kind.VIRTUAL, shape, interval));
      append(new SpectralSum(sum, t.input(), w.axis(), w.location()), out);
      return new InverseTransform(w.result(), sum, t.starts(), t.strides(), t.location());
    }

    private boolean isModelView(Value value) {
      return switch (definitions.get(value)) {
        case Model _ -> true;
        case Reshape r -> isModelView(r.input());
        case Broadcast b -> isModelView(b.input());
        case null, default -> false;
      };
    }

    private <T extends Op> Optional<T> definition(Value value, Class<T> type) {
      return Optional.ofNullable(definitions.get(value)).filter(type::isInstance).map(type::cast);
    }

    private static SpectrumType spectrum(ColumnType.Kind kind, Shape shape, Interval interval) {
      return new SpectrumType(kind, shape, interval.low(), interval.high());
    }

    private static List<Integer> sizes(Shape shape) {
      return shape.extents().subList(shape.rank() - 2, shape.rank());
    }
  }
}
