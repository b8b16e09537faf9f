package org.zkc.torchscript;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.UserException;
import org.zkc.torchscript.archive.ZipBytes;

/** Archives changed at random are read or refused with a message; nothing else, and soon. */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MalformedArchiveTest {
  private static final List<String> BASES =
      List.of("two_outputs", "in_place", "scripted_blocks", "unsupported_operator");

  /** Reads; only a UserException with a sentence is allowed. */
  private static boolean accepted(byte[] archive, String what) {
    try {
      TorchScriptReader.read("m.pt", MemorySegment.ofArray(archive));
      return true;
    } catch (UserException e) {
      assertTrue(
          e.getMessage().length() > 10 && e.getMessage().length() < 1200,
          what + ": " + e.getMessage());
      return false;
    } catch (RuntimeException | Error e) {
      return fail(what + " makes the reader fail", e);
    }
  }

  private static void flip(byte[] bytes, SplittableRandom random, int changes) {
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"two_outputs", "in_place", "scripted_blocks", "unsupported_operator"})
  void changedBytesOfTheFile(String base) throws IOException {
    byte[] file = Files.readAllBytes(SampleArchives.path(base));
    for (long seed = 0; seed < 120; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] changed = file.clone();
      flip(changed, random, 1 + random.nextInt(8));
      accepted(changed, base + ", seed " + seed);
    }
  }

  @Test
  void truncatedFiles() throws IOException {
    byte[] file = Files.readAllBytes(SampleArchives.path("in_place"));
    for (int length = 0; length < file.length; length += 397) {
      byte[] part = Arrays.copyOf(file, length);
      assertTrue(!accepted(part, "length " + length));
    }
  }

  private static Map<String, byte[]> records(String base) throws IOException {
    Map<String, byte[]> out = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(SampleArchives.path(base).toFile())) {
      for (ZipEntry e : zip.stream().map(ZipEntry.class::cast).toList()) {
        out.put(e.getName(), zip.getInputStream(e).readAllBytes());
      }
    }
    return out;
  }

  private static byte[] archive(Map<String, byte[]> records) {
    ZipBytes zip = new ZipBytes();
    records.forEach(zip::put);
    return zip.bytes();
  }

  @ParameterizedTest
  @ValueSource(strings = {".pkl", ".debug_pkl"})
  void changedPickles(String suffix) throws IOException {
    for (String base : BASES) {
      Map<String, byte[]> records = records(base);
      List<String> names = records.keySet().stream().filter(n -> n.endsWith(suffix)).toList();
      for (long seed = 0; seed < 150; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        String name = names.get(random.nextInt(names.size()));
        Map<String, byte[]> changed = new LinkedHashMap<>(records);
        byte[] content = records.get(name).clone();
        flip(content, random, 1 + random.nextInt(6));
        changed.put(name, content);
        accepted(archive(changed), base + " " + name + ", seed " + seed);
      }
    }
  }

  /** Lines removed, repeated, swapped or taken from elsewhere, and tokens exchanged. */
  @Test
  void changedCode() throws IOException {
    int read = 0;
    for (String base : BASES) {
      Map<String, byte[]> records = records(base);
      List<String> names = records.keySet().stream().filter(n -> n.endsWith(".py")).toList();
      for (long seed = 0; seed < 200; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        String name = names.get(random.nextInt(names.size()));
        String text = new String(records.get(name), StandardCharsets.ISO_8859_1);
        for (int i = random.nextInt(3); i >= 0; i--) {
          text = mutated(text, random);
        }
        Map<String, byte[]> changed = new LinkedHashMap<>(records);
        changed.put(name, text.getBytes(StandardCharsets.ISO_8859_1));
        read += accepted(archive(changed), base + " " + name + ", seed " + seed) ? 1 : 0;
      }
    }
    assertTrue(
        read > 20, "mutations that are still read show that the mutator is not too crude: " + read);
  }

  private static String mutated(String text, SplittableRandom random) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    int a = random.nextInt(lines.size());
    int b = random.nextInt(lines.size());
    switch (random.nextInt(6)) {
      case 0 -> lines.remove(a);
      case 1 -> lines.add(a, lines.get(b));
      case 2 -> Collections.swap(lines, a, b);
      case 3 -> lines.set(a, lines.get(a).replaceFirst("\\w+(?=[,)])", "x"));
      case 4 -> lines.set(a, lines.get(a).replaceFirst("\\d+", Long.toString(random.nextLong())));
      default -> {
        int at = random.nextInt(text.length());
        return text.substring(0, at)
            + (char) (32 + random.nextInt(95))
            + text.substring(Math.min(text.length(), at + random.nextInt(3)));
      }
    }
    return String.join("\n", lines) + "\n";
  }
}
