package org.zkc.passes.quantize;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/**
 * Small relatives of the networks that are hard to quantise, with random weights whose channels
 * have gains of exp(N(0, 1/4)): many narrow layers, depthwise convolutions, long concatenations,
 * and a mean over all positions at the end, which leaves little of what depends on the input.
 */
public final class HostileNetworks {
  private HostileNetworks() {}

  public static Map<String, Program> all(long seed) {
    Map<String, Program> out = new LinkedHashMap<>();
    out.put("mobile-like", mobileLike(seed));
    out.put("dense-like", denseLike(seed));
    out.put("squeeze-like", squeezeLike(seed));
    out.put("inception-like", inceptionLike(seed));
    return out;
  }

  /** MobileNetV2: inverted residual blocks, ReLU6 within, nothing after. */
  public static Program mobileLike(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.clamp(b.normalized(b.input(1, 3, 32, 32), 16, 3, 2, 1, 1, 1), 0, 6);
    int[][] blocks = {{8, 1}, {12, 2}, {12, 1}, {16, 2}, {16, 1}, {24, 1}};
    for (int[] block : blocks) {
      int inside = 4 * x.shape().extent(1);
      Value y = b.clamp(b.normalized(x, inside, 1, 1, 0, 1, 1), 0, 6);
      y = b.clamp(b.normalized(y, inside, 3, block[1], 1, 1, inside), 0, 6);
      y = b.normalized(y, block[0], 1, 1, 0, 1, 1);
      x = y.shape().equals(x.shape()) ? b.add(x, y) : y;
    }
    x = b.clamp(b.normalized(x, 64, 1, 1, 0, 1, 1), 0, 6);
    return b.build(b.linear(b.flatten(b.averagePool(x, 4)), 10));
  }

  /** DenseNet: each layer normalises and reads all before it. */
  public static Program denseLike(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Random random = new Random(seed);
    Value x = b.maxPool(b.relu(b.normalized(b.input(1, 3, 32, 32), 16, 3, 2, 1, 1, 1)), 2, 2, 0);
    for (int layer = 0; layer < 8; layer++) {
      Value y = b.relu(b.normalized(affine(b, x, random), 16, 1, 1, 0, 1, 1));
      x = b.concatenate(1, x, b.normalized(y, 8, 3, 1, 1, 1, 1));
    }
    x = affine(b, x, random);
    return b.build(b.linear(b.flatten(b.averagePool(x, 8)), 10));
  }

  /** A batch norm that nothing can take up, and a ReLU. */
  private static Value affine(TensorProgramBuilder b, Value x, Random random) {
    int channels = x.shape().extent(1);
    float[] gains = new float[channels];
    float[] shifts = new float[channels];
    for (int c = 0; c < channels; c++) {
      gains[c] = (float) Math.exp(0.5 * random.nextGaussian());
      shifts[c] = (float) (0.2 * random.nextGaussian());
    }
    Shape shape = Shape.of(1, channels, 1, 1);
    Value scaled = b.multiply(x, b.broadcast(b.constant("gain", shape, gains), x.shape()));
    return b.relu(b.add(scaled, b.broadcast(b.constant("shift", shape, shifts), x.shape())));
  }

  /** SqueezeNet: squeeze to few channels, expand by two kernels. */
  public static Program squeezeLike(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.maxPool(b.relu(b.normalized(b.input(1, 3, 32, 32), 16, 3, 2, 0, 1, 1)), 3, 2, 0);
    for (int fire = 0; fire < 5; fire++) {
      Value y = b.relu(b.normalized(x, 8, 1, 1, 0, 1, 1));
      x =
          b.concatenate(
              1,
              b.relu(b.normalized(y, 16, 1, 1, 0, 1, 1)),
              b.relu(b.normalized(y, 16, 3, 1, 1, 1, 1)));
    }
    return b.build(b.flatten(b.averagePool(b.relu(b.normalized(x, 10, 1, 1, 0, 1, 1)), 7)));
  }

  /** GoogLeNet: four branches, concatenated. */
  public static Program inceptionLike(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.maxPool(b.relu(b.normalized(b.input(1, 3, 32, 32), 16, 3, 2, 1, 1, 1)), 3, 2, 1);
    for (int module = 0; module < 4; module++) {
      Value reduced = b.relu(b.normalized(x, 8, 1, 1, 0, 1, 1));
      Value narrow = b.relu(b.normalized(x, 4, 1, 1, 0, 1, 1));
      x =
          b.concatenate(
              1,
              b.relu(b.normalized(x, 8, 1, 1, 0, 1, 1)),
              b.relu(b.normalized(reduced, 16, 3, 1, 1, 1, 1)),
              b.relu(b.normalized(narrow, 8, 3, 1, 1, 1, 1)),
              b.relu(b.normalized(b.maxPool(x, 3, 1, 1), 8, 1, 1, 0, 1, 1)));
    }
    return b.build(b.linear(b.flatten(b.averagePool(x, 8)), 10));
  }

  /**
   * Residual blocks of 2 x 2 pixels with gates (SiLU, squeeze and excitation), each of which makes
   * errors larger, as those of an untrained EfficientNet do.
   */
  public static Program gatedLike(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.normalized(b.input(1, 3, 2, 2), 12, 3, 1, 1, 1, 1);
    for (int block = 0; block < 8; block++) {
      Value y = b.normalized(x, 24, 1, 1, 0, 1, 1);
      y = b.multiply(y, b.sigmoid(y));
      y = b.multiply(y, b.sigmoid(b.normalized(y, 24, 1, 1, 0, 1, 1)));
      y = b.normalized(y, 12, 1, 1, 0, 1, 1);
      x = b.add(x, b.multiply(y, b.filled(y.shape(), 4)));
    }
    return b.build(b.linear(b.flatten(x), 10));
  }
}
