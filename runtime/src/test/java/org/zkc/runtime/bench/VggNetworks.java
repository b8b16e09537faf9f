package org.zkc.runtime.bench;

/** VGG (Simonyan and Zisserman 2015); a zero in a configuration is a pooling. */
final class VggNetworks {
  private static final int[] VGG11 = {64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0};
  private static final int[] VGG16 = {
    64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0
  };

  private VggNetworks() {}

  /** On 224 x 224, as torchvision builds it. */
  static NetworkBuilder vgg11(long seed) {
    return classifier(features(new NetworkBuilder(seed, 1, 3, 224, 224), VGG11), 4096, 1000);
  }

  /** On 224 x 224, as torchvision builds it. */
  static NetworkBuilder vgg16(long seed) {
    return classifier(features(new NetworkBuilder(seed, 1, 3, 224, 224), VGG16), 4096, 1000);
  }

  /** On 32 x 32, with 512-512-512-10 fully connected. */
  static NetworkBuilder vgg16Small(long seed) {
    return classifier(features(new NetworkBuilder(seed, 1, 3, 32, 32), VGG16), 512, 10);
  }

  private static NetworkBuilder features(NetworkBuilder n, int[] configuration) {
    int index = 0;
    for (int outputs : configuration) {
      if (outputs == 0) {
        n.maxPool();
      } else {
        n.conv("features.%d".formatted(index++), outputs, 3, 1, 1, true).relu();
      }
    }
    return n;
  }

  private static NetworkBuilder classifier(NetworkBuilder n, int hidden, int classes) {
    return n.flatten()
        .linear("classifier.0", hidden)
        .relu()
        .linear("classifier.1", hidden)
        .relu()
        .linear("classifier.2", classes);
  }
}
