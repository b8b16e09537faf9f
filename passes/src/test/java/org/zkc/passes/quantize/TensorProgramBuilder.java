package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.zkc.ir.DType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.LogSoftmax;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.Tanh;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Transpose;

/**
 * Tensor-level programs with seeded random weights, initialised as PyTorch does, for the tests of
 * quantisation.
 */
public final class TensorProgramBuilder {
  private final FunctionBuilder out = new FunctionBuilder("main", Location.UNKNOWN);
  private final Random random;
  private int layers;

  public TensorProgramBuilder(long seed) {
    this.random = new Random(seed);
  }

  public Value input(int... shape) {
    return out.parameter("x", new TensorType(DType.F32, Shape.of(shape)));
  }

  public Program build(Value... results) {
    return Program.of(Level.TENSOR, out.build(List.of(results)));
  }

  private Value fresh(Shape shape) {
    return out.fresh("v", new TensorType(DType.F32, shape));
  }

  public Value constant(String name, Shape shape, float[] elements) {
    return out.value(
        new Constant(fresh(shape), name, TensorData.ofFloats(shape, elements), Location.UNKNOWN));
  }

  /** An unnamed constant whose elements are all the same. */
  public Value filled(Shape shape, float element) {
    float[] elements = new float[Math.toIntExact(shape.elementCount())];
    Arrays.fill(elements, element);
    return constant("", shape, elements);
  }

  private Value uniform(String name, Shape shape, double bound, boolean channelGains) {
    float[] elements = new float[Math.toIntExact(shape.elementCount())];
    int row = elements.length / shape.extent(0);
    double gain = 1;
    for (int i = 0; i < elements.length; i++) {
      if (channelGains && i % row == 0) {
        gain = StrictMath.exp(0.5 * random.nextGaussian());
      }
      elements[i] = (float) (gain * bound * (2 * random.nextDouble() - 1));
    }
    return constant(name, shape, elements);
  }

  /** torch.nn.Linear, weights from U(-1/sqrt(I), 1/sqrt(I)). */
  public Value linear(Value x, int outputs) {
    int inputs = x.shape().extent(x.shape().rank() - 1);
    String name = "fc" + layers++;
    double bound = 1 / Math.sqrt(inputs);
    Value weight = uniform(name + ".weight", Shape.of(outputs, inputs), bound, false);
    Value bias = uniform(name + ".bias", Shape.of(outputs), bound, false);
    Shape shape = Shapes.linear(x.shape(), weight.shape(), Optional.of(bias.shape()));
    return out.value(new Linear(fresh(shape), x, weight, Optional.of(bias), Location.UNKNOWN));
  }

  /** The matrix product of left and right; right has the leading axes of left, or none. */
  public Value matMul(Value left, Value right) {
    Shape shape = Shapes.matMul(left.shape(), right.shape());
    return out.value(new MatMul(fresh(shape), left, right, Location.UNKNOWN));
  }

  public Value transpose(Value x, List<Integer> permutation) {
    Shape shape = Shapes.transpose(x.shape(), permutation);
    return out.value(new Transpose(fresh(shape), x, permutation, Location.UNKNOWN));
  }

  /** torch.nn.Conv2d. */
  public Value conv(
      Value x, int outputs, int kernel, int stride, int padding, int dilation, int groups) {
    return conv(x, outputs, kernel, stride, padding, dilation, groups, 1, false);
  }

  /** A convolution with the batch norm after it folded in: per-channel gains vary. */
  public Value normalized(
      Value x, int outputs, int kernel, int stride, int padding, int dilation, int groups) {
    return conv(x, outputs, kernel, stride, padding, dilation, groups, 1.7, true);
  }

  private Value conv(
      Value x,
      int outputs,
      int kernel,
      int stride,
      int padding,
      int dilation,
      int groups,
      double gain,
      boolean vary) {
    int channels = x.shape().extent(1) / groups;
    String name = "conv" + layers++;
    double bound = gain / Math.sqrt(channels * kernel * kernel);
    Value weight =
        uniform(name + ".weight", Shape.of(outputs, channels, kernel, kernel), bound, vary);
    Value bias = uniform(name + ".bias", Shape.of(outputs), vary ? 0.5 : bound, false);
    List<Integer> strides = List.of(stride, stride);
    List<Integer> paddings = List.of(padding, padding);
    List<Integer> dilations = List.of(dilation, dilation);
    Shape shape =
        Shapes.conv(
            x.shape(),
            weight.shape(),
            Optional.of(bias.shape()),
            strides,
            paddings,
            paddings,
            dilations,
            groups);
    return out.value(
        new Conv(
            fresh(shape),
            x,
            weight,
            Optional.of(bias),
            strides,
            paddings,
            paddings,
            dilations,
            groups,
            Location.UNKNOWN));
  }

  public Value relu(Value x) {
    return out.value(new Relu(fresh(x.shape()), x, Location.UNKNOWN));
  }

  public Value clamp(Value x, double low, double high) {
    return out.value(new Clamp(fresh(x.shape()), x, low, high, Location.UNKNOWN));
  }

  public Value tanh(Value x) {
    return out.value(new Tanh(fresh(x.shape()), x, Location.UNKNOWN));
  }

  public Value sigmoid(Value x) {
    return out.value(new Sigmoid(fresh(x.shape()), x, Location.UNKNOWN));
  }

  public Value softmax(Value x, int axis) {
    return out.value(new Softmax(fresh(x.shape()), x, Optional.empty(), axis, Location.UNKNOWN));
  }

  public Value logSoftmax(Value x, int axis) {
    return out.value(new LogSoftmax(fresh(x.shape()), x, axis, Location.UNKNOWN));
  }

  public Value add(Value x, Value y) {
    return out.value(new Add(fresh(x.shape()), x, y, Location.UNKNOWN));
  }

  public Value subtract(Value x, Value y) {
    return out.value(new Subtract(fresh(x.shape()), x, y, Location.UNKNOWN));
  }

  public Value multiply(Value x, Value y) {
    return out.value(new Multiply(fresh(x.shape()), x, y, Location.UNKNOWN));
  }

  public Value broadcast(Value x, Shape shape) {
    return out.value(new Broadcast(fresh(shape), x, Location.UNKNOWN));
  }

  public Value reshape(Value x, int... shape) {
    return out.value(new Reshape(fresh(Shape.of(shape)), x, Location.UNKNOWN));
  }

  public Value flatten(Value x) {
    return reshape(x, x.shape().extent(0), (int) (x.shape().elementCount() / x.shape().extent(0)));
  }

  public Value concatenate(int axis, Value... inputs) {
    Shape shape = Shapes.concatenate(List.of(inputs).stream().map(Value::shape).toList(), axis);
    return out.value(new Concatenate(fresh(shape), List.of(inputs), axis, Location.UNKNOWN));
  }

  public Value pad(Value x, List<Integer> low, List<Integer> high, double value) {
    return out.value(
        new Pad(fresh(Shapes.pad(x.shape(), low, high)), x, low, high, value, Location.UNKNOWN));
  }

  public Value maxPool(Value x, int kernel, int stride, int padding) {
    List<Integer> kernels = List.of(kernel, kernel);
    List<Integer> strides = List.of(stride, stride);
    List<Integer> paddings = List.of(padding, padding);
    List<Integer> ones = List.of(1, 1);
    Shape shape = Shapes.pool(x.shape(), kernels, strides, paddings, paddings, ones);
    return out.value(
        new MaxPool(fresh(shape), x, kernels, strides, paddings, paddings, ones, Location.UNKNOWN));
  }

  /**
   * Average pooling with windows of {@code kernel} at distance {@code kernel}, over both axes of an
   * image.
   */
  public Value averagePool(Value x, int kernel) {
    return mean(mean(x, 2, kernel), 3, kernel);
  }

  private Value mean(Value x, int axis, int kernel) {
    int positions = x.shape().extent(axis) / kernel;
    List<Integer> starts = new ArrayList<>();
    for (int j = 0; j < positions; j++) {
      starts.add(j * kernel);
    }
    List<Integer> lengths = Collections.nCopies(positions, kernel);
    return out.value(
        new WindowMean(
            fresh(x.shape().with(axis, positions)),
            x,
            axis,
            starts,
            lengths,
            lengths,
            Location.UNKNOWN));
  }
}
