package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Operations of StableHLO on random constants of all integer types, with all their bits, beside
 * what big integers say. The program compares what it computes with what the test computed, so that
 * no number is too large for a result.
 */
final class ConstantIntegersTest {
  private static final int COUNT = 8;
  private static final int PROGRAMS = 6;
  private static final List<Type> TYPES =
      List.of(
          new Type("i8", 8, true),
          new Type("i16", 16, true),
          new Type("i32", 32, true),
          new Type("i64", 64, true),
          new Type("ui8", 8, false),
          new Type("ui16", 16, false),
          new Type("ui32", 32, false),
          new Type("ui64", 64, false));

  @TempDir Path folder;

  /** A type of integers. */
  private record Type(String name, int bits, boolean isSigned) {
    BigInteger wrap(BigInteger x) {
      BigInteger low = x.mod(BigInteger.ONE.shiftLeft(bits));
      return isSigned && low.testBit(bits - 1) ? low.subtract(BigInteger.ONE.shiftLeft(bits)) : low;
    }

    BigInteger word(BigInteger x) {
      return x.mod(BigInteger.ONE.shiftLeft(bits));
    }

    BigInteger signed(BigInteger x) {
      return new Type(name, bits, true).wrap(x);
    }

    String tensor(int... extents) {
      StringBuilder out = new StringBuilder("tensor<");
      for (int e : extents) {
        out.append(e).append('x');
      }
      return out.append(name).append('>').toString();
    }

    /** Numbers of u64 from 2^63 on are refused. */
    boolean isComputed(BigInteger x) {
      return name.equals("ui64") ? x.bitLength() < 64 : true;
    }
  }

  /** A program that compares its results with constants. */
  private static final class Text {
    private final StringBuilder lines = new StringBuilder();
    private int results;

    void constant(String name, List<BigInteger> values, String type) {
      lines.append("  %%%s = stablehlo.constant dense<%s> : %s\n".formatted(name, values, type));
    }

    /** An operation whose result is compared. */
    void add(String operation, String signature, Type type, List<BigInteger> expected) {
      if (!expected.stream().allMatch(type::isComputed)) {
        return;
      }
      String shape = type.tensor(expected.size());
      String truth = "tensor<%dxi1>".formatted(expected.size());
      int r = results++;
      lines.append("  %%r%d = \"stablehlo.%s : %s\n".formatted(r, operation, signature));
      String found = "%r" + r;
      String type1 = signature.substring(signature.lastIndexOf("-> ") + 3);
      if (!type1.equals(shape)) {
        lines.append(
            "  %%f%d = stablehlo.reshape %s : (%s) -> %s\n".formatted(r, found, type1, shape));
        found = "%f" + r;
      }
      constant("e" + r, expected, shape);
      lines.append(
          "  %%q%d = stablehlo.compare EQ, %s, %%e%d : (%s, %s) -> %s\n"
              .formatted(r, found, r, shape, shape, truth));
      lines.append("  %%t%d = stablehlo.constant dense<true> : %s\n".formatted(r, truth));
      lines.append(
          "  stablehlo.custom_call @check.expect_eq(%%q%d, %%t%d) : (%s, %s) -> ()\n"
              .formatted(r, r, truth, truth));
    }

    String program() {
      return """
      func.func private @inputs() -> tensor<1xf32> {
        %c = stablehlo.constant dense<1.0> : tensor<1xf32>
        return %c : tensor<1xf32>
      }
      func.func @main() {
        %unused = func.call @inputs() : () -> tensor<1xf32>
      """
          + lines
          + "  return\n}\n";
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"i8", "i16", "i32", "i64", "ui8", "ui16", "ui32", "ui64"})
  void computedAsBigIntegersSay(String name) throws IOException {
    Type type = TYPES.stream().filter(t -> t.name.equals(name)).findFirst().orElseThrow();
    Random random = new Random(name.hashCode());
    for (int p = 0; p < PROGRAMS; p++) {
      Path file =
          Files.writeString(folder.resolve(name + p + ".mlir"), program(type, random).program());
      SelfCheckRun.Outcome outcome = SelfCheckRun.of(file);
      assertInstanceOf(
          SelfCheckRun.Outcome.Agrees.class,
          outcome,
          outcome.text() + "\n" + Files.readString(file));
    }
  }

  private static Text program(Type type, Random random) {
    Text text = new Text();
    List<BigInteger> a = words(type, random);
    List<BigInteger> b = words(type, random);
    List<BigInteger> divisors = b.stream().map(x -> x.signum() == 0 ? BigInteger.ONE : x).toList();
    List<BigInteger> shifts = new ArrayList<>();
    List<BigInteger> powers = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      shifts.add(BigInteger.valueOf(random.nextInt(type.bits + 2)));
      powers.add(BigInteger.valueOf(random.nextInt(7)));
    }
    String own = type.tensor(COUNT);
    text.constant("a", a, own);
    text.constant("b", b, own);
    text.constant("d", divisors, own);
    text.constant("s", shifts, own);
    text.constant("p", powers, own);
    pair(text, type, "add", "b", a, b, BigInteger::add);
    pair(text, type, "subtract", "b", a, b, BigInteger::subtract);
    pair(text, type, "multiply", "b", a, b, BigInteger::multiply);
    pair(text, type, "and", "b", a, b, BigInteger::and);
    pair(text, type, "or", "b", a, b, BigInteger::or);
    pair(text, type, "xor", "b", a, b, BigInteger::xor);
    pair(text, type, "maximum", "b", a, b, BigInteger::max);
    pair(text, type, "minimum", "b", a, b, BigInteger::min);
    pair(text, type, "divide", "d", a, divisors, BigInteger::divide);
    pair(text, type, "remainder", "d", a, divisors, BigInteger::remainder);
    pair(text, type, "power", "p", a, powers, (x, y) -> x.pow(y.intValue()));
    pair(text, type, "shift_left", "s", a, shifts, (x, y) -> x.shiftLeft(y.intValue()));
    pair(
        text,
        type,
        "shift_right_logical",
        "s",
        a,
        shifts,
        (x, y) -> type.word(x).shiftRight(y.intValue()));
    pair(
        text,
        type,
        "shift_right_arithmetic",
        "s",
        a,
        shifts,
        (x, y) -> type.signed(x).shiftRight(y.intValue()));
    single(text, type, "not", a, BigInteger::not);
    single(text, type, "negate", a, BigInteger::negate);
    single(text, type, "popcnt", a, x -> BigInteger.valueOf(type.word(x).bitCount()));
    single(
        text,
        type,
        "count_leading_zeros",
        a,
        x -> BigInteger.valueOf(type.bits - type.word(x).bitLength()));
    if (type.isSigned) {
      single(text, type, "abs", a, BigInteger::abs);
    }
    for (Type to : TYPES) {
      String other = to.tensor(COUNT);
      text.add(
          "convert\"(%a)",
          "(%s) -> %s".formatted(own, other), to, a.stream().map(to::wrap).toList());
      bits(text, type, to, a);
    }
    reduction(text, type, "add", a, BigInteger.ZERO, BigInteger::add);
    reduction(text, type, "multiply", a, BigInteger.ONE, BigInteger::multiply);
    reduction(text, type, "maximum", a, a.getFirst(), BigInteger::max);
    reduction(text, type, "xor", a, BigInteger.ZERO, BigInteger::xor);
    sorted(text, type, a);
    return text;
  }

  /** Integers of all magnitudes, the ends of the type among them. */
  private static List<BigInteger> words(Type type, Random random) {
    int bits = type.isSigned || type.bits < Long.SIZE ? type.bits : Long.SIZE - 1;
    List<BigInteger> out = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      BigInteger x = new BigInteger(1 + random.nextInt(bits), random);
      BigInteger drawn = random.nextBoolean() ? x : x.not();
      out.add(new Type(type.name, bits, type.isSigned).wrap(drawn));
    }
    out.set(
        random.nextInt(COUNT),
        type.isSigned
            ? BigInteger.ONE.shiftLeft(bits - 1).negate()
            : BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE));
    return out;
  }

  private static void pair(
      Text text,
      Type type,
      String operation,
      String second,
      List<BigInteger> left,
      List<BigInteger> right,
      BinaryOperator<BigInteger> reference) {
    List<BigInteger> expected = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      expected.add(type.wrap(reference.apply(left.get(i), right.get(i))));
    }
    String own = type.tensor(COUNT);
    text.add(
        "%s\"(%%a, %%%s)".formatted(operation, second),
        "(%s, %s) -> %s".formatted(own, own, own),
        type,
        expected);
  }

  private static void single(
      Text text,
      Type type,
      String operation,
      List<BigInteger> operand,
      UnaryOperator<BigInteger> reference) {
    String own = type.tensor(COUNT);
    text.add(
        operation + "\"(%a)",
        "(%s) -> %s".formatted(own, own),
        type,
        operand.stream().map(x -> type.wrap(reference.apply(x))).toList());
  }

  /** The same bits in words of another width, the lowest first. */
  private static void bits(Text text, Type from, Type to, List<BigInteger> words) {
    BigInteger all = BigInteger.ZERO;
    for (int i = 0; i < COUNT; i++) {
      all = all.or(from.word(words.get(i)).shiftLeft(i * from.bits));
    }
    int count = COUNT * from.bits / to.bits;
    List<BigInteger> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      expected.add(to.wrap(all.shiftRight(i * to.bits)));
    }
    if (from.bits < to.bits) {
      int narrow = to.bits / from.bits;
      String shaped = from.tensor(count, narrow);
      String name = "w" + text.results;
      if (expected.stream().allMatch(to::isComputed)) {
        text.lines.append(
            "  %%%s = stablehlo.reshape %%a : (%s) -> %s\n"
                .formatted(name, from.tensor(COUNT), shaped));
      }
      text.add(
          "bitcast_convert\"(%" + name + ")",
          "(%s) -> %s".formatted(shaped, to.tensor(count)),
          to,
          expected);
    } else {
      String result =
          from.bits == to.bits ? to.tensor(COUNT) : to.tensor(COUNT, from.bits / to.bits);
      text.add(
          "bitcast_convert\"(%a)",
          "(%s) -> %s".formatted(from.tensor(COUNT), result), to, expected);
    }
  }

  private static void reduction(
      Text text,
      Type type,
      String operation,
      List<BigInteger> words,
      BigInteger initial,
      BinaryOperator<BigInteger> reference) {
    BigInteger out = initial;
    for (BigInteger x : words) {
      out = type.wrap(reference.apply(out, x));
    }
    String scalar = "tensor<%s>".formatted(type.name);
    String name = "i" + text.results;
    if (type.isComputed(out)) {
      text.lines.append(
          "  %%%s = stablehlo.constant dense<%s> : %s\n".formatted(name, initial, scalar));
    }
    text.add(
        """
        reduce"(%%a, %%%s) ({
            ^bb0(%%x: %s, %%y: %s):
              %%z = stablehlo.%s %%x, %%y : %s
              "stablehlo.return"(%%z) : (%s) -> ()
          }) {dimensions = array<i64: 0>}\
        """
            .formatted(name, scalar, scalar, operation, scalar, scalar),
        "(%s, %s) -> %s".formatted(type.tensor(COUNT), scalar, scalar),
        type,
        List.of(out));
  }

  private static void sorted(Text text, Type type, List<BigInteger> words) {
    String scalar = "tensor<%s>".formatted(type.name);
    text.add(
        """
        sort"(%%a) ({
            ^bb0(%%x: %s, %%y: %s):
              %%z = stablehlo.compare LT, %%x, %%y : (%s, %s) -> tensor<i1>
              "stablehlo.return"(%%z) : (tensor<i1>) -> ()
          }) {dimension = 0 : i64, is_stable = true}\
        """
            .formatted(scalar, scalar, scalar, scalar),
        "(%s) -> %s".formatted(type.tensor(COUNT), type.tensor(COUNT)),
        type,
        words.stream().sorted().collect(Collectors.toList()));
  }
}
