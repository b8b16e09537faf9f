package org.zkc.ir;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.zkc.ir.integer.IntegerWeights;

/**
 * Random programs of any level out of the ops' records: every component gets a random value of its
 * declared type. They are well formed (SSA, scopes), not well typed; what only handles form is
 * tested on them.
 */
public final class RandomPrograms {
  /** The characters that random strings may hold. */
  public enum Strings {
    /** Anything that UTF-8 can carry. */
    UNICODE(
        "",
        "conv1.weight",
        "a \"quoted\" \\ text",
        "line\nbreak\ttab",
        "größe 模型 \uD83D\uDE00",
        "\u0000\u2028"),
    /** Lone surrogates as well. */
    JAVA(
        "",
        "conv1.weight",
        "a \"quoted\" \\ text",
        "line\nbreak\ttab",
        "größe 模型 \uD83D\uDE00",
        "\u0000\uD800");

    private final List<String> examples;

    Strings(String... examples) {
      this.examples = List.of(examples);
    }
  }

  private static final double[] DOUBLES = {
    0.0,
    -0.0,
    0.1,
    1e-5,
    -3.5e300,
    Double.MIN_VALUE,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.NaN
  };

  private final RandomGenerator random;
  private final Level level;
  private final Strings strings;
  private int depth;

  private RandomPrograms(Level level, RandomGenerator random, Strings strings) {
    this.level = level;
    this.random = random;
    this.strings = strings;
  }

  /** A program with one to three functions; each op of the level occurs at least once. */
  public static Program next(Level level, RandomGenerator random, Strings strings) {
    RandomPrograms generator = new RandomPrograms(level, random, strings);
    List<Function> functions = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      String name = i == 0 ? "main" : "f" + i + generator.string();
      functions.add(new Function(name, generator.region(List.of()), generator.location()));
    }
    return new Program(level, functions);
  }

  private Region region(List<Value> outer) {
    List<Value> visible = new ArrayList<>(outer);
    List<Value> parameters = values(random.nextInt(1, 4));
    visible.addAll(parameters);
    List<Op> body = new ArrayList<>();
    for (OpSpec spec : OpCatalogue.ops(level).values()) {
      if (spec.components(OpSpec.Role.REGION).isEmpty() || depth < 2) {
        Op op = op(spec, visible);
        body.add(op);
        visible.addAll(op.definitions());
      }
    }
    return new Region(parameters, body, pick(visible, random.nextInt(3)));
  }

  private Op op(OpSpec spec, List<Value> visible) {
    Object[] components = new Object[spec.components().size()];
    for (int i = 0; i < components.length; i++) {
      OpSpec.Component c = spec.components().get(i);
      if (c.name().equals("operator")) {
        components[i] = "aten.conv2d";
        continue;
      }
      components[i] =
          switch (c.cardinality()) {
            case ONE -> element(c, visible);
            case OPTIONAL ->
                random.nextBoolean() ? Optional.empty() : Optional.of(element(c, visible));
            case MANY -> {
              List<Object> list = new ArrayList<>();
              for (int n = random.nextInt(4); n > 0; n--) {
                list.add(element(c, visible));
              }
              yield list;
            }
          };
    }
    return spec.create(components);
  }

  private Object element(OpSpec.Component c, List<Value> visible) {
    return switch (c.role()) {
      case RESULT -> values(1).getFirst();
      case OPERAND -> pick(visible, 1).getFirst();
      case REGION -> {
        depth++;
        Region region = region(visible);
        depth--;
        yield region;
      }
      case LOCATION -> location();
      case ATTRIBUTE -> attribute(c.element());
    };
  }

  private Object attribute(Class<?> type) {
    if (type.isEnum()) {
      return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
    }
    return switch (type.getSimpleName()) {
      case "Integer" -> random.nextInt();
      case "Long" -> random.nextLong();
      case "Boolean" -> random.nextBoolean();
      case "Double" -> DOUBLES[random.nextInt(DOUBLES.length)];
      case "Number" ->
          level == Level.TENSOR
              ? (Number) DOUBLES[random.nextInt(DOUBLES.length)]
              : (Number) random.nextLong();
      case "String" -> string();
      case "TensorData" -> tensor();
      case "IntegerWeights" -> weights();
      default -> throw new IllegalStateException("no generator for attributes of type " + type);
    };
  }

  private TensorData tensor() {
    DType dtype = DType.values()[random.nextInt(DType.values().length)];
    Shape shape = random.nextInt(4) == 0 ? Shape.of(random.nextInt(60, 70)) : shape();
    byte[] bytes = new byte[(int) shape.elementCount() * dtype.bytes()];
    random.nextBytes(bytes);
    if (dtype == DType.I1) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] &= 1;
      }
    }
    for (int i = Long.BYTES - 1; dtype == DType.U64 && i < bytes.length; i += Long.BYTES) {
      bytes[i] &= 0x7f; // below 2^63, as all its values are
    }
    return new TensorData(dtype, shape, MemorySegment.ofArray(bytes));
  }

  private IntegerWeights weights() {
    TensorData mantissas = tensor();
    while (mantissas.dtype().isFloating()) {
      mantissas = tensor();
    }
    int channels = mantissas.shape().rank() == 0 ? 0 : mantissas.shape().extent(0);
    return IntegerWeights.of(
        mantissas,
        random.nextBoolean()
            ? List.of()
            : random.ints(channels, 0, FieldBounds.MAX_SHIFT + 1).boxed().toList());
  }

  private Shape shape() {
    List<Integer> extents = new ArrayList<>();
    for (int rank = random.nextInt(4); rank > 0; rank--) {
      extents.add(random.nextInt(5));
    }
    return new Shape(extents);
  }

  private List<Value> values(int count) {
    List<Value> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(
          new Value(
              random.nextBoolean()
                  ? ""
                  : "v" + random.nextInt(3) + (random.nextBoolean() ? " x" : ""),
              type(0)));
    }
    return out;
  }

  private Type type(int nesting) {
    long low = random.nextInt();
    long high = low + random.nextInt(1000);
    return switch (level) {
      case TORCH -> torchType(nesting);
      case TENSOR -> new TensorType(DType.values()[random.nextInt(DType.values().length)], shape());
      case INTEGER -> new IntegerType(shape(), low, high, random.nextDouble() + 1e-9);
      case CIRCUIT ->
          random.nextInt(4) == 0
              ? new SpectrumType(
                  random.nextBoolean() ? ColumnType.Kind.MODEL : ColumnType.Kind.VIRTUAL,
                  Shape.of(random.nextInt(5), 1 << random.nextInt(4), 1 << random.nextInt(4)),
                  low,
                  high)
              : new ColumnType(
                  ColumnType.Kind.values()[random.nextInt(ColumnType.Kind.values().length)],
                  shape(),
                  low,
                  high);
    };
  }

  private TorchType torchType(int nesting) {
    return switch (random.nextInt(nesting < 3 ? 4 : 3)) {
      case 0 -> new TorchType.Tensor();
      case 1 -> new TorchType.Simple("NoneType");
      case 2 -> new TorchType.Named("__torch__.model." + string());
      default -> {
        List<TorchType> arguments = new ArrayList<>();
        for (int n = random.nextInt(3); n > 0; n--) {
          arguments.add(torchType(nesting + 1));
        }
        yield new TorchType.Generic("Tuple", arguments);
      }
    };
  }

  private Location location() {
    return random.nextInt(3) == 0
        ? Location.UNKNOWN
        : new Location(string(), random.nextInt(100), string(), random.nextInt(3));
  }

  private String string() {
    return strings.examples.get(random.nextInt(strings.examples.size()));
  }

  private List<Value> pick(List<Value> from, int count) {
    List<Value> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(from.get(random.nextInt(from.size())));
    }
    return out;
  }
}
