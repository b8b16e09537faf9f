package org.zkc.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.bench.TinyModel;
import org.zkc.runtime.numpy.NpyWriter;
import org.zkc.runtime.serve.RpcException;
import org.zkc.runtime.serve.Server;

/**
 * The commands as methods: the same files and reports as the command line's, and errors for
 * programs.
 */
final class ServedCommandsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path folder;
  private final ServedCommands commands = new ServedCommands();

  @BeforeEach
  void write() throws IOException {
    TinyModel.write(folder.resolve("tiny.zkc"));
    float[] x = new float[72];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.sin(i);
    }
    Files.write(
        folder.resolve("x.npy"), NpyWriter.encode(TensorData.ofFloats(Shape.of(1, 2, 6, 6), x)));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private Map<String, Object> call(String method, Map<String, Object> params) throws RpcException {
    ObjectNode json = MAPPER.valueToTree(params);
    return commands.call(method, json, (stage, fraction) -> {});
  }

  private Map<String, Object> prove(String proof) throws RpcException {
    return call(
        "prove",
        Map.of("model", file("tiny.zkc"), "input", List.of(file("x.npy")), "out", file(proof)));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> report(Map<String, Object> result) {
    return (Map<String, Object>) result.get("report");
  }

  @Test
  void proofsAreThoseOfTheCommandLineAndVerify() throws IOException, RpcException {
    Map<String, Object> first = report(prove("first.zkp"));
    assertEquals(
        Files.size(folder.resolve("first.zkp")), ((Number) first.get("proofBytes")).longValue());
    prove("second.zkp");
    Ended cold =
        Ended.zkc("prove", file("tiny.zkc"), "--input", file("x.npy"), "-o", file("cold.zkp"));
    assertEquals(0, cold.code(), cold.err());
    assertEquals(-1, Files.mismatch(folder.resolve("first.zkp"), folder.resolve("cold.zkp")));
    assertEquals(-1, Files.mismatch(folder.resolve("second.zkp"), folder.resolve("cold.zkp")));
    for (int k = 0; k < 2; k++) {
      Map<String, Object> verified =
          call("verify", Map.of("proof", file("second.zkp"), "key", file("tiny.vk")));
      assertEquals(true, report(verified).get("valid"));
      assertEquals(first.get("model"), report(verified).get("model"));
      assertTrue(String.valueOf(verified.get("text")).startsWith("VALID"));
    }
    assertEquals("model", report(call("inspect", Map.of("file", file("tiny.zkc")))).get("kind"));
  }

  @Test
  void aModelThatWasReplacedIsOpenedAgain() throws IOException, RpcException {
    Object before = report(prove("a.zkp")).get("model");
    TinyModel.compile(4).write(folder.resolve("tiny.zkc"), 1);
    Object after = report(prove("b.zkp")).get("model");
    assertFalse(before.equals(after));
    assertEquals(
        after,
        report(call("verify", Map.of("proof", file("b.zkp"), "key", file("tiny.vk"))))
            .get("model"));
  }

  @Test
  void moreModelsThanAreKeptCanBeUsed() throws IOException, RpcException {
    for (int seed = 10; seed < 17; seed++) {
      TinyModel.compile(seed).write(folder.resolve("m" + seed + ".zkc"), 1);
    }
    for (int round = 0; round < 2; round++) {
      for (int seed = 10; seed < 17; seed++) {
        Map<String, Object> proved =
            call(
                "prove",
                Map.of(
                    "model",
                    file("m" + seed + ".zkc"),
                    "input",
                    file("x.npy"),
                    "out",
                    file("m.zkp")));
        assertEquals(0, proved.get("exitCode"));
        call("verify", Map.of("proof", file("m.zkp"), "key", file("m" + seed + ".vk")));
      }
    }
  }

  @Test
  void failuresCarryTheExitCodeAndTheSentence() throws IOException, RpcException {
    prove("p.zkp");
    byte[] bytes = Files.readAllBytes(folder.resolve("p.zkp"));
    bytes[bytes.length / 2] ^= 1;
    Files.write(folder.resolve("p.zkp"), bytes);
    String answers =
        serve(
            request(1, "verify", Map.of("proof", file("p.zkp"), "key", file("tiny.vk"))),
            request(2, "prove", Map.of("model", file("none.zkc"), "input", file("x.npy"))),
            request(3, "prove", Map.of("model", file("tiny.zkc"))),
            request(4, "prove", Map.of("model", file("tiny.zkc"), "inputs", file("x.npy"))),
            request(5, "compile", Map.of("model", file("x.npy"), "explain", "yes")),
            request(6, "run", Map.of("model", List.of("a", "b"), "input", "x")),
            request(
                7,
                "run",
                Map.of("model", file("tiny.zkc"), "input", file("x.npy"), "debug", true)));
    List<String> lines = answers.lines().toList();
    assertEquals(-32011, MAPPER.readTree(lines.get(0)).at("/error/code").asInt(), answers);
    assertEquals(1, MAPPER.readTree(lines.get(0)).at("/error/data/exitCode").asInt());
    assertEquals("invalid", MAPPER.readTree(lines.get(0)).at("/error/data/kind").asText());
    assertEquals(-32012, MAPPER.readTree(lines.get(1)).at("/error/code").asInt());
    assertTrue(MAPPER.readTree(lines.get(1)).at("/error/message").asText().contains("none.zkc"));
    for (String line : lines.subList(2, 7)) {
      assertEquals(-32602, MAPPER.readTree(line).at("/error/code").asInt(), line);
    }
    assertTrue(lines.get(3).contains("inputs"), lines.get(3));
  }

  private static String request(int id, String method, Map<String, Object> params)
      throws IOException {
    return MAPPER.writeValueAsString(
            Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", params))
        + "\n";
  }

  /** Serves each request in a session of its own, so that the end of the input cancels none. */
  private static String serve(String... requests) throws IOException {
    StringBuilder answers = new StringBuilder();
    for (String request : requests) {
      PipedOutputStream in = new PipedOutputStream();
      PipedInputStream read = new PipedInputStream(in, 1 << 16);
      ByteArrayOutputStream out =
          new ByteArrayOutputStream() {
            @Override
            public synchronized void flush() throws IOException {
              if (toString(StandardCharsets.UTF_8).contains("\"id\":")
                  && toString(StandardCharsets.UTF_8).contains("\"error\":")) {
                in.close();
              }
            }
          };
      in.write(request.getBytes(StandardCharsets.UTF_8));
      new Server(read, out, new ServedCommands()).serve();
      out.toString(StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.contains("\"method\":\"progress\""))
          .forEach(line -> answers.append(line).append('\n'));
    }
    return answers.toString();
  }

  @Test
  void cancelledWorkLeavesNoFileAndTheNextRequestRuns() throws RpcException, IOException {
    ObjectNode params =
        MAPPER.valueToTree(
            Map.of("model", file("tiny.zkc"), "input", file("x.npy"), "out", file("c.zkp")));
    for (String stage : List.of("opening the model", "running the model", "lookups")) {
      RpcException cancelled =
          assertThrows(
              RpcException.class,
              () ->
                  commands.call(
                      "prove",
                      params,
                      (reached, fraction) -> {
                        if (reached.equals(stage)) {
                          throw new CancellationException("cancelled");
                        }
                      }));
      assertEquals("cancelled", cancelled.getMessage(), stage);
      assertFalse(Files.exists(folder.resolve("c.zkp")));
    }
    assertEquals(0, prove("c.zkp").get("exitCode"));
  }

  @Test
  void anInterruptedThreadGivesUpItsWork() throws RpcException {
    Thread.currentThread().interrupt();
    assertThrows(RpcException.class, () -> prove("i.zkp"));
    assertTrue(Thread.interrupted());
    assertFalse(Files.exists(folder.resolve("i.zkp")));
    assertEquals(0, prove("i.zkp").get("exitCode"));
  }

  @Test
  void textsThatAreNoNamesOfFilesAreRefusedInWords() {
    RpcException refused =
        assertThrows(RpcException.class, () -> call("check", Map.of("model", "a\0b.pt2")));
    assertTrue(
        refused
            .getMessage()
            .endsWith(": 'a\\0b.pt2' has a character of code 0, which no file's name has"),
        refused.getMessage());
  }
}
