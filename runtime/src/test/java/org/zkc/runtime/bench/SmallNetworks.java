package org.zkc.runtime.bench;

import org.zkc.ir.Value;

/** Networks on images of 28 x 28 and 32 x 32, and on a signal. */
final class SmallNetworks {
  private SmallNetworks() {}

  /** Multilayer perceptron 784-128-10. */
  static NetworkBuilder mlp(long seed) {
    return new NetworkBuilder(seed, 1, 784).linear("fc1", 128).relu().linear("fc2", 10);
  }

  /** LeNet-5 (LeCun et al. 1998, with ReLU and max pooling). */
  static NetworkBuilder lenet5(long seed) {
    return new NetworkBuilder(seed, 1, 1, 28, 28)
        .conv("conv1", 6, 5, 1, 2, true)
        .relu()
        .maxPool()
        .conv("conv2", 16, 5, 1, 0, true)
        .relu()
        .maxPool()
        .flatten()
        .linear("fc1", 120)
        .relu()
        .linear("fc2", 84)
        .relu()
        .linear("fc3", 10);
  }

  /** ResNet-20 (He et al. 2016), projections as shortcuts where the shape changes. */
  static NetworkBuilder resnet20(long seed) {
    NetworkBuilder n =
        new NetworkBuilder(seed, 1, 3, 32, 32)
            .conv("conv1", 16, 3, 1, 1, false)
            .batchNorm("bn1")
            .relu();
    int channels = 16;
    for (int stage = 0; stage < 3; stage++) {
      int outputs = 16 << stage;
      for (int block = 0; block < 3; block++) {
        int stride = outputs == channels ? 1 : 2;
        ResidualNetworks.basicBlock(n, "layer%d.%d".formatted(stage + 1, block), outputs, stride);
        channels = outputs;
      }
    }
    return n.globalMean().linear("fc", 10);
  }

  /** Depthwise separable convolutions (Howard et al. 2017) with a residual and ReLU6. */
  static NetworkBuilder depthwise(long seed) {
    NetworkBuilder n =
        new NetworkBuilder(seed, 1, 3, 32, 32)
            .conv("stem", 16, 3, 2, 1, false)
            .batchNorm("stem.bn")
            .relu6();
    int[][] blocks = {{16, 1}, {24, 2}, {24, 1}, {32, 2}, {32, 1}};
    int channels = 16;
    for (int k = 0; k < blocks.length; k++) {
      int outputs = blocks[k][0];
      int stride = blocks[k][1];
      Value entry = n.current();
      MobileNetV2.invertedResidual(n, "block%d".formatted(k), channels, outputs, stride, 4);
      if (stride == 1 && outputs == channels) {
        n.add(entry);
      }
      channels = outputs;
    }
    return n.globalMean().linear("fc", 10);
  }

  /**
   * A network with things that people write and a compiler should not charge for: preprocessing in
   * the network, padding apart from its convolution, clamps in a row, batch norm, a branch that is
   * computed twice, an activation by table, views in a row.
   */
  static NetworkBuilder handwritten(long seed) {
    NetworkBuilder n =
        new NetworkBuilder(seed, 1, 3, 32, 32)
            .normalize("input")
            .pad(1)
            .conv("conv1", 16, 3, 1, 0, true)
            .batchNorm("bn1")
            .relu()
            .clamp(-1, 4)
            .maxPool()
            .conv("conv2", 24, 3, 1, 1, true)
            .batchNorm("bn2")
            .sigmoid();
    Value entry = n.current();
    Value once = n.maxPool().relu().current();
    Value twice = n.from(entry).maxPool().relu().current();
    return n.from(once).add(twice).flatten().linear("fc1", 64).relu().linear("fc2", 10);
  }

  /**
   * Kernels of thousands of taps over one axis, as for audio: direct convolutions would be most of
   * its cost.
   */
  static NetworkBuilder longConvolutions(long seed) {
    return new NetworkBuilder(seed, 1, 4, 8192)
        .convLine("conv1", 16, 4097, 4)
        .relu()
        .convLine("conv2", 16, 1025, 4)
        .relu()
        .globalMean()
        .linear("fc", 10);
  }

  /** A GPT-2 (Radford et al. 2019) of 2 layers, from embedded tokens on, without its head. */
  static NetworkBuilder transformer(long seed) {
    int tokens = 16;
    int width = 64;
    NetworkBuilder n = new NetworkBuilder(seed, tokens, width);
    for (int layer = 0; layer < 2; layer++) {
      String name = "h.%d".formatted(layer);
      Value entry = n.current();
      n.layerNorm(name + ".ln_1").causalAttention(name + ".attn", 4).add(entry);
      Value middle = n.current();
      n.layerNorm(name + ".ln_2")
          .linear(name + ".mlp.c_fc", 4 * width)
          .gelu()
          .linear(name + ".mlp.c_proj", width)
          .add(middle);
    }
    return n;
  }
}
