package org.zkc.passes.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.zkc.ir.Checker;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.text.Parser;
import org.zkc.ir.text.Printer;
import org.zkc.ir.text.SidecarReader;
import org.zkc.passes.Pass;
import org.zkc.passes.PassContext;

/**
 * A tensor-level program in text and what a pass makes of it. In the text, {@code %w = RANDOM 4x3}
 * is a constant named w with seeded N(0, 1) elements, and {@code RANDOM+} one with elements in
 * [0.5, 1.5).
 */
final class RewriteCase {
  private static final Pattern RANDOM = Pattern.compile("%(\\w+) = RANDOM(\\+?) ([0-9x]+|scalar)");

  private final Program before;

  private RewriteCase(Program before) {
    this.before = before;
  }

  /** {@code body} is main's, without the braces; parameters as in {@code %x: tensor<1x2:f32>}. */
  static RewriteCase of(String parameters, String body) {
    String expanded = RANDOM.matcher(body).replaceAll(RewriteCase::constant);
    String text = "program tensor {\n func @main(" + parameters + ") {\n" + expanded + "\n}\n}\n";
    Program program = Parser.parse(text, "test", SidecarReader.NONE);
    assertEquals(List.of(), Checker.check(program), text);
    return new RewriteCase(program);
  }

  private static String constant(MatchResult m) {
    String shape = m.group(3);
    int count =
        shape.equals("scalar")
            ? 1
            : Pattern.compile("x")
                .splitAsStream(shape)
                .mapToInt(Integer::parseInt)
                .reduce(1, (a, b) -> a * b);
    Random random = new Random(m.group(1).hashCode());
    String elements =
        IntStream.range(0, count)
            .mapToObj(i ->
                String.valueOf(
                    m.group(2).isEmpty()
                        ? (float) random.nextGaussian()
                        : 0.5f + random.nextFloat()))
            .collect(Collectors.joining(", "));
    return "%%%s = tensor.constant() {name = \"%s\", data = dense<%s:f32 [%s]>} : tensor<%s:f32>"
        .formatted(m.group(1), m.group(1), shape, elements, shape);
  }

  Program program() {
    return before;
  }

  /**
   * The pass changes the program to one that checks, whose ops without constants are {@code
   * mnemonics} in order, and which computes the same to 1e-5 of the largest output.
   */
  Program becomes(Pass pass, String... mnemonics) {
    Program after = pass.run(before, new PassContext());
    assertNotSame(before, after, "the pass did not fire");
    assertEquals(List.of(), Checker.check(after), () -> Printer.print(after));
    assertEquals(List.of(mnemonics), mnemonics(after), () -> Printer.print(after));
    assertSameResults(before, after);
    return after;
  }

  /** The pass returns the very program. */
  void staysWith(Pass pass) {
    Program after = pass.run(before, new PassContext());
    assertSame(before, after, () -> Printer.print(after));
  }

  static List<String> mnemonics(Program program) {
    return program.main().body().stream()
        .filter(op -> !(op instanceof Constant))
        .map(op -> OpSpec.of(op).mnemonic())
        .toList();
  }

  static void assertSameResults(Program before, Program after) {
    for (long seed = 1; seed <= 3; seed++) {
      Random random = new Random(seed);
      List<TensorData> inputs = new ArrayList<>();
      for (Value p : before.main().parameters()) {
        float[] elements = new float[(int) p.shape().elementCount()];
        for (int i = 0; i < elements.length; i++) {
          elements[i] = (float) (2 * random.nextGaussian());
        }
        inputs.add(TensorData.ofFloats(p.shape(), elements));
      }
      List<TensorData> expected = TensorInterpreter.run(before, inputs);
      List<TensorData> actual = TensorInterpreter.run(after, inputs);
      assertEquals(expected.size(), actual.size());
      for (int r = 0; r < expected.size(); r++) {
        assertEquals(expected.get(r).shape(), actual.get(r).shape());
        float[] e = expected.get(r).toFloats();
        float[] a = actual.get(r).toFloats();
        double largest = 1e-3;
        for (float v : e) {
          largest = Math.max(largest, Math.abs(v));
        }
        for (int i = 0; i < e.length; i++) {
          assertEquals(
              e[i], a[i], 1e-5 * largest, "seed " + seed + ", result " + r + ", element " + i);
        }
      }
    }
  }
}
