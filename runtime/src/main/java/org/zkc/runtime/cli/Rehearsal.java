package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Runs commands on a small model, one after another in one process, for the JVM to see what they
 * load and run: the launcher makes its caches (JEP 514, 515) from that. {@code prove} does all that
 * a prover does and leaves the demo's files in a folder; {@code verify} does, on these, what needs
 * no vector module.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /**
   * Rehearses.
   *
   * @param arguments {@code prove} or {@code verify}, and a folder
   */
  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    Path folder = Path.of(arguments[1]);
    String model = folder.resolve("digits.zkc").toString();
    String key = folder.resolve("digits.vk").toString();
    String proof = folder.resolve("digit.zkp").toString();
    String digit = folder.resolve("digit.npy").toString();
    String scores = folder.resolve("scores.npy").toString();
    List<List<String>> lines =
        switch (arguments[0]) {
          case "prove" ->
              List.of(
                  List.of("demo", "--keep", folder.toString()),
                  List.of("run", model, "--input", digit, "--output", scores),
                  List.of("prove", model, "--input", digit, "-o", proof, "--output", scores),
                  List.of("check", folder.resolve("digits_cnn.pt").toString()));
          case "verify" ->
              List.of(
                  List.of("verify", proof, "--key", key),
                  List.of("verify", proof, "--key", key, "--input", digit, "--output", scores),
                  List.of("verify", proof, "--key", key, "--json"),
                  List.of("inspect", key),
                  List.of("inspect", proof, "--key", key),
                  List.of("security", key),
                  List.of("ops"),
                  List.of("--help"));
          default -> throw new IllegalArgumentException(arguments[0]);
        };
    // Written as a person sees it, so that printing is rehearsed too.
    PrintWriter out = new PrintWriter(System.out, true);
    for (List<String> line : lines) {
      int code = Main.run(out, out, line.toArray(String[]::new));
      if (code != ExitCode.OK) {
        System.exit(code);
      }
    }
    Main.execute(new String[] {"--version"}, System.out, System.out);
  }
}
