package org.zkc.runtime.bench;

import java.util.List;
import org.zkc.ir.Value;

/** SqueezeNet 1.0 and 1.1 (Iandola et al. 2016) on 224 x 224, as torchvision builds them. */
final class SqueezeNet {
  private SqueezeNet() {}

  static NetworkBuilder version10(long seed) {
    NetworkBuilder n = new NetworkBuilder(seed, 1, 3, 224, 224).conv("conv1", 96, 7, 2, 0, true);
    pool(n.relu());
    fire(n, 2, 16, 64);
    fire(n, 3, 16, 64);
    fire(n, 4, 32, 128);
    pool(n);
    fire(n, 5, 32, 128);
    fire(n, 6, 48, 192);
    fire(n, 7, 48, 192);
    fire(n, 8, 64, 256);
    pool(n);
    fire(n, 9, 64, 256);
    return classifier(n);
  }

  static NetworkBuilder version11(long seed) {
    NetworkBuilder n = new NetworkBuilder(seed, 1, 3, 224, 224).conv("conv1", 64, 3, 2, 0, true);
    pool(n.relu());
    fire(n, 2, 16, 64);
    fire(n, 3, 16, 64);
    pool(n);
    fire(n, 4, 32, 128);
    fire(n, 5, 32, 128);
    pool(n);
    fire(n, 6, 48, 192);
    fire(n, 7, 48, 192);
    fire(n, 8, 64, 256);
    fire(n, 9, 64, 256);
    return classifier(n);
  }

  private static void pool(NetworkBuilder n) {
    n.maxPool(3, 2, 0, true);
  }

  private static NetworkBuilder classifier(NetworkBuilder n) {
    return n.conv("classifier.1", 1000, 1, 1, 0, true).relu().globalMean();
  }

  /** A 1 x 1 squeeze, then 1 x 1 and 3 x 3 side by side. */
  private static void fire(NetworkBuilder n, int index, int squeeze, int expand) {
    String name = "fire%d.".formatted(index);
    Value squeezed = n.conv(name + "squeeze", squeeze, 1, 1, 0, true).relu().current();
    Value one = n.conv(name + "expand1x1", expand, 1, 1, 0, true).relu().current();
    Value three = n.from(squeezed).conv(name + "expand3x3", expand, 3, 1, 1, true).relu().current();
    n.concatenate(List.of(one, three));
  }
}
