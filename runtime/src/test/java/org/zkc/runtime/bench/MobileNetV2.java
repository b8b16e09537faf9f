package org.zkc.runtime.bench;

import org.zkc.ir.Value;

/** MobileNetV2 (Sandler et al. 2018) on 224 x 224, as torchvision builds it. */
final class MobileNetV2 {
  /** Expansion, output channels, repetitions, stride of the first. */
  private static final int[][] SETTINGS = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}
  };

  private MobileNetV2() {}

  static NetworkBuilder build(long seed) {
    NetworkBuilder n =
        new NetworkBuilder(seed, 1, 3, 224, 224)
            .conv("features.0", 32, 3, 2, 1, false)
            .batchNorm("features.0.bn")
            .relu6();
    int channels = 32;
    int index = 1;
    for (int[] setting : SETTINGS) {
      for (int repetition = 0; repetition < setting[2]; repetition++) {
        int stride = repetition == 0 ? setting[3] : 1;
        Value entry = n.current();
        String name = "features.%d".formatted(index++);
        invertedResidual(n, name, channels, setting[1], stride, setting[0]);
        if (stride == 1 && channels == setting[1]) {
          n.add(entry);
        }
        channels = setting[1];
      }
    }
    return n.conv("features.18", 1280, 1, 1, 0, false)
        .batchNorm("features.18.bn")
        .relu6()
        .globalMean()
        .linear("classifier", 1000);
  }

  /** 1 x 1 expansion (none when it is 1), depthwise 3 x 3, linear 1 x 1 projection. */
  static void invertedResidual(
      NetworkBuilder n, String name, int channels, int outputs, int stride, int expansion) {
    int hidden = expansion * channels;
    if (expansion != 1) {
      n.conv(name + ".expand", hidden, 1, 1, 0, false).batchNorm(name + ".expand.bn").relu6();
    }
    n.conv(name + ".depthwise", hidden, 3, stride, 1, hidden, false)
        .batchNorm(name + ".depthwise.bn")
        .relu6()
        .conv(name + ".project", outputs, 1, 1, 0, false)
        .batchNorm(name + ".project.bn");
  }
}
