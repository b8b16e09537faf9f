package org.zkc.passes.quantize;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/** The kinds of networks that must quantise well, with random weights. */
public final class SampleNetworks {
  private SampleNetworks() {}

  public static Map<String, Program> all(long seed) {
    Map<String, Program> out = new LinkedHashMap<>();
    out.put("mlp", mlp(seed));
    out.put("deep tanh mlp", tanhMlp(seed));
    out.put("sigmoid mlp", sigmoidMlp(seed));
    out.put("lenet", leNet(seed));
    out.put("lenet tanh average", leNetTanh(seed));
    out.put("cnn", cnn(seed));
    out.put("depthwise dilated", depthwise(seed));
    out.put("concatenation", concatenation(seed));
    out.put("residual", residual(seed));
    out.put("gate", gate(seed));
    out.put("hard swish", hardSwish(seed));
    return out;
  }

  /** Networks small enough for the reference interpreters with every product written out. */
  public static Map<String, Program> small(long seed) {
    Map<String, Program> out = new LinkedHashMap<>();
    out.put("sigmoid mlp", sigmoidMlp(seed));
    out.put("lenet", leNet(seed));
    out.put("lenet tanh average", leNetTanh(seed));
    out.put("concatenation", concatenation(seed));
    out.put("residual", residual(seed, 1, 2));
    out.put("softmax", classifier(seed, false));
    out.put("log-softmax", classifier(seed, true));
    out.put("pools", pools(seed));
    out.put("gate", gate(seed));
    out.put("hard swish", hardSwish(seed));
    out.put("attention", attention(seed));
    out.put("gram", gram(seed));
    return out;
  }

  /** Two heads of attention with a ReLU of scaled scores in place of a softmax. */
  public static Program attention(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.input(1, 6, 16);
    Value q = heads(b, b.linear(x, 16));
    Value k = heads(b, b.linear(x, 16));
    Value v = heads(b, b.linear(x, 16));
    Value scores = b.matMul(q, k);
    Value scaled = b.relu(b.multiply(scores, b.filled(scores.shape(), 0.35f)));
    Value y = b.matMul(scaled, b.transpose(v, List.of(0, 1, 3, 2)));
    return b.build(b.linear(b.reshape(b.transpose(y, List.of(0, 2, 1, 3)), 1, 6, 16), 5));
  }

  /** [N, T, 16] as [N, 2, T, 8]. */
  private static Value heads(TensorProgramBuilder b, Value x) {
    return b.transpose(b.reshape(x, 1, 6, 2, 8), List.of(0, 2, 1, 3));
  }

  /** Every element times every other: an input with itself, and one matrix for all batches. */
  public static Program gram(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.input(3, 5, 12);
    Value y = b.matMul(x, x);
    Value z = b.tanh(b.linear(x, 7));
    Value first = b.reshape(b.linear(b.reshape(x, 1, 180), 14), 2, 7);
    return b.build(y, b.matMul(z, first));
  }

  public static Program classifier(long seed, boolean logarithm) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.linear(b.relu(b.linear(b.input(2, 24), 16)), 10);
    return b.build(logarithm ? b.logSoftmax(x, 1) : b.softmax(x, 1));
  }

  /** Pooling of every kind, activations on narrow values, differences, several outputs. */
  public static Program pools(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.maxPool(b.input(1, 2, 14, 14), 3, 2, 1);
    Value y = b.relu(b.subtract(b.conv(x, 4, 3, 1, 1, 1, 2), b.conv(x, 4, 1, 1, 0, 1, 1)));
    Value z = b.pad(b.tanh(b.maxPool(y, 5, 2, 2)), List.of(0, 0, 1, 1), List.of(0, 0, 1, 1), 0.5);
    Value w = b.multiply(z, z);
    return b.build(b.averagePool(w, 2), b.clamp(b.add(z, w), -0.25, 0.75), b.sigmoid(x));
  }

  /** A product of two precise factors, tables' results, pooled and read by a linear map. */
  public static Program gate(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.input(1, 3, 12, 12);
    Value y =
        b.multiply(b.tanh(b.conv(x, 8, 3, 1, 1, 1, 1)), b.sigmoid(b.conv(x, 8, 3, 1, 1, 1, 1)));
    return b.build(b.linear(b.flatten(b.averagePool(b.maxPool(y, 3, 2, 1), 3)), 5));
  }

  /**
   * MobileNetV3's activation x * relu6(x + 3) / 6, as summand, as input of a convolution and gated
   * by channel.
   */
  public static Program hardSwish(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = hardSwish(b, b.normalized(b.input(1, 3, 8, 8), 8, 3, 1, 1, 1, 1));
    Value y = hardSwish(b, b.normalized(x, 8, 3, 1, 1, 1, 8));
    Value squeezed = b.relu(b.conv(b.averagePool(y, 8), 4, 1, 1, 0, 1, 1));
    Value gate = hardSigmoid(b, b.conv(squeezed, 8, 1, 1, 0, 1, 1));
    Value z = b.add(b.normalized(b.multiply(y, b.broadcast(gate, y.shape())), 8, 1, 1, 0, 1, 1), x);
    return b.build(b.linear(b.flatten(b.averagePool(b.relu(b.add(z, y)), 4)), 10));
  }

  private static Value hardSwish(TensorProgramBuilder b, Value x) {
    return b.multiply(x, hardSigmoid(b, x));
  }

  private static Value hardSigmoid(TensorProgramBuilder b, Value x) {
    Value shifted = b.clamp(b.add(x, b.filled(x.shape(), 3)), 0, 6);
    return b.multiply(shifted, b.filled(x.shape(), 1 / 6f));
  }

  public static Program mlp(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    return b.build(b.linear(b.relu(b.linear(b.flatten(b.input(1, 1, 28, 28)), 128)), 10));
  }

  public static Program tanhMlp(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.flatten(b.input(1, 1, 28, 28));
    for (int width : new int[] {256, 128, 64, 32}) {
      x = b.tanh(b.linear(x, width));
    }
    return b.build(b.linear(x, 10));
  }

  public static Program sigmoidMlp(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.sigmoid(b.linear(b.input(1, 64), 64));
    return b.build(b.linear(b.sigmoid(b.linear(x, 64)), 10));
  }

  public static Program leNet(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.maxPool(b.relu(b.conv(b.input(1, 1, 28, 28), 6, 5, 1, 2, 1, 1)), 2, 2, 0);
    x = b.maxPool(b.relu(b.conv(x, 16, 5, 1, 0, 1, 1)), 2, 2, 0);
    x = b.relu(b.linear(b.flatten(x), 120));
    return b.build(b.linear(b.relu(b.linear(x, 84)), 10));
  }

  public static Program leNetTanh(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.averagePool(b.tanh(b.conv(b.input(1, 1, 28, 28), 6, 5, 1, 2, 1, 1)), 2);
    x = b.averagePool(b.tanh(b.conv(x, 16, 5, 1, 0, 1, 1)), 2);
    x = b.tanh(b.linear(b.flatten(x), 120));
    return b.build(b.linear(b.tanh(b.linear(x, 84)), 10));
  }

  public static Program cnn(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.relu(b.normalized(b.input(1, 3, 32, 32), 16, 3, 1, 1, 1, 1));
    x = b.maxPool(b.clamp(b.normalized(x, 32, 3, 1, 1, 1, 1), 0, 6), 2, 2, 0);
    x = b.relu(b.maxPool(b.normalized(x, 32, 3, 1, 1, 1, 1), 3, 2, 1));
    return b.build(b.linear(b.flatten(b.averagePool(x, 8)), 10));
  }

  public static Program depthwise(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.clamp(b.normalized(b.input(1, 3, 32, 32), 16, 3, 2, 1, 1, 1), 0, 6);
    x = b.clamp(b.normalized(x, 16, 3, 1, 2, 2, 16), 0, 6);
    Value y = b.normalized(x, 16, 1, 1, 0, 1, 1);
    Value z = b.clamp(b.normalized(y, 32, 1, 1, 0, 1, 1), 0, 6);
    z = b.clamp(b.normalized(z, 32, 3, 1, 1, 1, 32), 0, 6);
    y = b.add(b.normalized(z, 16, 1, 1, 0, 1, 1), y);
    return b.build(b.linear(b.flatten(b.averagePool(y, 16)), 10));
  }

  public static Program concatenation(long seed) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.relu(b.conv(b.input(1, 3, 16, 16), 8, 3, 1, 1, 1, 1));
    Value y = b.relu(b.conv(x, 8, 3, 1, 1, 1, 1));
    Value z = b.concatenate(1, x, y, b.maxPool(x, 3, 1, 1));
    Value gate = b.sigmoid(b.conv(b.averagePool(z, 16), 24, 1, 1, 0, 1, 1));
    z = b.multiply(z, b.broadcast(gate, Shape.of(1, 24, 16, 16)));
    z = b.relu(b.conv(z, 8, 3, 2, 1, 1, 1));
    return b.build(b.linear(b.flatten(z), 10));
  }

  /** ResNet-20 with its batch norms folded, 16 channels to begin with. */
  public static Program residual(long seed) {
    return residual(seed, 3, 16);
  }

  public static Program residual(long seed, int blocks, int width) {
    TensorProgramBuilder b = new TensorProgramBuilder(seed);
    Value x = b.relu(b.normalized(b.input(1, 3, 32, 32), width, 3, 1, 1, 1, 1));
    for (int stage = 0; stage < 3; stage++) {
      for (int block = 0; block < blocks; block++) {
        int channels = width << stage;
        int stride = stage > 0 && block == 0 ? 2 : 1;
        Value y = b.relu(b.normalized(x, channels, 3, stride, 1, 1, 1));
        y = b.normalized(y, channels, 3, 1, 1, 1, 1);
        Value shortcut = stride == 1 ? x : b.normalized(x, channels, 1, 2, 0, 1, 1);
        x = b.relu(b.add(y, shortcut));
      }
    }
    return b.build(b.linear(b.flatten(b.averagePool(x, 8)), 10));
  }
}
