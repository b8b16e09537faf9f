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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.TensorData;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.runtime.numpy.NpyWriter;
import org.zkc.runtime.numpy.SampleFiles;

/** Several samples in one proof, on the command line. */
final class SeveralSamplesTest {
  @TempDir Path folder;

  private Path file(String name) {
    return folder.resolve(name);
  }

  private Path compile(SampleArchive archive) {
    Path model = file("model.zkc");
    List<Object> words = new ArrayList<>(List.of("compile", archive.path(), "-o", model));
    archive.inputShapes().forEach(shape -> words.addAll(List.of("--input-shape", shape)));
    Cli.run(words.toArray()).succeeded();
    return model;
  }

  @Test
  void samplesOfAModelWithOneInput() throws IOException {
    SampleArchive archive = SampleArchive.named("lenet5");
    Path model = compile(archive);
    Path key = file("model.vk");
    List<Path> inputs = new ArrayList<>();
    List<TensorData> outputs = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      TensorData x = archive.inputs().getFirst().getFirst();
      float[] elements = new float[Math.toIntExact(x.elementCount())];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = (float) x.getDouble((i + 17 * k) % elements.length);
      }
      inputs.add(file("x" + k + ".npy"));
      Files.write(inputs.getLast(), NpyWriter.encode(TensorData.ofFloats(x.shape(), elements)));
      Path y = file("y" + k + ".npy");
      Cli.run("run", model, "--input", inputs.getLast(), "--output", y).succeeded();
      outputs.add(NpyReader.read(y));
    }
    Path proof = file("batch.zkp");
    Path together = file("y.npy");
    Cli.run(
            "prove",
            model,
            "--batch",
            "--input",
            inputs.get(0),
            "--input",
            inputs.get(1),
            "--input",
            inputs.get(2),
            "-o",
            proof,
            "--output",
            together,
            "--progress",
            "none")
        .succeeded();
    TensorData stacked = SampleFiles.stack(outputs);
    assertArrayEquals(NpyWriter.encode(stacked), Files.readAllBytes(together));

    Path all = file("x.npy");
    Files.write(
        all, NpyWriter.encode(SampleFiles.stack(inputs.stream().map(NpyReader::read).toList())));
    Cli.Result verified =
        Cli.run("verify", proof, "--key", key, "--input", all, "--output", together).succeeded();
    assertTrue(verified.out().contains("on each of these 3 inputs"), verified::toString);
    JsonNode report =
        new ObjectMapper().readTree(Cli.run("verify", proof, "--key", key, "--json").out());
    assertEquals(3, report.get("samples").size());

    Cli.run("verify", proof, "--key", key, "--input", inputs.get(0)).exited(Cli.REJECTED);
    Cli.Result exchanged =
        Cli.run(
                "verify",
                proof,
                "--key",
                key,
                "--input",
                inputs.get(1),
                "--input",
                inputs.get(0),
                "--input",
                inputs.get(2))
            .exited(Cli.REJECTED);
    assertTrue(exchanged.err().contains("of sample 1"), exchanged::toString);
    byte[] bytes = Files.readAllBytes(together);
    bytes[bytes.length - 3] ^= 1;
    Files.write(together, bytes);
    Cli.Result other =
        Cli.run("verify", proof, "--key", key, "--output", together).exited(Cli.REJECTED);
    assertTrue(other.err().contains("of sample 3"), other::toString);

    Cli.Result shown = Cli.run("inspect", proof, "--key", key).succeeded();
    assertTrue(shown.out().contains("sample       3"), shown::toString);
    Cli.run("inspect", proof, "--key", key, "--html", file("page.html")).succeeded();
  }

  @Test
  void inputsOfUnlikeNumbersOfSamples() throws IOException {
    SampleArchive archive =
        SampleArchive.all().stream().filter(a -> a.inputShapes().size() == 2).findFirst().get();
    Path model = compile(archive);
    List<TensorData> one = archive.inputs().getFirst();
    Files.write(
        file("a.npy"), NpyWriter.encode(SampleFiles.stack(List.of(one.get(0), one.get(0)))));
    Files.write(file("b.npy"), NpyWriter.encode(one.get(1)));
    Cli.Result refused =
        Cli.run(
                "prove",
                model,
                "--batch",
                "--input",
                file("a.npy"),
                "--input",
                file("b.npy"),
                "-o",
                file("p.zkp"))
            .exited(Cli.BAD_INPUT);
    assertTrue(refused.err().contains("give as many for each"), refused::toString);
    Files.write(
        file("b.npy"), NpyWriter.encode(SampleFiles.stack(List.of(one.get(1), one.get(1)))));
    Cli.run(
            "prove",
            model,
            "--batch",
            "--input",
            file("a.npy"),
            "--input",
            file("b.npy"),
            "-o",
            file("p.zkp"))
        .succeeded();
    Cli.run("verify", file("p.zkp"), "--key", file("model.vk")).succeeded();
  }
}
