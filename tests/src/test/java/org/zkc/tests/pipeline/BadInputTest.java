package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.numpy.NpyWriter;

/**
 * A person who gives zkc something that it cannot use sees exit code 2 (1 where a proof or key is
 * wrong) and one clear sentence on stderr that names the culprit. There is no stack trace, and no
 * file is left behind.
 */
final class BadInputTest {
  /** The sentence, and at most the quoted source line with its caret. */
  private static final int MOST_LINES = 4;

  @TempDir static Path folder;

  /**
   * One bad command.
   *
   * @param says words that the error must contain, in any case
   */
  record Case(String what, int exitCode, List<String> command, List<String> says) {
    @Override
    public String toString() {
      return what;
    }
  }

  @BeforeAll
  static void writeFiles() throws IOException {
    Path archive = SampleArchive.named("softmax_head").path();
    byte[] bytes = Files.readAllBytes(archive);
    Files.write(folder.resolve("truncated.pt"), Arrays.copyOf(bytes, bytes.length * 3 / 5));
    Files.write(folder.resolve("empty.pt"), new byte[0]);
    Files.writeString(folder.resolve("text.pt"), "this is no archive\n");
    byte[] damaged = bytes.clone();
    // Inside the first stored weight: its checksum does not fit any more.
    damaged[bytes.length / 10] ^= 0x40;
    Files.write(folder.resolve("damaged.pt"), damaged);
    Files.writeString(folder.resolve("model.mlir"), "module {}\n");
    Files.writeString(folder.resolve("model.pt2"), "PK");
    Files.createDirectory(folder.resolve("folder.pt"));

    Cli.run("compile", archive, "-o", folder.resolve("good.zkc")).succeeded();
    byte[] model = Files.readAllBytes(folder.resolve("good.zkc"));
    Files.write(folder.resolve("truncated.zkc"), Arrays.copyOf(model, model.length / 2));

    float[] x = new float[24];
    Arrays.fill(x, 0.5f);
    write("x.npy", TensorData.ofFloats(Shape.of(1, 24), x));
    write("wrong_shape.npy", TensorData.ofFloats(Shape.of(1, 23), Arrays.copyOf(x, 23)));
    x[7] = Float.NaN;
    write("nan.npy", TensorData.ofFloats(Shape.of(1, 24), x));
    byte[] array = Files.readAllBytes(folder.resolve("x.npy"));
    Files.write(folder.resolve("truncated.npy"), Arrays.copyOf(array, array.length - 3));
    Files.writeString(folder.resolve("text.npy"), "1 2 3\n");
    Cli.run("prove", file("good.zkc"), "--input", file("x.npy"), "-o", file("good.zkp"))
        .succeeded();
    byte[] proof = Files.readAllBytes(folder.resolve("good.zkp"));
    Files.write(folder.resolve("truncated.zkp"), Arrays.copyOf(proof, proof.length / 2));
    Files.writeString(folder.resolve("text.zkp"), "no proof\n");
  }

  private static void write(String name, TensorData tensor) throws IOException {
    Files.write(folder.resolve(name), NpyWriter.encode(tensor));
  }

  static Stream<Case> cases() {
    String unsupported = SampleArchive.file("unsupported_operator.pt").toString();
    String good = SampleArchive.named("softmax_head").path().toString();
    String scripted = SampleArchive.named("lenet5_scripted").path().toString();
    String out = file("out.zkc");
    return Stream.of(
        compile("missing archive", file("missing.pt"), "missing.pt"),
        compile("empty archive", file("empty.pt"), "empty.pt"),
        compile("text instead of an archive", file("text.pt"), "text.pt"),
        compile("folder instead of an archive", file("folder.pt"), "folder.pt"),
        compile("truncated zip", file("truncated.pt"), "truncated.pt"),
        compile("damaged weights", file("damaged.pt"), "damaged.pt"),
        compile(
            "eager checkpoint",
            SampleArchive.file("foreign_checkpoint.pt").toString(),
            "torch.save",
            "export"),
        compile(
            "pickle with unknown globals",
            SampleArchive.file("foreign_hostile_pickle.pt").toString(),
            "system"),
        compile("torch.export archive", file("model.pt2"), "pt2"),
        compile("StableHLO text without a model", file("model.mlir"), "model.mlir", "@main"),
        bad(
            "weights beside an archive",
            2,
            List.of("compile", good, "-o", out, "--weights", file("x.npy")),
            "--weights is for StableHLO text"),
        compile("unsupported operator", unsupported, "histc", "model.py:"),
        compile("scripted archive without shapes", scripted, "--input-shape"),
        bad(
            "wrong input shape",
            2,
            List.of("compile", good, "-o", out, "--input-shape", "1x23"),
            "23"),
        bad(
            "input shape that is none",
            2,
            List.of("compile", good, "-o", out, "--input-shape", "1xx24"),
            "1xx24"),
        bad(
            "input shape as Python prints it",
            2,
            List.of("compile", good, "-o", out, "--input-shape", "(1, 24)"),
            "as 1x24"),
        bad(
            "input shape of integers",
            2,
            List.of("compile", good, "-o", out, "--input-shape", "1x24:i64"),
            "it computes on integers; convert them with .float() first"),
        bad("benchmarks outside of a checkout", 2, List.of("bench", "mlp"), "./zkc bench"),
        bad(
            "missing calibration",
            2,
            List.of("compile", good, "-o", out, "--calibration", file("no.npy")),
            "no.npy"),
        bad(
            "calibration of a wrong shape",
            2,
            List.of("compile", good, "-o", out, "--calibration", file("wrong_shape.npy")),
            "1x23",
            "1x24"),
        bad(
            "calibration with NaN",
            2,
            List.of("compile", good, "-o", out, "--calibration", file("nan.npy")),
            "nan"),
        bad(
            "unreachable fidelity",
            2,
            List.of("compile", good, "-o", out, "--min-fidelity", "0.9999999"),
            "0.9999999"),
        bad(
            "unknown pass",
            2,
            List.of("compile", good, "-o", out, "--disable", "no-such-pass"),
            "no-such-pass"),
        bad("bits out of range", 2, List.of("compile", good, "-o", out, "--bits", "40"), "40"),
        bad(
            "output into a missing folder",
            2,
            List.of("compile", good, "-o", file("no/such/m.zkc")),
            "no/such"),
        bad("no command", 2, List.of(), "compile", "prove", "verify"),
        bad("unknown command", 2, List.of("prvoe"), "no command prvoe"),
        bad(
            "fidelity above 1",
            2,
            List.of("compile", good, "-o", out, "--min-fidelity", "2"),
            "from 0 to 1"),
        bad(
            "fidelity that is no number",
            2,
            List.of("compile", good, "-o", out, "--min-fidelity", "NaN"),
            "from 0 to 1"),
        bad(
            "unknown form of convolutions",
            2,
            List.of("compile", good, "-o", out, "--conv", "winograd"),
            "winograd",
            "fft"),
        bad("an array to inspect", 2, List.of("inspect", file("x.npy")), "x.npy", "none of"),
        bad(
            "page into a missing folder",
            2,
            List.of("inspect", file("good.zkc"), "--html", file("no/such.html")),
            "no/such"),
        bad(
            "page over a folder",
            2,
            List.of("inspect", file("good.zkc"), "--html", file("folder.pt")),
            "folder"),
        bad(
            "page and JSON",
            2,
            List.of("inspect", file("good.zkc"), "--html", file("a.html"), "--json"),
            "--json"),
        bad(
            "key of what is no proof",
            2,
            List.of("inspect", file("good.zkc"), "--key", file("good.vk")),
            "--key",
            "proof"),
        bad(
            "page of a truncated proof",
            1,
            List.of("inspect", file("truncated.zkp"), "--html", file("a.html")),
            "proof"),
        bad(
            "page of a truncated model",
            2,
            List.of("inspect", file("truncated.zkc"), "--html", file("a.html")),
            "truncated.zkc"),
        bad("image that is not bundled", 2, List.of("demo", "--image", "100000"), "100000"),
        bad("unknown flag", 2, List.of("compile", good, "--no-such-flag"), "--no-such-flag"),
        prove("missing input", "no.npy", "no.npy"),
        prove("input of a wrong shape", "wrong_shape.npy", "1x23", "1x24"),
        prove("input with NaN", "nan.npy", "nan"),
        prove("truncated input", "truncated.npy", "truncated.npy"),
        prove("text instead of an input", "text.npy", "text.npy"),
        bad("no input", 2, List.of("prove", file("good.zkc"), "-o", file("out.zkp")), "--input"),
        bad(
            "too many inputs",
            2,
            List.of(
                "prove",
                file("good.zkc"),
                "--input",
                file("x.npy"),
                "--input",
                file("x.npy"),
                "-o",
                file("out.zkp")),
            "input"),
        bad(
            "privacy",
            2,
            List.of(
                "prove",
                file("good.zkc"),
                "--input",
                file("x.npy"),
                "-o",
                file("out.zkp"),
                "--private",
                "input"),
            "private"),
        bad("missing model", 2, List.of("run", file("no.zkc"), "--input", file("x.npy")), "no.zkc"),
        bad(
            "truncated model",
            2,
            List.of("run", file("truncated.zkc"), "--input", file("x.npy")),
            "truncated.zkc"),
        bad(
            "archive instead of a model",
            2,
            List.of("run", good, "--input", file("x.npy")),
            "softmax_head.pt"),
        bad(
            "key instead of a model",
            2,
            List.of("run", file("good.vk"), "--input", file("x.npy")),
            "good.vk"),
        bad(
            "missing proof",
            2,
            List.of("verify", file("no.zkp"), "--key", file("good.vk")),
            "no.zkp"),
        bad("missing key", 2, List.of("verify", file("good.zkp"), "--key", file("no.vk")), "no.vk"),
        bad(
            "text instead of a proof",
            1,
            List.of("verify", file("text.zkp"), "--key", file("good.vk")),
            "proof"),
        bad(
            "truncated proof",
            1,
            List.of("verify", file("truncated.zkp"), "--key", file("good.vk")),
            "proof"),
        bad(
            "proof instead of a key",
            1,
            List.of("verify", file("good.zkp"), "--key", file("good.zkp")),
            "key"),
        bad(
            "another model expected",
            1,
            List.of(
                "verify",
                file("good.zkp"),
                "--key",
                file("good.vk"),
                "--expect-model",
                "0".repeat(64)),
            "model"));
  }

  private static Case compile(String what, String archive, String... says) {
    return bad(what, 2, List.of("compile", archive, "-o", file("out.zkc")), says);
  }

  private static Case prove(String what, String input, String... says) {
    List<String> command =
        List.of(
            "prove",
            file("good.zkc"),
            "--input",
            file(input),
            "-o",
            file("out.zkp"),
            "--output",
            file("y.npy"));
    return bad(what, 2, command, says);
  }

  private static Case bad(String what, int exitCode, List<String> command, String... says) {
    return new Case(what, exitCode, command, List.of(says));
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefusedInOneSentence(Case bad) throws IOException {
    Set<String> before = files();
    Cli.Result result = Cli.run(bad.command().toArray());
    result.exited(bad.exitCode());
    String text = result.err().toLowerCase(Locale.ROOT);
    for (String word : bad.says()) {
      assertTrue(
          text.contains(word.toLowerCase(Locale.ROOT)),
          () -> "'" + word + "' is not in: " + result);
    }
    assertFalse(text.contains("exception") || text.contains("\tat "), result::toString);
    boolean usage = bad.says().contains("compile") && bad.command().isEmpty();
    long lines = result.err().lines().filter(line -> !line.isBlank()).count();
    assertTrue(
        usage || lines >= 1 && lines <= MOST_LINES, () -> lines + " lines on stderr: " + result);
    assertEquals(before, files(), () -> "files were left by " + result);
  }

  private static Set<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(Path::toString).collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
