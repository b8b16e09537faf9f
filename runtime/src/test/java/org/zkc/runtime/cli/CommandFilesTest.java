package org.zkc.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.zkc.runtime.cli.Ended.zkc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.bench.TinyModel;
import org.zkc.runtime.numpy.NpyWriter;

/** Commands refuse to overwrite what they read, and leave nothing half-written on a full disk. */
final class CommandFilesTest {
  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    TinyModel.write(folder.resolve("tiny.zkc"));
    writeInput("x.npy", Shape.of(1, 2, 6, 6));
    Files.createLink(folder.resolve("hard.npy"), folder.resolve("x.npy"));
    Files.createSymbolicLink(folder.resolve("soft.npy"), folder.resolve("x.npy"));
    Files.createSymbolicLink(folder.resolve("soft.zkc"), folder.resolve("tiny.zkc"));
    Files.createSymbolicLink(folder.resolve("there"), folder);
    Files.writeString(folder.resolve("model.pt"), "no archive: nothing reads it");
    Files.writeString(folder.resolve("a.zkir"), "no program: nothing reads it");
  }

  private static void writeInput(String name, Shape shape) throws IOException {
    float[] x = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
    }
    Files.write(folder.resolve(name), NpyWriter.encode(TensorData.ofFloats(shape, x)));
  }

  /** In these command lines {@code @} stands for the folder. */
  private static String[] words(String command) {
    return command.replace("@", folder + "/").split(" ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "compile @model.pt -o @model.pt",
        "compile @model.pt -o @there/model.pt",
        "compile @model.pt --calibration @x.npy -o @x.npy",
        "compile --evaluate @x.npy @model.pt -o @x.npy",
        "compile --evaluate @x.npy --labels @soft.npy @model.pt -o @soft.npy",
        "compile --reference @x.npy @model.pt -o @x.npy",
        "compile @model.pt --emit torch -o @model.pt",
        "compile @tiny.vk -o @tiny.zkc",
        "prove @tiny.zkc --input @x.npy -o @tiny.zkc",
        "prove @soft.zkc --input @x.npy -o @tiny.zkc",
        "prove @tiny.zkc --input @x.npy -o @tiny.zkc.code",
        "prove @tiny.zkc --input @x.npy -o @tiny.vk",
        "prove @tiny.zkc --input x=@x.npy -o @hard.npy",
        "prove @tiny.zkc --input @x.npy -o @g --output @g",
        "prove @tiny.zkc --input @x.npy -o @g --output @there/g",
        "prove @tiny.zkc --input @x.npy -o @g --output @soft.npy",
        "run @tiny.zkc --input @x.npy --output @x.npy",
        "run @tiny.zkc --input @soft.npy --output @x.npy",
        "run @tiny.zkc --input @hard.npy --output @x.npy",
        "run @tiny.zkc --input @x.npy --output @g --output @g",
        "run @tiny.zkc --input @x.npy --reference @model.pt --output @model.pt",
        "inspect @tiny.vk --html @tiny.vk",
        "opt @a.zkir --passes eliminate-dead-code -o @a.zkir"
      })
  void oneFileForTwoArgumentsIsRefusedBeforeWork(String command) throws IOException {
    List<Path> before = files();
    List<byte[]> contents = contents(before);
    Ended ended = zkc(words(command));
    assertEquals(2, ended.code(), ended.err());
    assertTrue(ended.err().contains("are one file"), ended.err());
    assertEquals(before, files());
    List<byte[]> after = contents(before);
    for (int i = 0; i < before.size(); i++) {
      assertArrayEquals(contents.get(i), after.get(i), before.get(i).toString());
    }
  }

  /** A folder in the place of the model, its key or its codeword: said before any work. */
  @ParameterizedTest
  @ValueSource(strings = {"new.zkc", "new.vk", "new.zkc.code"})
  void aFolderInThePlaceOfAFileIsNamed(String name) throws IOException {
    Path place = Files.createDirectory(folder.resolve(name));
    try {
      Ended ended = zkc(words("compile @model.pt -o @new.zkc"));
      assertEquals(2, ended.code(), ended.err());
      assertEquals(
          "error: cannot write %s: it is a folder; remove it, or name another file\n"
              .formatted(place),
          ended.err());
    } finally {
      Files.delete(place);
    }
  }

  @Test
  void oneInputMayBeGivenTwiceAndFilesOfOneNameMayDiffer() {
    new DistinctFiles()
        .reads("--input", folder.resolve("x.npy"))
        .reads("--input", folder.resolve("hard.npy"))
        .writes("--output", folder.resolve("new.npy"))
        .writes("--output", folder.resolve("other.npy"));
  }

  /** Not even an empty file can be written to within this limit, as on a disk that is full. */
  private static Ended onAFullDisk(String command) throws IOException, InterruptedException {
    Path printed = Files.createTempDirectory("zkc-full");
    try {
      // The process prints through a pipe, which no limit holds.
      return Ended.process(
          List.of("sh", "-c", "ulimit -f 0; exec \"$@\"", "sh"),
          List.of("-XX:-UsePerfData"),
          printed,
          List.of(words(command)));
    } finally {
      try (Stream<Path> files = Files.walk(printed)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prove @tiny.zkc --input @x.npy -o @full.zkp",
        "run @tiny.zkc --input @x.npy --output @full.npy"
      })
  void aFullDiskIsNamedAndLeavesNothing(String command) throws IOException, InterruptedException {
    List<Path> before = files();
    Ended ended = onAFullDisk(command);
    assertEquals(3, ended.code(), ended.err());
    assertTrue(
        ended.err().contains("full.") && ended.err().contains("file too large; free some space"),
        ended.err());
    assertEquals(before, files());
  }

  @Test
  void aFullDiskWithoutCodewordNamesEveryPlace() throws IOException, InterruptedException {
    Path kept = folder.resolve("kept");
    Files.move(folder.resolve("tiny.zkc.code"), kept);
    List<Path> before = files();
    try {
      Ended ended = onAFullDisk("prove @tiny.zkc --input @x.npy -o @full.zkp");
      assertEquals(3, ended.code(), ended.err());
      assertTrue(ended.err().contains("codeword can be made nowhere"), ended.err());
      assertTrue(ended.err().contains("file too large; free some space"), ended.err());
      assertEquals(before, files());
    } finally {
      Files.move(kept, folder.resolve("tiny.zkc.code"));
    }
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static List<byte[]> contents(List<Path> files) throws IOException {
    List<byte[]> out = new ArrayList<>();
    for (Path file : files) {
      out.add(Files.isDirectory(file) ? new byte[0] : Files.readAllBytes(file));
    }
    return out;
  }
}
