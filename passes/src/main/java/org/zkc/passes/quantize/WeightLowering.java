package org.zkc.passes.quantize;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Emits linear maps with constant weights as integer convolutions and matrix products at a wanted
 * accumulator scale.
 */
final class WeightLowering {
  /** Bits of weights whose sums are compared: they cost no lookups. */
  static final int DECISIVE_BITS = 12;

  /** The most weights of one map whose bytes are worth that. */
  private static final long MOST_DECISIVE = 1 << 20;

  /**
   * Bits where weights take two bytes and are not spared: gains of norms make columns of one row
   * differ by a factor of 30 and more. Where sums have no room for so many they have fewer.
   */
  private static final int GENEROUS_BITS = 14;

  /**
   * The greatest that the rests of weights add to a sum: an input reaches some tens of thousands,
   * of which rounding takes half. Maps with as many bits of rests share their table.
   */
  private static final long MOST_REST = (1 << 15) - 1;

  /** Mantissas of more bits take two bytes each, and as many bits as are worth anything. */
  private static final int BYTE = 8;

  private final TensorAnalysis analysis;
  private final Ranges ranges;
  private final QuantizationOptions options;
  private final Precision precision;
  private final IntegerBuilder out;
  private final ParameterLowering parameters;
  private final WeightCache cache;
  private final Map<String, Integer> bits;
  private final Map<TensorOp, Optional<LinearMap>> maps = new IdentityHashMap<>();

  private long mapCount;
  private long weightCount;

  WeightLowering(
      Function main,
      TensorAnalysis analysis,
      Ranges ranges,
      QuantizationOptions options,
      Precision precision,
      IntegerBuilder out,
      ParameterLowering parameters,
      WeightCache cache,
      Map<String, Integer> bits) {
    this.bits = bits;
    this.cache = cache;
    this.precision = precision;
    this.ranges = ranges;
    this.analysis = analysis;
    this.options = options;
    this.out = out;
    this.parameters = parameters;
    for (Op op : main.body()) {
      Optional<Value> weight =
          switch (op) {
            case Conv c -> Optional.of(c.weight());
            case Linear l -> Optional.of(l.weight());
            default -> Optional.empty();
          };
      mapCount += weight.isPresent() ? 1 : 0;
      weightCount += weight.map(w -> w.shape().elementCount()).orElse(0L);
    }
  }

  /**
   * y = weights x + bias.
   *
   * @param op the op it comes from: Conv, Linear, or one that scales channels
   * @param input the tensor-level value x
   * @param bias one per output, or null
   * @param grid that the weights lie on, where they do
   */
  record LinearMap(
      TensorOp op,
      Value input,
      String name,
      TensorData weights,
      WeightStatistics statistics,
      double @Nullable [] bias,
      int bits,
      Optional<WeightGrid> grid) {

    double biasMagnitude() {
      double most = 0;
      for (int i = 0; bias != null && i < bias.length; i++) {
        most = Math.max(most, Math.abs(bias[i]));
      }
      return most;
    }
  }

  /** The op as a linear map; empty for other ops. */
  Optional<LinearMap> linearMap(TensorOp op) {
    return maps.computeIfAbsent(op, this::find);
  }

  private Optional<LinearMap> find(TensorOp op) {
    return switch (op) {
      case Conv c -> Optional.of(ofWeights(op, c.input(), c.weight(), c.bias(), c.location()));
      case Linear l -> Optional.of(ofWeights(op, l.input(), l.weight(), l.bias(), l.location()));
      case BatchNorm b -> Optional.of(ofBatchNorm(b));
      case Multiply m -> ofFactors(op);
      case Divide d -> ofFactors(op);
      default -> Optional.empty();
    };
  }

  private LinearMap ofWeights(
      TensorOp op, Value input, Value weight, Optional<Value> bias, Location location) {
    Constant constant = parameter(weight, location);
    String name = constant.name().isEmpty() ? weight.name() : constant.name();
    WeightStatistics statistics =
        cache.statistics(op, () -> WeightStatistics.of(constant.data(), cache.tasks()));
    Optional<WeightGrid> grid =
        options.isFixed(name)
            ? Optional.empty()
            : cache.grid(op, () -> WeightGrid.of(constant.data(), statistics));
    return new LinearMap(
        op,
        input,
        name,
        constant.data(),
        statistics,
        bias.isPresent()
            ? parameter(bias.get(), location).data().toDoubles()
            : unbiased(op, statistics.channels()),
        grid.isPresent() ? WeightGrid.BITS : bits(name, statistics, input, op),
        grid);
  }

  /**
   * Zeros in place of a bias, so that what the rounding of weights takes from the result on average
   * can be added. An output has none: its channels are many, and samples too few to say what each
   * lacks.
   */
  private double @Nullable [] unbiased(TensorOp op, int channels) {
    boolean wanted =
        precision.isGenerous()
            && op instanceof Linear
            && !analysis.isOutput(op.definitions().getFirst());
    return wanted ? new double[channels] : null;
  }

  /** Means of the input's channels; where tokens are many, of typical ones. */
  private Optional<double[]> means(Value input) {
    return precision.isGenerous() ? ranges.typicalMeans(input) : ranges.means(input);
  }

  private int bits(String name, WeightStatistics statistics, Value input, TensorOp op) {
    int bits = options.bitsOf(name);
    if (options.isFixed(name)) {
      return bits;
    }
    if (analysis.decisive().isDecisive(op.definitions().getFirst())
        && statistics.fanIn() * statistics.channels() <= MOST_DECISIVE) {
      bits = Math.max(bits, DECISIVE_BITS);
    }
    double meanSquare = ranges.of(input).meanSquare();
    double constant =
        means(input).stream().flatMapToDouble(Arrays::stream).map(m -> m * m).average().orElse(0);
    int chosen =
        Precision.ofWeights(
            precision.least(name, bits),
            statistics,
            Math.max(0, meanSquare - constant),
            constant,
            ranges.of(op.definitions().getFirst()).variation(),
            allowance(statistics.fanIn() * statistics.channels()));
    return chosen > BYTE && precision.isGenerous() ? Math.max(chosen, GENEROUS_BITS) : chosen;
  }

  /**
   * The share of the variation that the rounding of a map's weights may cost: half of the sum over
   * all maps in equal parts, half by size, so that large maps keep small weights and small ones
   * have precise ones. (The sum of the bits of all weights is least where errors are as sizes.)
   */
  private double allowance(long size) {
    double relative = size * (double) mapCount / Math.max(1, weightCount);
    return precision.weightShare() * (0.5 + 0.5 * relative);
  }

  private Constant parameter(Value value, Location location) {
    return analysis
        .uses()
        .definition(value)
        .filter(Constant.class::isInstance)
        .map(Constant.class::cast)
        .orElseThrow(() ->
            new UserException(
                location,
                "weights and biases must be parameters of the model, but this op has one that is"
                    + " computed from the input"));
  }

  private LinearMap ofBatchNorm(BatchNorm op) {
    double[] mean = parameter(op.mean(), op.location()).data().toDoubles();
    double[] variance = parameter(op.variance(), op.location()).data().toDoubles();
    double[] factors = new double[mean.length];
    double[] bias = new double[mean.length];
    Optional<double[]> weight =
        op.weight().map(w -> parameter(w, op.location()).data().toDoubles());
    Optional<double[]> shift = op.bias().map(b -> parameter(b, op.location()).data().toDoubles());
    for (int c = 0; c < mean.length; c++) {
      factors[c] =
          (weight.isPresent() ? weight.get()[c] : 1) / Math.sqrt(variance[c] + op.epsilon());
      bias[c] = (shift.isPresent() ? shift.get()[c] : 0) - mean[c] * factors[c];
    }
    String name =
        op.weight().map(w -> parameter(w, op.location()).name()).orElse(op.result().name());
    return ofChannels(op, op.input(), name, factors, bias);
  }

  private Optional<LinearMap> ofFactors(TensorOp op) {
    String name = op.definitions().getFirst().name();
    return analysis
        .scaled(op)
        .filter(s -> s.factor() instanceof ConstantFactor.PerChannel)
        .map(s ->
            ofChannels(
                op, s.input(), name, ((ConstantFactor.PerChannel) s.factor()).factors(), null));
  }

  private LinearMap ofChannels(
      TensorOp op, Value input, String name, double[] factors, double @Nullable [] bias) {
    Shape shape = Shape.of(factors.length, 1, 1, 1);
    float[] weights = new float[factors.length];
    for (int c = 0; c < weights.length; c++) {
      weights[c] = (float) factors[c];
    }
    TensorData data = TensorData.ofFloats(shape, weights);
    WeightStatistics statistics =
        cache.statistics(op, () -> WeightStatistics.of(data, cache.tasks()));
    return new LinearMap(
        op,
        input,
        name,
        data,
        statistics,
        bias,
        bits(name, statistics, input, op),
        Optional.empty());
  }

  /** Emits the map of the integers {@code x}; the result has scale {@code a}. */
  Value emit(LinearMap map, Value x, double a) {
    bits.put(map.name(), map.bits());
    double inputScale = x.integerType().scale();
    int restBits = restBits(map, x, a / inputScale);
    WeightCache.Rounded rounded =
        cache.rounded(
            map.op(),
            new WeightCache.Rounding(inputScale, a, map.bits(), precision.isGenerous(), restBits),
            () -> round(map, inputScale, a, restBits));
    Value weight = out.parameter(parameters.unique(map.name()), rounded.weights(), a / inputScale);
    Optional<Value> bias = Optional.ofNullable(rounded.bias()).map(b -> bias(map, b, a));
    return switch (map.op()) {
      case Conv c ->
          out.conv(
              x,
              weight,
              bias,
              c.strides(),
              c.paddingLow(),
              c.paddingHigh(),
              c.dilations(),
              c.groups());
      case Linear l -> {
        Value y = out.linear(x, weight, bias);
        yield rounded.rests().map(r -> withRests(map, x, y, r, restBits)).orElse(y);
      }
      default -> perChannel(x, weight, bias);
    };
  }

  /**
   * The bits of what the rounding of a large transformer's weights takes from them, 0 where that is
   * little.
   */
  private int restBits(LinearMap map, Value x, double unit) {
    Value result = map.op().definitions().getFirst();
    double variation = ranges.of(result).variation();
    if (!precision.isGenerous() && !precision.isWide()
        || !(map.op() instanceof Linear)
        || map.grid().isPresent()
        || options.isFixed(map.name())
        || variation <= 0) {
      return 0;
    }
    WeightStatistics statistics = map.statistics();
    return WeightRests.bits(
        statistics,
        unit,
        map.bits(),
        IntegerBuilder.interval(x).magnitude(),
        ranges.of(map.input()).meanSquare(),
        variation * allowance(statistics.fanIn() * statistics.channels()));
  }

  /**
   * The sums y of a map plus the sums of its weights' rests, which are cut far beyond what they
   * reach.
   */
  private Value withRests(LinearMap map, Value x, Value y, IntegerWeights rests, int bits) {
    double scale = y.integerType().scale();
    double unit = Math.scalb(scale / x.integerType().scale(), -bits);
    Value weight = out.parameter(parameters.unique(map.name() + ".rest"), rests, unit);
    Value sums = out.linear(x, weight, Optional.empty());
    Interval reached = IntegerBuilder.interval(sums).shiftRounded(bits);
    Value added =
        out.requantize(
            sums, bits, Math.max(reached.low(), -MOST_REST), Math.min(reached.high(), MOST_REST));
    return out.add(y, added);
  }

  private WeightCache.Rounded round(LinearMap map, double inputScale, double a, int restBits) {
    double factor = inputScale / a;
    Optional<BiasCorrection> correction =
        map.grid().isPresent() || restBits > 0 ? Optional.empty() : correction(map, a / inputScale);
    IntegerWeights weights =
        WeightQuantizer.quantize(
            map.grid()
                .map(g -> g.exactly(map.weights(), map.statistics(), factor))
                .orElse(map.weights()),
            map.statistics(),
            factor,
            map.bits(),
            shifts ->
                correction
                    .<IntegerWeights.RoundingObserver>map(c -> c.withShifts(shifts))
                    .orElse((channel, first, reals, mantissas, count) -> {}),
            cache.tasks());
    Optional<IntegerWeights> rests =
        restBits == 0
            ? Optional.empty()
            : Optional.of(
                WeightRests.of(
                    map.weights(), factor, weights.channelShifts(), restBits, cache.tasks()));
    // Weights with rests leave nothing to correct.
    boolean isUnbiased = restBits > 0 && map.op() instanceof Linear l && l.bias().isEmpty();
    return new WeightCache.Rounded(
        weights,
        rests,
        isUnbiased ? null : correction.map(BiasCorrection::bias).orElse(map.bias()));
  }

  /**
   * @param unit real number for one unit of the integer weights
   */
  private Optional<BiasCorrection> correction(LinearMap map, double unit) {
    double[] bias = map.bias();
    Optional<double[]> means = means(map.input());
    int groups = map.op() instanceof Conv c ? c.groups() : 1;
    int channels = map.weights().shape().extent(1);
    if (bias == null || means.isEmpty() || means.get().length != channels * groups) {
      return Optional.empty();
    }
    return Optional.of(
        new BiasCorrection(
            bias, means.get(), channels, map.statistics().fanIn() / channels, groups, unit));
  }

  private Value bias(LinearMap map, double[] reals, double a) {
    String name =
        map.name().endsWith("weight")
            ? map.name().substring(0, map.name().length() - "weight".length()) + "bias"
            : map.name() + ".bias";
    return parameters.rounded(name, reals, Shape.of(reals.length), a);
  }

  /** Depthwise convolution with a kernel of one element, over [N, C, everything else, 1]. */
  private Value perChannel(Value x, Value weight, Optional<Value> bias) {
    Shape shape = x.shape();
    int channels = shape.extent(1);
    int rest = Math.toIntExact(shape.elementCount() / ((long) shape.extent(0) * channels));
    Value plane =
        shape.rank() == 4 ? x : out.reshape(x, Shape.of(shape.extent(0), channels, rest, 1));
    List<Integer> ones = List.of(1, 1);
    List<Integer> zeros = List.of(0, 0);
    return out.reshape(out.conv(plane, weight, bias, ones, zeros, zeros, ones, channels), shape);
  }
}
