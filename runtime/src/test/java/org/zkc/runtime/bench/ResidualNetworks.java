package org.zkc.runtime.bench;

import org.zkc.ir.Value;

/** ResNet-18 and ResNet-50 (He et al. 2016) on 224 x 224, as torchvision builds them. */
final class ResidualNetworks {
  private ResidualNetworks() {}

  static NetworkBuilder resnet18(long seed) {
    return build(seed, new int[] {2, 2, 2, 2}, false);
  }

  static NetworkBuilder resnet50(long seed) {
    return build(seed, new int[] {3, 4, 6, 3}, true);
  }

  private static NetworkBuilder build(long seed, int[] blocks, boolean bottleneck) {
    NetworkBuilder n =
        new NetworkBuilder(seed, 1, 3, 224, 224)
            .conv("conv1", 64, 7, 2, 3, false)
            .batchNorm("bn1")
            .relu()
            .maxPool(3, 2, 1, false);
    for (int stage = 0; stage < blocks.length; stage++) {
      int planes = 64 << stage;
      for (int block = 0; block < blocks[stage]; block++) {
        String name = "layer%d.%d".formatted(stage + 1, block);
        int stride = stage > 0 && block == 0 ? 2 : 1;
        if (bottleneck) {
          bottleneck(n, name, planes, stride);
        } else {
          basicBlock(n, name, planes, stride);
        }
      }
    }
    return n.globalMean().linear("fc", 1000);
  }

  /** Two 3 x 3 convolutions beside the shortcut. */
  static void basicBlock(NetworkBuilder n, String name, int outputs, int stride) {
    Value entry = n.current();
    Value shortcut = shortcut(n, name, outputs, stride);
    n.from(entry)
        .conv(name + ".conv1", outputs, 3, stride, 1, false)
        .batchNorm(name + ".bn1")
        .relu()
        .conv(name + ".conv2", outputs, 3, 1, 1, false)
        .batchNorm(name + ".bn2")
        .add(shortcut)
        .relu();
  }

  /** 1 x 1, 3 x 3 with the stride, 1 x 1 to four times the planes. */
  private static void bottleneck(NetworkBuilder n, String name, int planes, int stride) {
    int outputs = 4 * planes;
    Value entry = n.current();
    Value shortcut = shortcut(n, name, outputs, stride);
    n.from(entry)
        .conv(name + ".conv1", planes, 1, 1, 0, false)
        .batchNorm(name + ".bn1")
        .relu()
        .conv(name + ".conv2", planes, 3, stride, 1, false)
        .batchNorm(name + ".bn2")
        .relu()
        .conv(name + ".conv3", outputs, 1, 1, 0, false)
        .batchNorm(name + ".bn3")
        .add(shortcut)
        .relu();
  }

  /** The entry itself, or its projection where the shape changes. */
  private static Value shortcut(NetworkBuilder n, String name, int outputs, int stride) {
    Value entry = n.current();
    if (stride == 1 && entry.shape().extent(1) == outputs) {
      return entry;
    }
    return n.conv(name + ".downsample.0", outputs, 1, stride, 0, false)
        .batchNorm(name + ".downsample.1")
        .current();
  }
}
