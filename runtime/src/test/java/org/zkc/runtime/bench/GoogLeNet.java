package org.zkc.runtime.bench;

import java.util.List;
import org.zkc.ir.Value;

/**
 * GoogLeNet with batch norms (Szegedy et al. 2015) on 224 x 224, as torchvision builds it and
 * evaluation runs it: without the auxiliary classifiers.
 */
final class GoogLeNet {
  /** 1 x 1, reduction and 3 x 3, reduction and second 3 x 3, projection behind the pooling. */
  private static final int[][] INCEPTION_3 = {
    {64, 96, 128, 16, 32, 32}, {128, 128, 192, 32, 96, 64}
  };

  private static final int[][] INCEPTION_4 = {
    {192, 96, 208, 16, 48, 64},
    {160, 112, 224, 24, 64, 64},
    {128, 128, 256, 24, 64, 64},
    {112, 144, 288, 32, 64, 64},
    {256, 160, 320, 32, 128, 128}
  };

  private static final int[][] INCEPTION_5 = {
    {256, 160, 320, 32, 128, 128}, {384, 192, 384, 48, 128, 128}
  };

  private GoogLeNet() {}

  static NetworkBuilder build(long seed) {
    NetworkBuilder n = new NetworkBuilder(seed, 1, 3, 224, 224);
    conv(n, "conv1", 64, 7, 2, 3).maxPool(3, 2, 0, true);
    conv(n, "conv2", 64, 1, 1, 0);
    conv(n, "conv3", 192, 3, 1, 1).maxPool(3, 2, 0, true);
    inceptions(n, "inception3", INCEPTION_3);
    n.maxPool(3, 2, 0, true);
    inceptions(n, "inception4", INCEPTION_4);
    n.maxPool(2, 2, 0, true);
    inceptions(n, "inception5", INCEPTION_5);
    return n.globalMean().linear("fc", 1000);
  }

  private static void inceptions(NetworkBuilder n, String stage, int[][] settings) {
    for (int k = 0; k < settings.length; k++) {
      inception(n, "%s%c.".formatted(stage, (char) ('a' + k)), settings[k]);
    }
  }

  private static void inception(NetworkBuilder n, String name, int[] channels) {
    Value entry = n.current();
    Value one = conv(n, name + "branch1", channels[0], 1, 1, 0).current();
    conv(n.from(entry), name + "branch2.0", channels[1], 1, 1, 0);
    Value two = conv(n, name + "branch2.1", channels[2], 3, 1, 1).current();
    conv(n.from(entry), name + "branch3.0", channels[3], 1, 1, 0);
    Value three = conv(n, name + "branch3.1", channels[4], 3, 1, 1).current();
    n.from(entry).maxPool(3, 1, 1, true);
    Value four = conv(n, name + "branch4.1", channels[5], 1, 1, 0).current();
    n.concatenate(List.of(one, two, three, four));
  }

  private static NetworkBuilder conv(
      NetworkBuilder n, String name, int outputs, int kernel, int stride, int padding) {
    return n.conv(name + ".conv", outputs, kernel, stride, padding, false)
        .batchNorm(name + ".bn")
        .relu();
  }
}
