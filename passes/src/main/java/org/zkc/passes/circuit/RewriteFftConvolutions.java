package org.zkc.passes.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.ColumnType;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.FftConv;
import org.zkc.ir.circuit.ForwardTransform;
import org.zkc.ir.circuit.InverseTransform;
import org.zkc.ir.circuit.Model;
import org.zkc.ir.circuit.ModelSpectrum;
import org.zkc.ir.circuit.SpectralProduct;
import org.zkc.ir.circuit.SpectralSum;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Reshape;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;

/**
 * Makes convolutions in FFT form the relation that proves them; the backend knows no single
 * transforms.
 *
 * <pre>
 *   inverse(spectral_sum(forward(x) model_spectrum(w)))  ->  fft_conv(x, w)
 *   inverse(forward(broadcast(x)) forward(w))            ->  fft_conv(broadcast(x), w), one group for
 *                                                            each pair of channels
 * </pre>
 *
 * The first is what {@link ReduceFftSteps} leaves. The second is a convolution as lowering writes
 * it, with its O C transforms each way; it is proved as it stands when that pass is switched off.
 * Spectra that a further convolution reads without a transform between become a column again, since
 * the relation is of one convolution.
 */
public final class RewriteFftConvolutions extends Rewrite {
  public RewriteFftConvolutions() {
    super(
        "rewrite-fft-convolutions",
        "Turns convolutions in FFT form into the relation that proves them.",
        Level.CIRCUIT,
        Need.REQUIRED);
  }

  @Override
  protected Rules begin(Function function, PassContext context) {
    return new Convolutions();
  }

  /** Planes [N, groups, outputs, channels] of a product, and what its factors come from. */
  private record Factors(Shape planes, Value spectra, Kernel kernel) {}

  /** Model weights [O, C / groups, kh, kw] and their dilations. */
  private record Kernel(Model model, List<Integer> dilations) {}

  private static final class Convolutions implements Rules {
    @Override
    public boolean rewrite(Op op, Scope scope) {
      Optional<Value> found =
          op instanceof InverseTransform t
              ? convolution(
                  t.input(),
                  t.starts(),
                  t.strides(),
                  t.result().shape(),
                  ColumnIntervals.interval(t.result()),
                  t.location(),
                  scope)
              : Optional.empty();
      found.ifPresent(
          y -> scope.define(new Reshape(op.definitions().getFirst(), y, op.location())));
      return found.isPresent();
    }

    @Override
    public String counted(Op op) {
      return "convolutions";
    }

    @Override
    public void end(Function rewritten) {
      for (Op op : rewritten.body()) {
        if (op instanceof InverseTransform) {
          throw new UserException(
              op.location(),
              "these transforms are not those of a convolution with the model's weights, and only"
                  + " such can be proved");
        }
      }
    }

    /**
     * The convolution, [N, O, Ho, Wo], whose spectra these are.
     *
     * @param window shape of the planes that are read of it, [N, groups, outputs, 1 or channels,
     *     Ho, Wo]
     */
    private static Optional<Value> convolution(
        Value spectra,
        List<Integer> starts,
        List<Integer> strides,
        Shape window,
        Interval interval,
        Location location,
        Scope scope) {
      Optional<SpectralSum> sum =
          scope
              .definition(spectra, SpectralSum.class)
              .filter(s -> s.axis() == TransformProducts.CHANNELS);
      Optional<Factors> found = factors(sum.map(SpectralSum::input).orElse(spectra), scope);
      if (found.isEmpty() || starts.stream().anyMatch(s -> s > 0)) {
        return Optional.empty();
      }
      Factors f = found.get();
      Optional<Value> source = source(f, sum.isPresent(), location, scope);
      if (source.isEmpty()) {
        return Optional.empty();
      }
      Value x = source.get();
      Model model = f.kernel().model();
      int channels = f.planes().extent(TransformProducts.CHANNELS);
      int outputs = f.planes().extent(1) * f.planes().extent(2) * (sum.isPresent() ? 1 : channels);
      Value weight = sum.isPresent() ? model.result() : eachPair(model, scope);
      Shape shape = Shape.of(x.shape().extent(0), outputs, window.extent(4), window.extent(5));
      List<Integer> low = starts.stream().map(s -> -s).toList();
      List<Integer> dilations = f.kernel().dilations();
      List<Integer> high = new ArrayList<>();
      for (int k = 0; k < 2; k++) {
        int reach =
            (shape.extent(2 + k) - 1) * strides.get(k)
                + (weight.shape().extent(2 + k) - 1) * dilations.get(k)
                + 1;
        high.add(Math.max(0, reach - low.get(k) - x.shape().extent(2 + k)));
      }
      int groups = sum.isPresent() ? f.planes().extent(1) : outputs;
      List<Integer> sizes = spectra.spectrumType().sizes();
      List<Integer> least =
          Shapes.transformSizes(x.shape(), weight.shape(), shape, strides, low, dilations);
      Shape expected =
          Shapes.conv(
              x.shape(), weight.shape(), Optional.empty(), strides, low, high, dilations, groups);
      if (!expected.equals(shape) || least.get(0) > sizes.get(0) || least.get(1) > sizes.get(1)) {
        return Optional.empty();
      }
      Value result = scope.fresh(spectra.name(), column(shape, interval));
      return Optional.of(
          scope.value(
              new FftConv(
                  result, x, weight, strides, low, high, dilations, groups, sizes, location)));
    }

    private static Optional<Factors> factors(Value product, Scope scope) {
      if (!(scope.definition(product).orElse(null) instanceof SpectralProduct p)
          || product.shape().rank() != 6) {
        return Optional.empty();
      }
      Shape planes = product.shape();
      return kernel(p.right(), planes, scope).map(kernel -> new Factors(planes, p.left(), kernel));
    }

    /** The weights whose reversed spectra these are, for planes [N, groups, outputs, channels]. */
    private static Optional<Kernel> kernel(Value spectra, Shape planes, Scope scope) {
      Value view;
      List<Integer> dilations;
      switch (scope.definition(spectra).orElse(null)) {
        case ModelSpectrum m when m.reversed() -> {
          view = m.input();
          dilations = m.dilations();
        }
        case ForwardTransform t when t.reversed() -> {
          view = t.input();
          dilations = t.dilations();
        }
        case null, default -> {
          return Optional.empty();
        }
      }
      Value one = scope.definition(view, Broadcast.class).map(Broadcast::input).orElse(view);
      Value weight = scope.definition(one, Reshape.class).map(Reshape::input).orElse(one);
      if (!(scope.definition(weight).orElse(null) instanceof Model model)
          || weight.shape().rank() != 4) {
        return Optional.empty();
      }
      int groups = planes.extent(1);
      int outputs = planes.extent(2);
      int channels = planes.extent(3);
      Shape w = weight.shape();
      boolean matches =
          w.equals(Shape.of(groups * outputs, channels, w.extent(2), w.extent(3)))
              && one.shape()
                  .equals(Shape.of(1, groups, outputs, channels, w.extent(2), w.extent(3)));
      return matches ? Optional.of(new Kernel(model, dilations)) : Optional.empty();
    }

    /** The column [N, C, H, W] that was transformed; every output's own copy when not shared. */
    private static Optional<Value> source(
        Factors f, boolean isShared, Location location, Scope scope) {
      Shape planes = f.planes();
      Value spectra = f.spectra();
      Shape batch = spectra.shape();
      if (isShared && (batch.rank() != 6 || batch.extent(2) != 1)) {
        return Optional.empty();
      }
      Optional<Value> column =
          scope.definition(spectra).orElse(null) instanceof ForwardTransform t
                  && !t.reversed()
                  && t.dilations().equals(List.of(1, 1))
              ? Optional.of(t.input())
              : before(spectra, location, scope);
      if (column.isEmpty()) {
        return Optional.empty();
      }
      Value x = column.get();
      Shape tail = x.shape();
      int height = tail.extent(tail.rank() - 2);
      int width = tail.extent(tail.rank() - 1);
      if (isShared) {
        int channels = planes.extent(1) * planes.extent(3);
        return Optional.of(
            reshaped(x, Shape.of(planes.extent(0), channels, height, width), location, scope));
      }
      Shape repeated = planes.with(4, height).with(5, width);
      Value all = x;
      if (!x.shape().equals(repeated)) {
        all = scope.fresh(x.name(), column(repeated, ColumnIntervals.interval(x)));
        scope.value(new Broadcast(all, x, location));
      }
      int pairs = planes.extent(1) * planes.extent(2) * planes.extent(3);
      return Optional.of(
          reshaped(all, Shape.of(planes.extent(0), pairs, height, width), location, scope));
    }

    /**
     * The whole planes of spectra that a convolution left untransformed, under these batch axes.
     */
    private static Optional<Value> before(Value spectra, Location location, Scope scope) {
      Value whole = scope.definition(spectra, Reshape.class).map(Reshape::input).orElse(spectra);
      List<Integer> zero = List.of(0, 0);
      Interval interval = Interval.of(whole.spectrumType());
      return convolution(whole, zero, List.of(1, 1), whole.shape(), interval, location, scope)
          .map(y -> reshaped(y, spectra.shape(), location, scope));
    }

    private static Value reshaped(Value x, Shape shape, Location location, Scope scope) {
      Value flat = scope.definition(x, Reshape.class).map(Reshape::input).orElse(x);
      if (flat.shape().equals(shape)) {
        return flat;
      }
      Value result = scope.fresh(x.name(), column(shape, ColumnIntervals.interval(x)));
      return scope.value(new Reshape(result, x, location));
    }

    /** The weights as [O C / groups, 1, kh, kw]: one output for each pair of channels. */
    private static Value eachPair(Model model, Scope scope) {
      Shape w = model.weights().shape();
      int channels = w.extent(1);
      List<Integer> shifts = new ArrayList<>();
      for (int shift : model.weights().channelShifts()) {
        for (int c = 0; c < channels; c++) {
          shifts.add(shift);
        }
      }
      Shape shape = Shape.of(w.extent(0) * channels, 1, w.extent(2), w.extent(3));
      IntegerWeights pairs = IntegerWeights.of(model.weights().mantissas().reshape(shape), shifts);
      ColumnType type = model.result().columnType();
      Value result =
          scope.fresh(
              model.result().name(),
              new ColumnType(ColumnType.Kind.MODEL, shape, type.low(), type.high()));
      return scope.value(new Model(result, model.name(), pairs, model.location()));
    }

    private static ColumnType column(Shape shape, Interval interval) {
      return new ColumnType(ColumnType.Kind.VIRTUAL, shape, interval.low(), interval.high());
    }
  }
}
