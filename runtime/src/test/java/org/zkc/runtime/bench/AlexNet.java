package org.zkc.runtime.bench;

/** AlexNet (Krizhevsky 2014, "one weird trick") on 224 x 224, as torchvision builds it. */
final class AlexNet {
  private AlexNet() {}

  static NetworkBuilder build(long seed) {
    return new NetworkBuilder(seed, 1, 3, 224, 224)
        .conv("features.0", 64, 11, 4, 2, true)
        .relu()
        .maxPool(3, 2, 0, false)
        .conv("features.3", 192, 5, 1, 2, true)
        .relu()
        .maxPool(3, 2, 0, false)
        .conv("features.6", 384, 3, 1, 1, true)
        .relu()
        .conv("features.8", 256, 3, 1, 1, true)
        .relu()
        .conv("features.10", 256, 3, 1, 1, true)
        .relu()
        .maxPool(3, 2, 0, false)
        .flatten()
        .linear("classifier.1", 4096)
        .relu()
        .linear("classifier.4", 4096)
        .relu()
        .linear("classifier.6", 1000);
  }
}
