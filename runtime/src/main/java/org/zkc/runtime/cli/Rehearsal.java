package org.zkc.runtime.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.zkc.runtime.serve.RpcException;

/**
 * Runs commands on a small model, one after another in one process, so that the JVM records what
 * they load and run. The launcher makes its caches (JEP 514, 515) from that record. {@code prove}
 * runs everything that a prover does, as a command and as a service, and leaves the demo's files in
 * a folder; {@code verify} runs, on these files, the commands that need no vector module, a short
 * proof among them.
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
                  List.of("run", model, "--input", digit, "--output", scores),
                  List.of("prove", model, "--input", digit, "-o", proof, "--output", scores),
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
    if (arguments[0].equals("prove")) {
      serve(folder);
    }
  }

  /** The same commands as requests of another program. */
  private static void serve(Path folder) {
    ServedCommands commands = new ServedCommands();
    String model = folder.resolve("served.zkc").toString();
    String proof = folder.resolve("served.zkp").toString();
    String digit = folder.resolve("digit.npy").toString();
    String scores = folder.resolve("served.npz").toString();
    serve(commands, "compile", "model", folder.resolve("digits_cnn.pt").toString(), "out", model);
    serve(commands, "inspect", "file", model);
    serve(commands, "run", "model", model, "input", digit, "output", scores);
    serve(commands, "prove", "model", model, "input", digit, "out", proof, "output", scores);
    String key = folder.resolve("served.vk").toString();
    serve(commands, "verify", "proof", proof, "key", key, "input", digit, "output", scores);
  }

  private static void serve(ServedCommands commands, String method, String... params) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode request = mapper.createObjectNode();
    for (int i = 0; i < params.length; i += 2) {
      request.put(params[i], params[i + 1]);
    }
    try {
      Map<String, Object> answer = commands.call(method, request, (stage, fraction) -> {});
      System.out.println(mapper.writeValueAsString(answer));
    } catch (RpcException | JsonProcessingException e) {
      System.err.println(e.getMessage());
      System.exit(ExitCode.INTERNAL);
    }
  }
}
