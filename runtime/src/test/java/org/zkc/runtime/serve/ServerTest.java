package org.zkc.runtime.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines, requests and their order, with methods that do little. */
@Timeout(900)
final class ServerTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** {@code echo} gives its parameters; {@code hang} works until it is interrupted. */
  private static final class Fake implements Methods {
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch rested = new CountDownLatch(1);

    @Override
    public void rest() {
      rested.countDown();
    }

    @Override
    public Set<String> names() {
      return Set.of("echo", "hang");
    }

    @Override
    public Map<String, Object> call(String method, ObjectNode params, Progress progress)
        throws RpcException {
      progress.report("working", 0.5);
      if (method.equals("echo")) {
        return Map.of("params", params);
      }
      hanging.countDown();
      try {
        new CountDownLatch(1).await();
        return Map.of();
      } catch (InterruptedException e) {
        throw new RpcException(-1, "interrupted");
      }
    }
  }

  /** Serves all of {@code input} and gives the answers, without the notifications. */
  private static List<JsonNode> answers(byte[] input) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Server(new ByteArrayInputStream(input), out, new Fake()).serve();
    List<JsonNode> answers = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      JsonNode json = MAPPER.readTree(line);
      assertEquals("2.0", json.path("jsonrpc").asText(), line);
      if (json.has("id")) {
        answers.add(json);
      }
    }
    return answers;
  }

  private static List<JsonNode> answers(String... lines) throws IOException {
    return answers((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static int code(JsonNode answer) {
    return answer.path("error").path("code").asInt();
  }

  @Test
  void linesThatAreNoRequestsAreRefusedOneByOne() throws IOException {
    Map<String, Integer> refused =
        Map.ofEntries(
            Map.entry("{", -32700),
            Map.entry("\0\0\0\0", -32700),
            Map.entry("{} {}", -32700),
            Map.entry("{\"id\":1,\"id\":2}", -32700),
            Map.entry("[".repeat(5000), -32700),
            Map.entry("9".repeat(5000), -32700),
            Map.entry("[]", -32600),
            Map.entry("null", -32600),
            Map.entry("{}", -32600),
            Map.entry("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"echo\"}", -32600),
            Map.entry("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"echo\"}", -32600),
            Map.entry("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"echo\"}", -32600),
            Map.entry("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"echo\"}", -32600),
            Map.entry(
                "{\"jsonrpc\":\"2.0\",\"id\":\"%s\",\"method\":\"echo\"}"
                    .formatted("x".repeat(300)),
                -32600),
            Map.entry("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", -32600),
            Map.entry("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":[1]}", -32602),
            Map.entry(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":{\"progress\":1}}",
                -32602),
            Map.entry("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eval\"}", -32601),
            Map.entry("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"cancel\"}", -32602));
    for (Map.Entry<String, Integer> entry : refused.entrySet()) {
      List<JsonNode> answers = answers(entry.getKey());
      assertEquals(1, answers.size(), entry.getKey());
      assertEquals(entry.getValue(), code(answers.getFirst()), entry.getKey());
      assertFalse(answers.getFirst().path("error").path("message").asText().isBlank());
    }
    assertEquals(List.of(), answers("", "  \t\r", "{\"jsonrpc\":\"2.0\",\"method\":\"echo\"}"));
  }

  @Test
  void randomBytesEndInErrorsOnly() throws IOException {
    Random random = new Random(5);
    byte[] bytes = new byte[1 << 16];
    random.nextBytes(bytes);
    long lines = 0;
    for (byte b : bytes) {
      lines += b == '\n' ? 1 : 0;
    }
    List<JsonNode> answers = answers(bytes);
    assertTrue(answers.size() > lines / 2, () -> "only " + answers.size());
    answers.forEach(answer -> assertTrue(code(answer) == -32700 || code(answer) == -32600));
  }

  @Test
  void aLineWithoutEndIsReadInBoundedMemory() throws IOException {
    InputStream endless =
        new InputStream() {
          private long left = 3L << 30;

          @Override
          public int read() {
            return left-- > 0 ? 'x' : -1;
          }

          @Override
          public int read(byte[] into, int from, int length) {
            if (left <= 0) {
              return -1;
            }
            int count = (int) Math.min(length, left);
            Arrays.fill(into, from, from + count, (byte) 'x');
            left -= count;
            return count;
          }
        };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Server(endless, out, new Fake()).serve();
    JsonNode answer = MAPPER.readTree(out.toByteArray());
    assertEquals(-32600, code(answer));
  }

  @Test
  void aLongLineDoesNotHideTheNext() throws IOException {
    List<JsonNode> answers =
        answers(
            "x".repeat(Server.MOST_LINE_BYTES + 1),
            "{\"jsonrpc\":\"2.0\",\"id\":\"next\",\"method\":\"eval\"}");
    assertEquals(List.of(-32600, -32601), answers.stream().map(ServerTest::code).toList());
    assertEquals("next", answers.get(1).path("id").asText());
  }

  /** A conversation with a server in this process. */
  private static final class Conversation implements AutoCloseable {
    private final Fake methods = new Fake();
    private final OutputStream in;
    private final BufferedReader out;
    private final Thread server;

    Conversation() throws IOException {
      // Pipes of the system: those of java.io fail when the thread that wrote last has ended.
      Pipe requests = Pipe.open();
      Pipe answers = Pipe.open();
      OutputStream written = Channels.newOutputStream(answers.sink());
      Server served = new Server(Channels.newInputStream(requests.source()), written, methods);
      server =
          new Thread(() -> {
            try {
              served.serve();
              written.close();
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      server.start();
      in = Channels.newOutputStream(requests.sink());
      out =
          new BufferedReader(
              new InputStreamReader(
                  Channels.newInputStream(answers.source()), StandardCharsets.UTF_8));
    }

    void send(int id, String method, String params) throws IOException {
      String line =
          "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}\n"
              .formatted(id, method, params);
      in.write(line.getBytes(StandardCharsets.UTF_8));
      in.flush();
    }

    JsonNode next() throws IOException {
      return MAPPER.readTree(out.readLine());
    }

    JsonNode answer() throws IOException {
      JsonNode message = next();
      while (!message.has("id")) {
        message = next();
      }
      return message;
    }

    @Override
    public void close() throws IOException {
      in.close();
      out.close();
    }
  }

  @Test
  void answersCarryTheIdAndProgressComesBefore() throws IOException {
    try (Conversation talk = new Conversation()) {
      talk.send(7, "echo", "{\"a\":[1,\"é\"]}");
      JsonNode progress = talk.next();
      assertEquals("progress", progress.path("method").asText());
      assertEquals(7, progress.path("params").path("id").asInt());
      assertEquals("working", progress.path("params").path("stage").asText());
      JsonNode answer = talk.next();
      assertEquals(7, answer.path("id").asInt());
      assertEquals("é", answer.path("result").path("params").path("a").path(1).asText());
    }
  }

  @Test
  void progressIsNotToldWhereItIsNotWanted() throws IOException {
    try (Conversation talk = new Conversation()) {
      talk.send(7, "echo", "{\"a\":1,\"progress\":false}");
      JsonNode answer = talk.next();
      assertEquals(7, answer.path("id").asInt());
      assertEquals("{\"a\":1}", answer.path("result").path("params").toString());
      talk.send(8, "echo", "{\"progress\":true}");
      assertEquals("progress", talk.next().path("method").asText());
      assertEquals("{}", talk.next().path("result").path("params").toString());
    }
  }

  @Test
  void runningAndWaitingRequestsAreCancelledAndTheSessionGoesOn()
      throws IOException, InterruptedException {
    try (Conversation talk = new Conversation()) {
      talk.send(1, "hang", "{}");
      talk.methods.hanging.await();
      talk.send(2, "echo", "{}");
      talk.send(1, "echo", "{}");
      JsonNode twice = talk.answer();
      assertEquals(-32600, code(twice));
      talk.send(3, "cancel", "{\"id\":2}");
      assertEquals(-32800, code(talk.answer()));
      assertTrue(talk.answer().path("result").path("cancelled").asBoolean());
      talk.send(4, "cancel", "{\"id\":99}");
      assertFalse(talk.answer().path("result").path("cancelled").asBoolean(true));
      talk.send(5, "cancel", "{\"id\":1}");
      JsonNode first = talk.answer();
      JsonNode second = talk.answer();
      JsonNode of1 = first.path("id").asInt() == 1 ? first : second;
      assertEquals(-32800, code(of1));
      talk.send(6, "echo", "{}");
      JsonNode echo = talk.answer();
      assertEquals(6, echo.path("id").asInt());
      assertTrue(echo.has("result"));
    }
  }

  @Test
  void moreRequestsThanAreHeldAreRefused() throws IOException, InterruptedException {
    try (Conversation talk = new Conversation()) {
      talk.send(0, "hang", "{}");
      talk.methods.hanging.await();
      for (int id = 1; id <= Server.MOST_WAITING + 1; id++) {
        talk.send(id, "echo", "{}");
      }
      JsonNode refused = talk.answer();
      assertEquals(-32000, code(refused));
      assertEquals(Server.MOST_WAITING + 1, refused.path("id").asInt());
    }
  }

  @Test
  void shutdownCancelsWhatIsOpenAndAnswersLast() throws IOException, InterruptedException {
    try (Conversation talk = new Conversation()) {
      talk.send(1, "hang", "{}");
      talk.methods.hanging.await();
      talk.send(2, "echo", "{}");
      talk.send(3, "shutdown", "{}");
      Set<Integer> cancelled = new HashSet<>();
      for (int k = 0; k < 2; k++) {
        JsonNode answer = talk.answer();
        assertEquals(-32800, code(answer));
        cancelled.add(answer.path("id").asInt());
      }
      assertEquals(Set.of(1, 2), cancelled);
      JsonNode last = talk.answer();
      assertEquals(3, last.path("id").asInt());
      assertTrue(last.has("result") && last.path("result").isNull());
      talk.server.join();
    }
  }

  @Test
  void theEndOfTheInputEndsTheServerWhileAMethodRuns() throws IOException, InterruptedException {
    Conversation talk = new Conversation();
    talk.send(1, "hang", "{}");
    talk.methods.hanging.await();
    talk.in.close();
    assertEquals(-32800, code(talk.answer()));
    talk.server.join();
  }

  @Test
  void methodsRestAfterWorkAndServeOn() throws Exception {
    Pipe toServer = Pipe.open();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Fake fake = new Fake();
    Server server = new Server(Channels.newInputStream(toServer.source()), out, fake, 1);
    Thread thread =
        new Thread(() -> {
          try {
            server.serve();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    thread.start();
    try (OutputStream requests = Channels.newOutputStream(toServer.sink())) {
      for (int id = 1; id <= 2; id++) {
        String line =
            "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"echo\",\"params\":{}}\n".formatted(id);
        requests.write(line.getBytes(StandardCharsets.UTF_8));
        requests.flush();
        fake.rested.await();
      }
      requests.write(
          "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"shutdown\",\"params\":{}}\n"
              .getBytes(StandardCharsets.UTF_8));
    }
    thread.join();
    String answers = out.toString(StandardCharsets.UTF_8);
    assertTrue(answers.contains("\"id\":1,\"result\""), answers);
    assertTrue(answers.contains("\"id\":3,\"result\""), answers);
  }
}
