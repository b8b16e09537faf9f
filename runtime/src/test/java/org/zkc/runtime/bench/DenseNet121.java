package org.zkc.runtime.bench;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Value;

/** DenseNet-121 (Huang et al. 2017) on 224 x 224, as torchvision builds it. */
final class DenseNet121 {
  private static final int[] BLOCKS = {6, 12, 24, 16};
  private static final int GROWTH = 32;

  private DenseNet121() {}

  static NetworkBuilder build(long seed) {
    NetworkBuilder n =
        new NetworkBuilder(seed, 1, 3, 224, 224)
            .conv("conv0", 64, 7, 2, 3, false)
            .batchNorm("norm0")
            .relu()
            .maxPool(3, 2, 1, false);
    for (int block = 0; block < BLOCKS.length; block++) {
      List<Value> parts = new ArrayList<>(List.of(n.current()));
      for (int layer = 0; layer < BLOCKS[block]; layer++) {
        String name = "denseblock%d.denselayer%d.".formatted(block + 1, layer + 1);
        if (parts.size() > 1) {
          n.concatenate(parts);
        }
        n.batchNorm(name + "norm1")
            .relu()
            .conv(name + "conv1", 4 * GROWTH, 1, 1, 0, false)
            .batchNorm(name + "norm2")
            .relu()
            .conv(name + "conv2", GROWTH, 3, 1, 1, false);
        parts.add(n.current());
      }
      n.concatenate(parts);
      if (block < BLOCKS.length - 1) {
        String name = "transition%d.".formatted(block + 1);
        int outputs = n.current().shape().extent(1) / 2;
        n.batchNorm(name + "norm").relu().conv(name + "conv", outputs, 1, 1, 0, false).meanPool();
      }
    }
    return n.batchNorm("norm5").relu().globalMean().linear("classifier", 1000);
  }
}
