package org.zkc.runtime.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.zkc.ir.Program;
import org.zkc.ir.UserException;

/**
 * The networks that {@code zkc bench} measures, with seeded weights, and the bounds that hold their
 * figures (one thread, warm). Those of 224 x 224 have the layers and the parameters of torchvision.
 */
public enum BenchmarkModel {
  MLP("mlp", Group.SMALL, 101_770, SmallNetworks::mlp, Bounds.NONE),
  LENET5(
      "lenet5",
      Group.SMALL,
      61_706,
      SmallNetworks::lenet5,
      new Bounds(0.2, 0.1, 1_000_000, Long.MAX_VALUE)),
  DEPTHWISE("depthwise", Group.SMALL, 29_658, SmallNetworks::depthwise, Bounds.NONE),
  HANDWRITTEN("handwritten", Group.SMALL, 103_032, SmallNetworks::handwritten, Bounds.NONE),
  /** The layers of a small GPT-2: 2 of them, 64 wide, 4 heads, 16 tokens, causal. */
  TRANSFORMER("transformer", Group.SMALL, 99_968, SmallNetworks::transformer, Bounds.NONE),
  LONGCONV("longconv", Group.SIGNAL, 524_810, SmallNetworks::longConvolutions, Bounds.NONE),
  RESNET20("resnet20", Group.SMALL, 272_474, SmallNetworks::resnet20, Bounds.NONE),
  /** VGG-16 on 32 x 32. */
  VGG16(
      "vgg16",
      Group.SMALL,
      15_245_130,
      VggNetworks::vgg16Small,
      new Bounds(1, 0.2, 3_000_000, 4_000_000_000L)),
  SQUEEZENET1_0("squeezenet1_0", Group.FULL, 1_248_424, SqueezeNet::version10, Bounds.FULL_SIZE),
  SQUEEZENET1_1("squeezenet1_1", Group.FULL, 1_235_496, SqueezeNet::version11, Bounds.FULL_SIZE),
  ALEXNET("alexnet", Group.FULL, 61_100_840, AlexNet::build, Bounds.FULL_SIZE),
  RESNET18("resnet18", Group.FULL, 11_689_512, ResidualNetworks::resnet18, Bounds.FULL_SIZE),
  RESNET50(
      "resnet50",
      Group.FULL,
      25_557_032,
      ResidualNetworks::resnet50,
      new Bounds(30, 0.5, 6_000_000, 12_000_000_000L)),
  MOBILENET_V2("mobilenet_v2", Group.FULL, 3_504_872, MobileNetV2::build, Bounds.FULL_SIZE),
  /** Its training form has 13,004,888. */
  GOOGLENET("googlenet", Group.FULL, 6_624_904, GoogLeNet::build, Bounds.FULL_SIZE),
  DENSENET121("densenet121", Group.FULL, 7_978_856, DenseNet121::build, Bounds.FULL_SIZE),
  VGG11_224("vgg11-224", Group.FULL, 132_863_336, VggNetworks::vgg11, Bounds.FULL_SIZE),
  VGG16_224(
      "vgg16-224",
      Group.FULL,
      138_357_544,
      VggNetworks::vgg16,
      new Bounds(30, Double.POSITIVE_INFINITY, Long.MAX_VALUE, 12_000_000_000L));

  private static final long SEED = 2015;

  /** The groups of models that {@code zkc bench} runs together. */
  public enum Group {
    /** Images of at most 32 x 32: seconds each. */
    SMALL,
    /** Signals over one axis, with kernels of thousands of taps. */
    SIGNAL,
    /** Images of 224 x 224: up to minutes each. */
    FULL
  }

  /**
   * The bounds that a release must keep.
   *
   * @param proveSeconds infinite where nothing is promised, as with the others
   */
  public record Bounds(double proveSeconds, double verifySeconds, long proofBytes, long peakBytes) {
    static final Bounds NONE =
        new Bounds(
            Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Long.MAX_VALUE, Long.MAX_VALUE);
    static final Bounds FULL_SIZE =
        new Bounds(
            Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Long.MAX_VALUE, 12_000_000_000L);
  }

  private final String label;
  private final Group group;
  private final long parameters;

  @SuppressWarnings("ImmutableEnumChecker") // method references
  private final LongFunction<NetworkBuilder> network;

  @SuppressWarnings("ImmutableEnumChecker") // a record of primitives
  private final Bounds bounds;

  BenchmarkModel(
      String label,
      Group group,
      long parameters,
      LongFunction<NetworkBuilder> network,
      Bounds bounds) {
    this.label = label;
    this.group = group;
    this.parameters = parameters;
    this.network = network;
    this.bounds = bounds;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  public Group group() {
    return group;
  }

  public Bounds bounds() {
    return bounds;
  }

  /** Number of parameters, without the statistics of batch norms. */
  public long parameters() {
    return parameters;
  }

  /** The tensor-level program; the same in every run. */
  public Program program() {
    NetworkBuilder built = network.apply(SEED);
    if (built.parameters() != parameters) {
      throw new IllegalStateException(
          "%s has %d parameters, not %d".formatted(label, built.parameters(), parameters));
    }
    return built.build();
  }

  /** All models of a group. */
  public static List<BenchmarkModel> of(Group group) {
    return Arrays.stream(values()).filter(m -> m.group == group).toList();
  }

  /**
   * The models that a word on the command line names: one, or a group.
   *
   * @throws UserException when there is none
   */
  public static List<BenchmarkModel> named(String label) {
    for (BenchmarkModel model : values()) {
      if (model.label.equals(label)) {
        return List.of(model);
      }
    }
    for (Group group : Group.values()) {
      if (group.name().toLowerCase(Locale.ROOT).equals(label)) {
        return of(group);
      }
    }
    throw new UserException(
        "there is no benchmark %s; there are %s, and the groups small, signal and full"
            .formatted(
                label,
                Arrays.stream(values()).map(m -> m.label).collect(Collectors.joining(", "))));
  }
}
