package org.zkc.runtime.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.numpy.NpyReader;
import org.zkc.runtime.numpy.NpyWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code zkc demo}: a network trained on handwritten digits (scikit-learn's, 8 x 8 pixels) goes
 * through compile, prove and verify by the same commands that a person would type; then two
 * forgeries are tried.
 */
@Command(
    name = "demo",
    description = "Compile a bundled network, prove one inference, verify it, and try to cheat.",
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {
  private static final String SHADES = " .:-=+*#%@";
  private static final int SIDE = 8;
  private static final int LARGEST_PIXEL = 16;

  @Option(
      names = "--image",
      paramLabel = "N",
      description = "Which of the bundled test images; default: 5.")
  private int image = 5;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Work in this folder and leave the files there.")
  private Path keep;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path folder =
        keep != null ? Files.createDirectories(keep) : Files.createTempDirectory("zkc-demo");
    try {
      return new Demonstration(spec.commandLine().getOut(), folder, image).run();
    } finally {
      if (keep == null) {
        delete(folder);
      }
    }
  }

  /** One course of the demonstration, in a folder of its own. */
  private record Demonstration(PrintWriter out, Path folder, int image) {
    int run() throws IOException {
      long start = System.nanoTime();
      copy("digits_cnn.pt");
      TensorData images = read("images.npy");
      int count = images.shape().extent(0);
      if (image < 0 || image >= count) {
        throw new UserException("--image must be from 0 to %d, got %d".formatted(count - 1, image));
      }
      long label = read("labels.npy").getLong(image);
      float[] pixels = pixels(images);
      Files.write(
          folder.resolve("digit.npy"),
          NpyWriter.encode(TensorData.ofFloats(Shape.of(1, 1, SIDE, SIDE), pixels)));

      out.println(
          "A convolutional network, trained in PyTorch on handwritten digits, is to be shown this image of a %d:"
              .formatted(label));
      out.println();
      draw(pixels);
      out.println();
      out.println(
          "1. The owner of the network compiles the archive. The verifier key is small and can be"
              + " published; the weights cannot be read off it.");
      step(ExitCode.OK, "compile", "digits_cnn.pt", "-o", "digits.zkc");
      out.println("2. The owner runs the network on the image and proves the result.");
      step(
          ExitCode.OK,
          "prove",
          "digits.zkc",
          "--input",
          "digit.npy",
          "-o",
          "digit.zkp",
          "--output",
          "scores.npy");
      TensorData scores = NpyReader.read(folder.resolve("scores.npy"));
      out.println("   The network says %d; the image shows a %d.".formatted(argmax(scores), label));
      out.println();
      out.println(
          "3. Anyone with the key checks the proof, without network, PyTorch or running anything.");
      step(
          ExitCode.OK,
          "verify",
          "digit.zkp",
          "--key",
          "digits.vk",
          "--input",
          "digit.npy",
          "--output",
          "scores.npy");
      out.println("4. A cheat claims another score for the digit 7.");
      float[] forged = scores.toFloats();
      forged[7] += 1;
      Files.write(
          folder.resolve("forged.npy"),
          NpyWriter.encode(TensorData.ofFloats(scores.shape(), forged)));
      step(ExitCode.INVALID, "verify", "digit.zkp", "--key", "digits.vk", "--output", "forged.npy");
      out.println("5. A cheat changes one bit of the proof.");
      byte[] proof = Files.readAllBytes(folder.resolve("digit.zkp"));
      proof[proof.length / 2] ^= 1;
      Files.write(folder.resolve("forged.zkp"), proof);
      step(ExitCode.INVALID, "verify", "forged.zkp", "--key", "digits.vk");

      out.println(
          "What was proved: the integer form of this network (its weights fixed by the key), given"
              + " exactly this image, yields exactly these ten scores.");
      out.println(
          "What was not: that the network is right about the image, or that input and weights stay"
              + " secret.");
      out.println(
          "Sizes: proof %s, key %s. All of it took %s."
              .formatted(
                  Figures.bytes(Files.size(folder.resolve("digit.zkp"))),
                  Figures.bytes(Files.size(folder.resolve("digits.vk"))),
                  Figures.time(Figures.secondsSince(start))));
      return ExitCode.OK;
    }

    /** Runs a command line on files of the folder and shows both. */
    private void step(int expected, String... arguments) {
      List<String> shown = new ArrayList<>();
      List<String> resolved = new ArrayList<>();
      for (String argument : arguments) {
        boolean isFile = argument.matches(".+\\.(pt|zkc|vk|zkp|npy)");
        shown.add(argument);
        resolved.add(isFile ? folder.resolve(argument).toString() : argument);
      }
      out.println("   $ zkc " + String.join(" ", shown));
      StringWriter text = new StringWriter();
      PrintWriter captured = new PrintWriter(text);
      int code = Main.run(captured, captured, resolved.toArray(String[]::new));
      captured.flush();
      text.toString()
          .replace(folder + File.separator, "")
          .lines()
          .forEach(line -> out.println("   | " + line));
      out.println();
      out.flush();
      if (code != expected) {
        throw new IllegalStateException(
            "the demo's 'zkc %s' ended with exit code %d".formatted(arguments[0], code));
      }
    }

    private float[] pixels(TensorData images) {
      float[] pixels = new float[SIDE * SIDE];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = images.getLong((long) image * SIDE * SIDE + i) / (float) LARGEST_PIXEL;
      }
      return pixels;
    }

    private void draw(float[] pixels) {
      for (int y = 0; y < SIDE; y++) {
        StringBuilder line = new StringBuilder("      ");
        for (int x = 0; x < SIDE; x++) {
          char shade = SHADES.charAt(Math.round(pixels[y * SIDE + x] * (SHADES.length() - 1)));
          line.append(shade).append(shade);
        }
        out.println(line);
      }
    }

    private static int argmax(TensorData scores) {
      double[] values = scores.toDoubles();
      int best = 0;
      for (int i = 1; i < values.length; i++) {
        best = values[i] > values[best] ? i : best;
      }
      return best;
    }

    private void copy(String name) throws IOException {
      try (InputStream in = resource(name)) {
        Files.write(folder.resolve(name), in.readAllBytes());
      }
    }

    private TensorData read(String name) throws IOException {
      copy(name);
      return NpyReader.read(folder.resolve(name));
    }

    private static InputStream resource(String name) {
      InputStream in = DemoCommand.class.getResourceAsStream("/org/zkc/runtime/demo/" + name);
      if (in == null) {
        throw new IllegalStateException("the jar lacks the demo's file " + name);
      }
      return in;
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
