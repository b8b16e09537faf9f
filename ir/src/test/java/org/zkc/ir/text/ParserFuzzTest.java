package org.zkc.ir.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.Checker;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.Programs;
import org.zkc.ir.RandomPrograms;
import org.zkc.ir.TensorData;

/**
 * Altered texts: the parser answers with a program or an IrSyntaxException, and the checker checks
 * whatever was parsed.
 */
final class ParserFuzzTest {
  private static final int ROUNDS = 400;
  private static final List<String> TOKENS =
      List.of(
          "%",
          "@",
          "{",
          "}",
          "[",
          "]",
          "(",
          ")",
          "<",
          ">",
          ":",
          ",",
          "=",
          "\"",
          "\\",
          "//",
          "-",
          ".",
          "x",
          "loc",
          "dense",
          "inf",
          "return",
          "program",
          "99999999999999999999",
          "1x0x3",
          "2147483647x2147483647x2147483647",
          "\u0000",
          "\uD83D",
          "é");

  @ParameterizedTest
  @EnumSource(Level.class)
  void alteredTextsAreParsedOrRefused(Level level) {
    Map<String, TensorData> tensors = new HashMap<>();
    SidecarWriter writer =
        data -> {
          String digest = SidecarFile.hexDigest(data.bytes());
          tensors.put(digest, data);
          return digest;
        };
    SidecarReader reader =
        digest -> Optional.ofNullable(tensors.get(digest)).map(TensorData::bytes);
    String text =
        Printer.print(
            RandomPrograms.next(level, new Random(5), RandomPrograms.Strings.JAVA), writer);
    Random random = new Random(23);
    int parsed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String altered = altered(text, random);
      try {
        Program program = Parser.parse(altered, "fuzz", reader);
        Checker.check(program);
        Program again = Parser.parse(Printer.print(program, writer), "again", reader);
        assertTrue(Programs.equal(program, again), "round " + round + "\n" + altered);
        parsed++;
      } catch (IrSyntaxException e) {
        assertTrue(e.span().line() >= 1 && e.span().column() >= 1, e.describe());
        assertEquals(3, e.describe().lines().count(), e.describe());
      } catch (RuntimeException | StackOverflowError e) {
        fail("round " + round + ": " + e + "\n" + altered, e);
      }
    }
    assertTrue(
        parsed > 0 && parsed < ROUNDS, parsed + " of " + ROUNDS + " altered texts were accepted");
  }

  private static String altered(String text, Random random) {
    StringBuilder out = new StringBuilder(text);
    for (int n = 1 + random.nextInt(2); n > 0; n--) {
      int at = random.nextInt(out.length());
      switch (random.nextInt(5)) {
        case 0 -> out.deleteCharAt(at);
        case 1 -> out.setCharAt(at, (char) random.nextInt(128));
        case 2 -> out.insert(at, TOKENS.get(random.nextInt(TOKENS.size())));
        case 3 -> out.setLength(Math.max(1, at));
        default -> {
          int from = random.nextInt(out.length());
          out.insert(at, out.substring(from, Math.min(out.length(), from + random.nextInt(60))));
        }
      }
    }
    return out.toString();
  }
}
