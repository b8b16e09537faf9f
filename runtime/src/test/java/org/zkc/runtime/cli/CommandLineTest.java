package org.zkc.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.zkc.runtime.cli.Ended.zkc;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.bench.TinyModel;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.runtime.numpy.NpyWriter;

/** Commands on a model without an archive; the way from archives is tested in the tests module. */
final class CommandLineTest {
  @TempDir private static Path folder;

  private static String file(String name) {
    return folder.resolve(name).toString();
  }

  @BeforeAll
  static void write() throws IOException {
    TinyModel.write(folder.resolve("tiny.zkc"));
    float[] x = new float[72];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
    }
    Files.write(
        folder.resolve("x.npy"), NpyWriter.encode(TensorData.ofFloats(Shape.of(1, 2, 6, 6), x)));
    x[0] += 1;
    Files.write(
        folder.resolve("other.npy"),
        NpyWriter.encode(TensorData.ofFloats(Shape.of(1, 2, 6, 6), x)));
    Ended proved =
        zkc(
            "prove",
            file("tiny.zkc"),
            "--input",
            file("x.npy"),
            "-o",
            file("x.zkp"),
            "--output",
            file("y.npy"),
            "--context",
            "case 7");
    assertEquals(0, proved.code(), proved.err());
  }

  @Test
  void runGivesWhatIsProved() throws IOException {
    assertEquals(
        0,
        zkc("run", file("tiny.zkc"), "--input", "x=" + file("x.npy"), "--output", file("z.npy"))
            .code());
    assertEquals(-1, Files.mismatch(folder.resolve("y.npy"), folder.resolve("z.npy")));
  }

  @Test
  void verifyChecksEverythingItIsGiven() throws IOException {
    List<String> valid =
        List.of("verify", file("x.zkp"), "--key", file("tiny.vk"), "--context", "case 7");
    String digest = sha256(folder.resolve("tiny.vk"));
    assertVerify(0, valid);
    assertVerify(
        0, valid, "--input", file("x.npy"), "--output", file("y.npy"), "--expect-model", digest);
    assertVerify(1, valid, "--input", file("other.npy"));
    assertVerify(1, valid, "--output", file("x.npy"));
    assertVerify(
        1,
        valid,
        "--expect-model",
        digest.replace(digest.charAt(0), digest.charAt(0) == '0' ? '1' : '0'));
    String said = zkc(valid.toArray(String[]::new)).out();
    assertTrue(said.contains("trusted      whoever made the key"), said);
    // The digest decides before anything of the key is parsed.
    Files.write(folder.resolve("garbage.vk"), new byte[] {1, 2, 3});
    Ended garbage =
        zkc("verify", file("x.zkp"), "--key", file("garbage.vk"), "--expect-model", digest);
    assertEquals(1, garbage.code());
    assertTrue(garbage.err().contains("INVALID: the key is of another model"), garbage.err());
    assertVerify(2, valid, "--input", file("none.npy"));
    assertEquals(
        1, zkc("verify", file("x.zkp"), "--key", file("tiny.vk")).code(), "without its context");
    Ended json =
        zkc("verify", file("x.zkp"), "--key", file("tiny.vk"), "--context", "case 7", "--json");
    assertTrue(json.out().contains("\"valid\" : true"), json.out());
    Ended bad = zkc("verify", file("x.zkp"), "--key", file("tiny.vk"), "--json");
    assertTrue(bad.out().contains("\"valid\" : false"), bad.out());
  }

  /** The proof stands fast, the file that was named does not: it is never called expected. */
  @Test
  void whatTheProofIsAboutIsSaidFirst() throws IOException {
    float[] y = NpyReader.read(folder.resolve("y.npy")).toFloats();
    Shape shape = NpyReader.read(folder.resolve("y.npy")).shape();
    float proved = y[1];
    y[1] += 100;
    assertSays(
        shape, y, "element [0, 1] of output is %s in the proof, %s in".formatted(proved, y[1]));
    // An array as near as PyTorch's own answer gets a remedy.
    y[1] = Math.nextUp(proved);
    assertSays(shape, y, "give what zkc prove or zkc run wrote");
    assertSays(new Shape(List.of(y.length)), y, "the proof is of another output");
    Ended input =
        zkc(
            "verify",
            file("x.zkp"),
            "--key",
            file("tiny.vk"),
            "--context",
            "case 7",
            "--input",
            file("other.npy"));
    assertTrue(
        input.err().startsWith("error: INVALID: the proof is of another input: element [0, "),
        input.err());
  }

  private void assertSays(Shape shape, float[] output, String text) throws IOException {
    Files.write(folder.resolve("forged.npy"), NpyWriter.encode(TensorData.ofFloats(shape, output)));
    for (boolean json : new boolean[] {false, true}) {
      List<String> words =
          new ArrayList<>(
              List.of("verify", file("x.zkp"), "--key", file("tiny.vk"), "--context", "case 7"));
      words.addAll(List.of("--output", file("forged.npy")));
      if (json) {
        words.add("--json");
      }
      Ended ended = zkc(words.toArray(String[]::new));
      assertEquals(1, ended.code());
      String said = json ? ended.out() : ended.err();
      assertTrue(said.contains(text) && !said.contains("expected"), said);
    }
  }

  /**
   * A proof's bytes do not tell which part of its binding failed, so the first words name every
   * part.
   */
  @Test
  void whatDoesNotBelongTogetherIsSaidFirst() throws IOException {
    TinyModel.compile(7).write(folder.resolve("seven.zkc"), 1);
    TinyModel.compile(3, 8).write(folder.resolve("wide.zkc"), 1);
    for (List<String> wrong :
        List.of(
            List.of("--key", file("tiny.vk"), "--context", "case 8"),
            List.of("--key", file("tiny.vk")),
            List.of("--key", file("seven.vk"), "--context", "case 7"),
            List.of("--key", file("wide.vk"), "--context", "case 7"))) {
      List<String> arguments = new ArrayList<>(List.of("verify", file("x.zkp")));
      arguments.addAll(wrong);
      Ended ended = zkc(arguments.toArray(String[]::new));
      assertEquals(1, ended.code(), ended.err());
      assertTrue(
          ended
              .err()
              .startsWith("error: INVALID: context, key and proof do not belong together, or "),
          ended.err());
    }
    Ended foreign = zkc("verify", file("x.npy"), "--key", file("tiny.vk"));
    assertTrue(foreign.err().contains("INVALID: file: expected a proof"), foreign.err());
  }

  @Test
  void elementsThatAreCutAreToldToTheVerifierToo() throws IOException {
    float[] x = new float[72];
    x[3] = 1e30f;
    x[4] = -1e30f;
    write("cut.npy", x);
    String warning = "warning: 2 of 72 elements of input x lie outside";
    Ended proved =
        zkc("prove", file("tiny.zkc"), "--input", file("cut.npy"), "-o", file("cut.zkp"));
    assertEquals(0, proved.code(), proved.err());
    assertTrue(proved.err().startsWith(warning), proved.err());
    Ended verified =
        zkc("verify", file("cut.zkp"), "--key", file("tiny.vk"), "--input", file("cut.npy"));
    assertEquals(0, verified.code(), verified.err());
    assertTrue(verified.err().startsWith(warning), verified.err());
    Ended json =
        zkc(
            "verify",
            file("cut.zkp"),
            "--key",
            file("tiny.vk"),
            "--input",
            file("cut.npy"),
            "--json");
    assertTrue(json.out().contains("\"clamped\" : 2"), json.out());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN})
  void whatIsNoNumberIsRefusedEverywhere(float element) throws IOException {
    float[] x = new float[72];
    x[5] = element;
    write("odd.npy", x);
    for (List<String> command :
        List.of(
            List.of("run", file("tiny.zkc")),
            List.of("prove", file("tiny.zkc"), "-o", file("odd.zkp")),
            List.of("verify", file("x.zkp"), "--key", file("tiny.vk"), "--context", "case 7"))) {
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(List.of("--input", file("odd.npy")));
      Ended ended = zkc(arguments.toArray(String[]::new));
      assertEquals(2, ended.code(), ended.err());
      assertTrue(ended.err().contains("at element 5; a proof is about numbers"), ended.err());
    }
    assertFalse(Files.exists(folder.resolve("odd.zkp")));
  }

  private static void write(String name, float[] x) throws IOException {
    Files.write(
        folder.resolve(name), NpyWriter.encode(TensorData.ofFloats(Shape.of(1, 2, 6, 6), x)));
  }

  private static void assertVerify(int code, List<String> start, String... more) {
    List<String> arguments = new ArrayList<>(start);
    arguments.addAll(List.of(more));
    Ended ended = zkc(arguments.toArray(String[]::new));
    assertEquals(code, ended.code(), arguments + "\n" + ended.out() + ended.err());
    assertEquals(code == 0, ended.err().isEmpty(), ended.err());
  }

  private static String sha256(Path file) throws IOException {
    try {
      byte[] digest =
          java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A change of any byte of the key's file, or of sampled bytes of the proof's, is exit 1. */
  @Test
  void changedKeysAndProofsAreInvalid() throws IOException {
    byte[] key = Files.readAllBytes(folder.resolve("tiny.vk"));
    for (int at = 0; at < key.length; at += 13) {
      byte[] changed = key.clone();
      changed[at] ^= 4;
      Files.write(folder.resolve("changed.vk"), changed);
      Ended ended =
          zkc("verify", file("x.zkp"), "--key", file("changed.vk"), "--context", "case 7");
      assertEquals(1, ended.code(), "key byte " + at + ": " + ended.err());
    }
    byte[] proof = Files.readAllBytes(folder.resolve("x.zkp"));
    for (int at = 0; at < proof.length; at += proof.length / 60) {
      byte[] changed = proof.clone();
      changed[at] ^= 16;
      Files.write(folder.resolve("changed.zkp"), changed);
      Ended ended =
          zkc("verify", file("changed.zkp"), "--key", file("tiny.vk"), "--context", "case 7");
      assertEquals(1, ended.code(), "proof byte " + at + ": " + ended.err());
    }
  }

  @Test
  void aLostCodewordIsMadeAgain() throws IOException {
    Path code = folder.resolve("tiny.zkc.code");
    byte[] before = Files.readAllBytes(code);
    Files.delete(code);
    assertEquals(
        0,
        zkc(
                "prove",
                file("tiny.zkc"),
                "--input",
                file("x.npy"),
                "-o",
                file("again.zkp"),
                "--context",
                "case 7")
            .code());
    assertEquals(
        -1,
        Files.mismatch(folder.resolve("x.zkp"), folder.resolve("again.zkp")),
        "proofs are deterministic");
    assertTrue(Arrays.equals(before, Files.readAllBytes(code)));
  }

  @Test
  void everyFileIsInspected() {
    for (String name : List.of("tiny.zkc", "tiny.vk", "x.zkp")) {
      Ended text = zkc("inspect", file(name));
      assertEquals(0, text.code(), name);
      assertFalse(text.out().contains("{") || text.out().contains("null"), text.out());
      Ended page = zkc("inspect", file(name), "--html", file(name + ".html"));
      assertEquals(0, page.code(), page.err());
      assertTrue(page.out().startsWith("wrote "), page.out());
      Ended json = zkc("inspect", file(name), "--json");
      assertEquals(0, json.code(), name);
      assertTrue(json.out().startsWith("{"), json.out());
    }
    Ended proof = zkc("inspect", file("x.zkp"), "--key", file("tiny.vk"));
    assertTrue(proof.out().contains("1x2x6x6"), proof.out());
    assertEquals(2, zkc("inspect", file("tiny.vk"), "--json", "--html", file("a.html")).code());
    assertEquals(2, zkc("inspect", file("tiny.vk"), "--html", file("missing/a.html")).code());
  }

  @Test
  void securityAddsUpToAHundredBits() {
    for (String name : List.of("tiny.zkc", "tiny.vk")) {
      Ended ended = zkc("security", file(name));
      assertEquals(0, ended.code(), ended.err());
      Matcher total = Pattern.compile("([0-9.]+)  all together").matcher(ended.out());
      assertTrue(total.find(), ended.out());
      assertTrue(Double.parseDouble(total.group(1)) >= 100, ended.out());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "compile",
        "prove",
        "verify",
        "run",
        "inspect",
        "opt",
        "ops",
        "security",
        "bench",
        "demo",
        "test",
        "completion"
      })
  void everyCommandHasHelp(String command) {
    Ended ended = zkc(command, "--help");
    assertEquals(0, ended.code());
    assertTrue(ended.out().startsWith("Usage: zkc " + command), ended.out());
    assertTrue(zkc("--help").out().contains("\n  " + command + " "));
  }

  @Test
  void theCompletionScriptKnowsTheCommands() {
    Ended ended = zkc("completion");
    assertEquals(0, ended.code());
    assertTrue(
        ended.out().contains("expect-model") && ended.out().contains("#!/usr/bin/env bash"),
        "no completion script");
  }

  /**
   * The classes that {@code verify} may load besides the JDK: the backend's verifier with its
   * protobuf, and the command line with the readers of files and arguments. Of the IR these are the
   * arrays that people give and see.
   */
  private static final List<String> LOADED_BY_VERIFY =
      List.of(
          "org.zkc.gkr.",
          "org.zkc.runtime.cli.",
          "org.zkc.runtime.artifact.",
          "org.zkc.runtime.numpy.",
          "org.zkc.runtime.wire.",
          "org.zkc.ir.AxisParts",
          "org.zkc.ir.TensorData",
          "org.zkc.ir.DType",
          "org.zkc.ir.Shape",
          "org.zkc.ir.UserException",
          "picocli.",
          "com.google.protobuf.");

  @Test
  void verifyLoadsTheVerifierOnly() throws IOException, InterruptedException {
    Path log = folder.resolve("verify.log");
    Ended ended =
        Ended.process(
            List.of(),
            List.of("-Xlog:class+load:file=" + log),
            folder,
            List.of(
                "verify",
                file("x.zkp"),
                "--key",
                file("tiny.vk"),
                "--context",
                "case 7",
                "--input",
                file("x.npy"),
                "--output",
                file("y.npy")));
    assertEquals(0, ended.code(), ended.err());
    Pattern line = Pattern.compile("\\] (\\S+) source: (?:file:|jar:|\\S*\\.jar)");
    SortedSet<String> loaded = new TreeSet<>();
    for (String text : Files.readAllLines(log)) {
      Matcher m = line.matcher(text);
      if (m.find()) {
        loaded.add(m.group(1));
      }
    }
    assertTrue(loaded.contains("org.zkc.gkr.verify.Verifier"), loaded.toString());
    loaded.removeIf(name ->
        LOADED_BY_VERIFY.stream().anyMatch(name::startsWith)
            && !name.startsWith("org.zkc.gkr.prove.")
            && !name.matches("org\\.zkc\\.runtime\\.cli\\.(?!Verify|Zkc)\\w+Command.*"));
    assertEquals(new TreeSet<>(), loaded, "verify loaded what it has no use for");
  }

  @Test
  void failuresMapToExitCodesAndOneSentence() {
    assertReported(2, "model.py:3: no", new UserException(new Location("model.py", 3, ""), "no"));
    assertReported(1, "INVALID", new VerificationFailure("round 3", "1", "2"));
    assertReported(3, "out of memory", new OutOfMemoryError("Java heap space"));
    assertReported(
        3, "no space left on device; free some", new IOException("No space left on device"));
    assertReported(
        3,
        "m.zkp: input/output error",
        new FileSystemException("m.zkp", null, "Input/output error"));
    assertReported(3, "internal error", new IllegalStateException("two\nlines"));
  }

  /** What a file of a stranger's is quoted with cannot draw on the terminal. */
  @Test
  void quotedTextIsHarmless() {
    Location line = new Location("a\u001b[2J.py", 3, "x\u202ey\u0007\t" + "z".repeat(100_000));
    StringWriter err = new StringWriter();
    ErrorReport.report(
        new UserException(line, "the name n\u0000\u2028VALID is unknown"),
        false,
        new PrintWriter(err));
    String shown = err.toString();
    assertTrue(
        shown.startsWith("error: a?[2J.py:3: the name n??VALID is unknown\n    x?y?\tzzz"), shown);
    assertTrue(shown.strip().endsWith("z...") && shown.length() < 3000, shown);
  }

  private static void assertReported(int code, String text, Throwable failure) {
    StringWriter err = new StringWriter();
    assertEquals(code, ErrorReport.report(failure, false, new PrintWriter(err)));
    assertTrue(
        err.toString().startsWith("error: ") && err.toString().contains(text), err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
    StringWriter debug = new StringWriter();
    ErrorReport.report(failure, true, new PrintWriter(debug));
    assertTrue(debug.toString().contains("at org.zkc"), "no stack trace with --debug");
  }
}
