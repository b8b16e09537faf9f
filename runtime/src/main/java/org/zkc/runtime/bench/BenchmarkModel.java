package org.zkc.runtime.bench;

import org.zkc.ir.Program;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;

/**
 * The networks that {@code zkc bench} measures, with the bounds that hold their figures (one
 * thread, warm).
 */
public enum BenchmarkModel {
  /** Multilayer perceptron 784-128-10. */
  MLP("mlp", Bounds.NONE) {
    @Override
    NetworkBuilder network() {
      return new NetworkBuilder(SEED, 1, 784).linear("fc1", 128).relu().linear("fc2", 10);
    }
  },

  /** LeNet-5 on 28 x 28 (LeCun et al. 1998, with ReLU and max pooling). */
  LENET5("lenet5", new Bounds(0.2, 0.1, 1_000_000, Long.MAX_VALUE)) {
    @Override
    NetworkBuilder network() {
      return new NetworkBuilder(SEED, 1, 1, 28, 28)
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
  },

  /** ResNet-20 on 32 x 32 (He et al. 2016), projections as shortcuts where the shape changes. */
  RESNET20("resnet20", Bounds.NONE) {
    @Override
    NetworkBuilder network() {
      NetworkBuilder n =
          new NetworkBuilder(SEED, 1, 3, 32, 32)
              .conv("conv1", 16, 3, 1, 1, false)
              .batchNorm("bn1")
              .relu();
      int channels = 16;
      for (int stage = 0; stage < 3; stage++) {
        int outputs = 16 << stage;
        for (int block = 0; block < 3; block++) {
          String name = "layer%d.%d".formatted(stage + 1, block);
          int stride = outputs == channels ? 1 : 2;
          Value entry = n.current();
          Value shortcut =
              outputs == channels
                  ? entry
                  : n.conv(name + ".shortcut", outputs, 1, stride, 0, false)
                      .batchNorm(name + ".bn3")
                      .current();
          n.from(entry)
              .conv(name + ".conv1", outputs, 3, stride, 1, false)
              .batchNorm(name + ".bn1")
              .relu()
              .conv(name + ".conv2", outputs, 3, 1, 1, false)
              .batchNorm(name + ".bn2")
              .add(shortcut)
              .relu();
          channels = outputs;
        }
      }
      return n.globalMean().flatten().linear("fc", 10);
    }
  },

  /**
   * VGG-16 on 32 x 32: 13 convolutions with bias, 512-512-512-10 fully connected, 15,245,130
   * parameters.
   */
  VGG16("vgg16", new Bounds(2, 0.2, 3_000_000, 4_000_000_000L)) {
    @Override
    NetworkBuilder network() {
      NetworkBuilder n = new NetworkBuilder(SEED, 1, 3, 32, 32);
      int[][] stages = {{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}};
      int index = 0;
      for (int[] stage : stages) {
        for (int outputs : stage) {
          n.conv("features.%d".formatted(index++), outputs, 3, 1, 1, true).relu();
        }
        n.maxPool();
      }
      return n.flatten()
          .linear("classifier.0", 512)
          .relu()
          .linear("classifier.1", 512)
          .relu()
          .linear("classifier.2", 10);
    }
  };

  private static final long SEED = 2015;

  /**
   * What a release must reach.
   *
   * @param proveSeconds infinite where nothing is promised, as with the others
   */
  public record Bounds(double proveSeconds, double verifySeconds, long proofBytes, long peakBytes) {
    static final Bounds NONE =
        new Bounds(
            Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // a record of primitives
  private final Bounds bounds;

  BenchmarkModel(String label, Bounds bounds) {
    this.label = label;
    this.bounds = bounds;
  }

  abstract NetworkBuilder network();

  /** The name on the command line. */
  public String label() {
    return label;
  }

  public Bounds bounds() {
    return bounds;
  }

  /** The tensor-level program; the same in every run. */
  public Program program() {
    return network().build();
  }

  /** Number of parameters. */
  public long parameters() {
    return network().parameters();
  }

  /**
   * The model with this name.
   *
   * @throws UserException when there is none
   */
  public static BenchmarkModel named(String label) {
    for (BenchmarkModel model : values()) {
      if (model.label.equals(label)) {
        return model;
      }
    }
    throw new UserException(
        "there is no benchmark %s; there are mlp, lenet5, resnet20 and vgg16".formatted(label));
  }
}
