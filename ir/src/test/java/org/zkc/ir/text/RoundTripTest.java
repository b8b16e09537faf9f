package org.zkc.ir.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.Programs;
import org.zkc.ir.RandomPrograms;

/** print and parse are inverse to each other, for every op of every level. */
final class RoundTripTest {
  private static final int PROGRAMS = 30;

  @ParameterizedTest
  @EnumSource(Level.class)
  void parsingAPrintedProgramGivesTheProgram(Level level, @TempDir Path folder) throws Exception {
    try (SidecarFile sidecar = SidecarFile.append(folder.resolve("tensors.bin"))) {
      for (long seed = 0; seed < PROGRAMS; seed++) {
        Program program = RandomPrograms.next(level, new Random(seed), RandomPrograms.Strings.JAVA);
        String text = Printer.print(program, sidecar);
        Program parsed = Parser.parse(text, "seed" + seed, sidecar);
        assertTrue(Programs.equal(program, parsed), "seed " + seed + "\n" + text);
        assertEquals(text, Printer.print(parsed, sidecar), "seed " + seed);
      }
    }
  }

  /** Some locales have digits of their own. */
  @ParameterizedTest
  @EnumSource(Level.class)
  void theTextIsTheSameInEveryLocale(Level level) {
    Program program = RandomPrograms.next(level, new Random(7), RandomPrograms.Strings.JAVA);
    String text = Printer.print(program);
    Locale own = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      assertEquals("٧", "%d".formatted(7), "a locale with digits of its own");
      assertEquals(text, Printer.print(program));
    } finally {
      Locale.setDefault(own);
    }
  }

  @Test
  void oneSidecarHoldsTheTensorsOfSeveralDumpsAndIsReadBack(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("tensors.bin");
    Program program = RandomPrograms.next(Level.TENSOR, new Random(7), RandomPrograms.Strings.JAVA);
    String text;
    try (SidecarFile sidecar = SidecarFile.append(file)) {
      text = Printer.print(program, sidecar);
    }
    long size = Files.size(file);
    try (SidecarFile again = SidecarFile.append(file)) {
      assertEquals(text, Printer.print(program, again));
    }
    assertEquals(size, Files.size(file), "equal tensors are stored once");
    try (SidecarFile reader = SidecarFile.open(file)) {
      assertTrue(Programs.equal(program, Parser.parse(text, "again", reader)));
    }
  }

  @Test
  void programsThatDifferAreNotEqual() {
    Program a = Parser.parse(program("%x, %y"), "a", SidecarReader.NONE);
    Program b = Parser.parse(program("%y, %x"), "b", SidecarReader.NONE);
    Program c = Parser.parse(program("%x, %y").replace("%x", "%z"), "c", SidecarReader.NONE);
    assertFalse(Programs.equal(a, b), "operands swapped");
    assertTrue(Programs.equal(a, c), "names do not count");
    assertFalse(Programs.equal(a, Parser.parse(program("%x, %x"), "d", SidecarReader.NONE)));
  }

  private static String program(String operands) {
    return """
    program tensor {
      func @main(%x: tensor<2:f32>, %y: tensor<2:f32>) {
        %r = tensor.subtract(OPERANDS) : tensor<2:f32>
        return %r
      }
    }
    """
        .replace("OPERANDS", operands);
  }
}
