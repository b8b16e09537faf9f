package org.zkc.runtime.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Gelu;
import org.zkc.ir.tensor.LayerNorm;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.ir.tensor.TensorBuilder;

/**
 * Builds networks at the tensor level, with seeded weights: He et al. 2015, N(0, 2 / fan-in),
 * biases N(0, 0.05^2).
 */
final class NetworkBuilder {
  private static final double BIAS_DEVIATION = 0.05;

  private final TensorBuilder builder = new TensorBuilder(Location.UNKNOWN);
  private final Random random;
  private Value current;
  private long parameters;

  NetworkBuilder(long seed, int... inputShape) {
    random = new Random(seed);
    builder.at(Location.UNKNOWN, "v");
    current = builder.parameter("x", new TensorType(DType.F32, Shape.of(inputShape)));
  }

  Value current() {
    return current;
  }

  /** Continues from an earlier value. */
  NetworkBuilder from(Value value) {
    current = value;
    return this;
  }

  /** Square kernel, same padding on all sides. */
  NetworkBuilder conv(String name, int outputs, int kernel, int stride, int padding, boolean bias) {
    return conv(name, outputs, kernel, stride, padding, 1, bias);
  }

  /** The same in groups. */
  NetworkBuilder conv(
      String name, int outputs, int kernel, int stride, int padding, int groups, boolean bias) {
    return conv(name, outputs, kernel, stride, padding, groups, bias, 2);
  }

  /** Over one axis, [N, C, W], padded by half of the kernel. */
  NetworkBuilder convLine(String name, int outputs, int kernel, int stride) {
    return conv(name, outputs, kernel, stride, kernel / 2, 1, true, 1);
  }

  private NetworkBuilder conv(
      String name,
      int outputs,
      int kernel,
      int stride,
      int padding,
      int groups,
      boolean bias,
      int axes) {
    int channels = current.shape().extent(1) / groups;
    List<Integer> weightExtents = new ArrayList<>(List.of(outputs, channels));
    weightExtents.addAll(Collections.nCopies(axes, kernel));
    Shape weightShape = new Shape(weightExtents);
    double fanIn = channels * StrictMath.pow(kernel, axes);
    Value weight = constant(name + ".weight", weightShape, Math.sqrt(2.0 / fanIn), 0);
    Optional<Value> b =
        bias
            ? Optional.of(constant(name + ".bias", Shape.of(outputs), BIAS_DEVIATION, 0))
            : Optional.empty();
    List<Integer> strides = Collections.nCopies(axes, stride);
    List<Integer> paddings = Collections.nCopies(axes, padding);
    List<Integer> dilations = Collections.nCopies(axes, 1);
    return from(builder.conv(current, weight, b, strides, paddings, paddings, dilations, groups));
  }

  NetworkBuilder batchNorm(String name) {
    Shape shape = Shape.of(current.shape().extent(1));
    Value weight = constant(name + ".weight", shape, 0.1, 1);
    Value bias = constant(name + ".bias", shape, BIAS_DEVIATION, 0);
    // Statistics are no parameters.
    long trained = parameters;
    Value mean = constant(name + ".running_mean", shape, BIAS_DEVIATION, 0);
    Value variance = constant(name + ".running_var", shape, 0, 1);
    parameters = trained;
    return from(
        builder.batchNorm(current, Optional.of(weight), Optional.of(bias), mean, variance, 1e-5));
  }

  NetworkBuilder linear(String name, int outputs) {
    int inputs = current.shape().extent(1);
    Value weight =
        constant(name + ".weight", Shape.of(outputs, inputs), Math.sqrt(2.0 / inputs), 0);
    Value bias = constant(name + ".bias", Shape.of(outputs), BIAS_DEVIATION, 0);
    return from(builder.linear(current, weight, Optional.of(bias)));
  }

  NetworkBuilder relu() {
    return from(builder.relu(current));
  }

  /** (x - mean) / deviation by channel, as preprocessing is written. */
  NetworkBuilder normalize(String name) {
    from(builder.subtract(current, perChannel(name + ".mean", 0.2, 0)));
    return from(builder.divide(current, perChannel(name + ".std", 0.05, 1)));
  }

  private Value perChannel(String name, double deviation, double mean) {
    return constant(name, Shape.of(1, current.shape().extent(1), 1, 1), deviation, mean);
  }

  /** Over the last of two axes, with gain and bias. */
  NetworkBuilder layerNorm(String name) {
    int width = current.shape().extent(1);
    Value input = current;
    Value normed = builder.op(r -> new LayerNorm(r, input, 1, 1e-5, Location.UNKNOWN));
    Value gain = constant(name + ".weight", Shape.of(width), 0.1, 1);
    Value bias = constant(name + ".bias", Shape.of(width), BIAS_DEVIATION, 0);
    return from(builder.add(builder.multiply(normed, gain), bias));
  }

  NetworkBuilder gelu() {
    Value input = current;
    return from(builder.op(r -> new Gelu(r, input, true, Location.UNKNOWN)));
  }

  /** Attention of [T, C] to itself and what came before, with its projections. */
  NetworkBuilder causalAttention(String name, int heads) {
    int tokens = current.shape().extent(0);
    int width = current.shape().extent(1);
    int each = width / heads;
    Value all = linear(name + ".c_attn", 3 * width).current();
    List<Value> parts = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      Value own = builder.slice(all, 1, part * width, (part + 1) * width, 1);
      Value split = builder.reshape(own, Shape.of(tokens, heads, each));
      parts.add(builder.transpose(split, part == 1 ? List.of(1, 2, 0) : List.of(1, 0, 2)));
    }
    Value products = builder.matMul(parts.get(0), parts.get(1));
    Value scores = builder.multiply(products, builder.scalar(1 / Math.sqrt(each)));
    long[] mask = new long[tokens * tokens];
    Arrays.setAll(mask, k -> k % tokens <= k / tokens ? 1 : 0);
    TensorData included = TensorData.ofLongs(DType.I1, Shape.of(1, tokens, tokens), mask);
    Value shares = builder.softmax(scores, builder.constant(included, name + ".mask"), 2);
    Value mixed = builder.transpose(builder.matMul(shares, parts.get(2)), List.of(1, 0, 2));
    return from(builder.reshape(mixed, Shape.of(tokens, width))).linear(name + ".c_proj", width);
  }

  /** Zeros around the last two axes. */
  NetworkBuilder pad(int width) {
    List<Integer> sides = List.of(0, 0, width, width);
    return from(builder.pad(current, sides, sides, 0.0));
  }

  /** ReLU6: min(max(x, 0), 6). */
  NetworkBuilder relu6() {
    return clamp(0, 6);
  }

  /** min(max(x, low), high). */
  NetworkBuilder clamp(double low, double high) {
    return from(builder.clamp(current, low, high));
  }

  NetworkBuilder sigmoid() {
    return from(builder.pointwise(current, Sigmoid::new));
  }

  /** Windows of 2 x 2, stride 2. */
  NetworkBuilder maxPool() {
    return maxPool(2, 2, 0, false);
  }

  /**
   * Square windows.
   *
   * @param ceil as PyTorch's {@code ceil_mode}: a last window may begin inside and end outside
   */
  NetworkBuilder maxPool(int kernel, int stride, int padding, boolean ceil) {
    Shape s = current.shape();
    List<Integer> high = new ArrayList<>();
    for (int k = 0; k < 2; k++) {
      int extent = s.extent(2 + k);
      int room = extent + 2 * padding - kernel;
      int positions = (ceil ? Math.ceilDiv(room, stride) : room / stride) + 1;
      if ((positions - 1) * stride >= extent + padding) {
        positions--;
      }
      high.add(Math.max(padding, (positions - 1) * stride + kernel - extent - padding));
    }
    return from(
        builder.maxPool(
            current,
            List.of(kernel, kernel),
            List.of(stride, stride),
            List.of(padding, padding),
            high,
            List.of(1, 1)));
  }

  /** Means of 2 x 2, stride 2. */
  NetworkBuilder meanPool() {
    for (int axis = 2; axis < 4; axis++) {
      int positions = current.shape().extent(axis) / 2;
      List<Integer> starts = IntStream.range(0, positions).mapToObj(j -> 2 * j).toList();
      mean(axis, starts, Collections.nCopies(positions, 2));
    }
    return this;
  }

  /** The mean over the last two axes, [N, C]. */
  NetworkBuilder globalMean() {
    Shape s = current.shape();
    int count = Math.toIntExact(s.elementCount() / s.extent(0) / s.extent(1));
    reshape(Shape.of(s.extent(0), s.extent(1), count));
    mean(2, List.of(0), List.of(count));
    return reshape(Shape.of(s.extent(0), s.extent(1)));
  }

  private void mean(int axis, List<Integer> starts, List<Integer> lengths) {
    from(builder.windowMean(current, axis, starts, lengths, lengths));
  }

  /** Channels of all these, one after the other. */
  NetworkBuilder concatenate(List<Value> parts) {
    return from(builder.concatenate(parts, 1));
  }

  NetworkBuilder flatten() {
    Shape s = current.shape();
    return reshape(Shape.of(s.extent(0), Math.toIntExact(s.elementCount() / s.extent(0))));
  }

  private NetworkBuilder reshape(Shape shape) {
    return from(builder.reshape(current, shape));
  }

  NetworkBuilder add(Value other) {
    return from(builder.add(current, other));
  }

  Program build() {
    return Program.of(Level.TENSOR, builder.build(Collections.singletonList(current)));
  }

  /** Elements of all parameters so far, without the statistics of batch norms. */
  long parameters() {
    return parameters;
  }

  private Value constant(String name, Shape shape, double deviation, double mean) {
    float[] elements = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) (mean + deviation * random.nextGaussian());
    }
    parameters += elements.length;
    return builder.constant(TensorData.ofFloats(shape, elements), name);
  }
}
