package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Lookup;
import org.zkc.ir.TensorData;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.runtime.numpy.NpyWriter;

/** The way of a user, command by command, for every sample archive: compile, run, prove, verify. */
final class ProveEveryArchiveTest {
  /** Every verifier key stays below this, whatever the model's size. */
  private static final long LARGEST_KEY = 256 * 1024;

  @TempDir Path folder;

  static Stream<SampleArchive> archives() {
    return SampleArchive.all().stream();
  }

  @ParameterizedTest
  @MethodSource("archives")
  void whatRunsIsWhatIsProved(SampleArchive archive) throws IOException {
    Path model = compile(archive);
    List<TensorData> inputs = archive.inputs().getFirst();
    List<Object> inputFlags = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Path file = folder.resolve("x" + i + ".npy");
      Files.write(file, NpyWriter.encode(inputs.get(i)));
      inputFlags.addAll(List.of("--input", file));
    }
    int outputs = archive.outputs().getFirst().size();

    Cli.run(words("run", model, inputFlags, outputFlags("run", outputs))).succeeded();
    Path proof = folder.resolve("model.zkp");
    Cli.run(
            words(
                "prove",
                model,
                inputFlags,
                outputFlags("proved", outputs),
                "-o",
                proof,
                "--progress",
                "none"))
        .succeeded();
    for (int k = 0; k < outputs; k++) {
      assertArrayEquals(
          Files.readAllBytes(output("run", k)),
          Files.readAllBytes(output("proved", k)),
          "output " + k);
    }

    Path key = folder.resolve("model.vk");
    assertTrue(
        Files.size(key) <= LARGEST_KEY, "the verifier key has " + Files.size(key) + " bytes");
    printedCountsAreThoseOfTheKey(model, key);
    severalSamplesHaveACommonProof(key);
    Cli.run(words("verify", proof, "--key", key)).succeeded();
    Cli.run(words("verify", proof, "--key", key, inputFlags, outputFlags("proved", outputs)))
        .succeeded();

    // The last bit of one output element.
    Path claimed = folder.resolve("claimed0.npy");
    byte[] bytes = Files.readAllBytes(output("proved", 0));
    bytes[bytes.length - 4] ^= 1;
    Files.write(claimed, bytes);
    Cli.run("verify", proof, "--key", key, "--output", claimed).exited(Cli.REJECTED);
  }

  /** No relation of what is compiled lacks a batched form. */
  private static void severalSamplesHaveACommonProof(Path key) throws IOException {
    VerifierKey one = KeyFile.decode(Files.readAllBytes(key)).key();
    VerifierKey batch = one.batch(3);
    assertEquals(one.arithmetization().model(), batch.arithmetization().model());
  }

  /** Inspect tells of as many lookups as the protocol proves, in all and by relation. */
  private static void printedCountsAreThoseOfTheKey(Path model, Path key) throws IOException {
    ConstraintSystem system =
        KeyFile.decode(Files.readAllBytes(key)).key().arithmetization().system();
    long lookups = 0;
    for (Lookup lookup : system.lookups()) {
      lookups += system.tensor(lookup.tuple().getFirst()).elementCount();
    }
    ObjectMapper json = new ObjectMapper();
    JsonNode ofKey = json.readTree(Cli.run("inspect", key, "--json").succeeded().out());
    JsonNode ofModel = json.readTree(Cli.run("inspect", model, "--json").succeeded().out());
    long byRelation = 0;
    for (JsonNode relation : ofModel.get("layers")) {
      byRelation += relation.get("lookups").asLong();
    }
    assertEquals(lookups, ofKey.get("lookups").asLong());
    assertEquals(lookups, ofModel.get("lookups").asLong());
    assertEquals(lookups, byRelation);
    // A key has no bounds of outputs: those told are what its loader found.
    for (JsonNode output : ofKey.get("outputs")) {
      assertTrue(output.get("low").asLong() > 1 - Interval.BOUND, output.toString());
      assertTrue(output.get("high").asLong() < Interval.BOUND - 1, output.toString());
    }
  }

  @Test
  void severalOutputsFitInOneFile() throws IOException {
    SampleArchive archive = SampleArchive.named("two_outputs");
    Path model = compile(archive);
    Path x = folder.resolve("x.npy");
    Files.write(x, NpyWriter.encode(archive.inputs().getFirst().getFirst()));
    Path all = folder.resolve("all.npz");
    Path first = folder.resolve("first.npy");
    Cli.run("run", model, "--input", x, "--output", all).succeeded();
    Cli.Result one = Cli.run("run", model, "--input", x, "--output", first).succeeded();
    assertTrue((one.out() + one.err()).contains("first"), one::toString);
    assertEquals(archive.outputs().getFirst().getFirst().shape(), NpyReader.read(first).shape());
    assertTrue(Files.size(all) > Files.size(first));
  }

  @Test
  void aProofIsBoundToItsContext() throws IOException {
    SampleArchive archive = SampleArchive.named("softmax_head");
    Path model = compile(archive);
    Path x = folder.resolve("x.npy");
    Files.write(x, NpyWriter.encode(archive.inputs().getFirst().getFirst()));
    Path proof = folder.resolve("model.zkp");
    Path key = folder.resolve("model.vk");
    Cli.run("prove", model, "--input", x, "-o", proof, "--context", "order 17").succeeded();
    Cli.run("verify", proof, "--key", key, "--context", "order 17").succeeded();
    Cli.run("verify", proof, "--key", key, "--context", "order 18").exited(Cli.REJECTED);
    Cli.run("verify", proof, "--key", key).exited(Cli.REJECTED);
  }

  @Test
  void aProofOfOneModelIsNoneOfAnother() throws IOException {
    SampleArchive archive = SampleArchive.named("softmax_head");
    Path model = compile(archive);
    Path x = folder.resolve("x.npy");
    Files.write(x, NpyWriter.encode(archive.inputs().getFirst().getFirst()));
    Path proof = folder.resolve("model.zkp");
    Cli.run("prove", model, "--input", x, "-o", proof).succeeded();
    Cli.run(
            "compile",
            SampleArchive.named("log_softmax_head").path(),
            "-o",
            folder.resolve("other.zkc"))
        .succeeded();
    Cli.run("verify", proof, "--key", folder.resolve("other.vk")).exited(Cli.REJECTED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "linear_attention"})
  void everyMultiplicationCanBeProved(String name) throws IOException {
    SampleArchive archive = SampleArchive.named(name);
    Path model = folder.resolve("model.zkc");
    Cli.run("compile", archive.path(), "-o", model, "--disable", "rewrite-matmul-checks")
        .succeeded();
    Path x = folder.resolve("x.npy");
    Files.write(x, NpyWriter.encode(archive.inputs().getFirst().getFirst()));
    Path proof = folder.resolve("model.zkp");
    Cli.run("prove", model, "--input", x, "-o", proof, "--output", output("proved", 0)).succeeded();
    Cli.run("verify", proof, "--key", folder.resolve("model.vk"), "--output", output("proved", 0))
        .succeeded();

    // The rewriting changes the proof, not the function.
    Path rewritten = folder.resolve("rewritten.zkc");
    Cli.run("compile", archive.path(), "-o", rewritten).succeeded();
    Cli.run("run", rewritten, "--input", x, "--output", output("run", 0)).succeeded();
    assertArrayEquals(
        Files.readAllBytes(output("run", 0)), Files.readAllBytes(output("proved", 0)));
  }

  private Path compile(SampleArchive archive) {
    Path model = folder.resolve("model.zkc");
    List<Object> shapes = new ArrayList<>();
    archive.inputShapes().forEach(shape -> shapes.addAll(List.of("--input-shape", shape)));
    Cli.run(words("compile", archive.path(), "-o", model, shapes)).succeeded();
    return model;
  }

  private Path output(String command, int index) {
    return folder.resolve(command + index + ".npy");
  }

  private List<Object> outputFlags(String command, int count) {
    List<Object> flags = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      flags.addAll(List.of("--output", output(command, k)));
    }
    return flags;
  }

  /** Words and lists of words, in one array. */
  private static Object[] words(Object... parts) {
    return Stream.of(parts)
        .flatMap(part -> part instanceof List<?> list ? list.stream() : Stream.of(part))
        .toArray();
  }
}
