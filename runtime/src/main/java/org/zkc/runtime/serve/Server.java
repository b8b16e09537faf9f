package org.zkc.runtime.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Serves requests until {@code shutdown} or the end of the input. Methods run in the order in which
 * their requests came, one at a time; {@code cancel} and {@code shutdown} are handled at once. The
 * length of a line and the number of waiting requests are bounded, so no input exhausts the memory.
 */
public final class Server {
  /** A longer line is refused unread: requests name files, arrays are not in them. */
  static final int MOST_LINE_BYTES = 1 << 20;

  /** Requests beyond these are refused. */
  static final int MOST_WAITING = 64;

  /** The time that work cancelled at the end of the session may take to notice. */
  private static final long MOST_END_MILLIS = 2000;

  /** Without work for so long, the methods rest. */
  private static final long REST_MILLIS = 10_000;

  private final LineReader lines;
  private final OutputStream out;
  private final Methods methods;
  private final long restMillis;
  private final Deque<Request> waiting = new ArrayDeque<>();
  private final Thread worker = new Thread(this::work, "zkc-serve");
  private @Nullable Request running;
  private boolean cancelled;
  private boolean ended;

  /**
   * A server.
   *
   * @param in requests
   * @param out answers and notifications; nothing else may write to it
   */
  public Server(InputStream in, OutputStream out, Methods methods) {
    this(in, out, methods, REST_MILLIS);
  }

  /** A server whose methods rest after other times. */
  Server(InputStream in, OutputStream out, Methods methods, long restMillis) {
    this.restMillis = restMillis;
    this.lines = new LineReader(in, MOST_LINE_BYTES);
    this.out = out;
    this.methods = methods;
  }

  /**
   * Serves. Work that is still going on at the end is cancelled.
   *
   * @throws IOException where the input cannot be read
   */
  public void serve() throws IOException {
    worker.setDaemon(true);
    worker.start();
    JsonNode shutdown = NullNode.instance;
    try {
      while (true) {
        Optional<LineReader.Line> line = lines.next();
        if (line.isEmpty()) {
          break;
        }
        Optional<Request> end = take(line.get());
        if (end.isPresent()) {
          shutdown = end.get().id();
          break;
        }
      }
    } finally {
      end();
    }
    if (!shutdown.isNull()) {
      answer(shutdown, NullNode.instance);
    }
  }

  /** Takes one line; gives the request where it is {@code shutdown}. */
  private Optional<Request> take(LineReader.Line line) {
    if (!line.whole()) {
      String message =
          "a line has at most %d bytes; arrays go through files".formatted(MOST_LINE_BYTES);
      fail(NullNode.instance, new RpcException(RpcException.INVALID_REQUEST, message));
      return Optional.empty();
    }
    Request request;
    try {
      if (isBlank(line.bytes())) {
        return Optional.empty();
      }
      request = Request.read(line.bytes());
    } catch (Request.Refusal e) {
      fail(e.id(), e.reason());
      return Optional.empty();
    }
    if (request.method().equals("shutdown")) {
      return Optional.of(request);
    }
    try {
      if (request.method().equals("cancel")) {
        boolean found = cancel(request);
        if (!request.isNotification()) {
          answer(request.id(), Map.of("cancelled", found));
        }
      } else if (!request.isNotification()) {
        enqueue(request);
      }
    } catch (RpcException e) {
      if (!request.isNotification()) {
        fail(request.id(), e);
      }
    }
    return Optional.empty();
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  private synchronized void enqueue(Request request) throws RpcException {
    if (!methods.names().contains(request.method())) {
      throw new RpcException(
          RpcException.METHOD_NOT_FOUND,
          "there is no such method; there are %s, cancel, shutdown"
              .formatted(String.join(", ", methods.names())));
    }
    boolean inUse = running != null && running.id().equals(request.id());
    for (Request other : waiting) {
      inUse |= other.id().equals(request.id());
    }
    if (inUse) {
      throw new RpcException(
          RpcException.INVALID_REQUEST, "another request with this id is not answered yet");
    }
    if (waiting.size() == MOST_WAITING) {
      throw new RpcException(
          RpcException.BUSY,
          "%d requests wait already; send this one later".formatted(MOST_WAITING));
    }
    waiting.add(request);
    notifyAll();
  }

  /** Cancels the request that {@code params.id} names; false where none with that id is open. */
  private boolean cancel(Request cancel) throws RpcException {
    JsonNode id = cancel.params().path("id");
    if (!id.isIntegralNumber() && !id.isTextual()) {
      throw new RpcException(RpcException.INVALID_PARAMS, "cancel needs the id of a request");
    }
    synchronized (this) {
      if (running != null && running.id().equals(id)) {
        cancelled = true;
        worker.interrupt();
        return true;
      }
      for (Iterator<Request> all = waiting.iterator(); all.hasNext(); ) {
        if (all.next().id().equals(id)) {
          all.remove();
          fail(id, cancelled());
          return true;
        }
      }
    }
    return false;
  }

  private static RpcException cancelled() {
    return new RpcException(RpcException.CANCELLED, "cancelled");
  }

  private void end() {
    synchronized (this) {
      ended = true;
      waiting.forEach(request -> fail(request.id(), cancelled()));
      waiting.clear();
      if (running != null) {
        cancelled = true;
        worker.interrupt();
      }
      notifyAll();
    }
    try {
      worker.join(MOST_END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    boolean rested = true;
    while (true) {
      Optional<Request> next = next(rested ? 0 : restMillis);
      if (next.isPresent()) {
        serve(next.get());
        rested = false;
      } else if (rested) {
        return; // only the end of the session gives nothing then
      } else {
        methods.rest();
        rested = true;
      }
    }
  }

  /** The next request; none at the end of the session, or after so many milliseconds (0: never). */
  private synchronized Optional<Request> next(long millis) {
    long start = System.nanoTime();
    while (waiting.isEmpty() && !ended) {
      long left = millis - (System.nanoTime() - start) / 1_000_000;
      if (millis > 0 && left <= 0) {
        break;
      }
      try {
        wait(millis > 0 ? left : 0);
      } catch (InterruptedException late) {
        continue; // meant for work that had just ended
      }
    }
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    running = waiting.remove();
    cancelled = false;
    return Optional.of(running);
  }

  private void serve(Request request) {
    Map<String, Object> result = Map.of();
    @Nullable RpcException failure = null;
    try {
      result =
          methods.call(
              request.method(),
              request.params(),
              (stage, fraction) -> progress(request, stage, fraction));
    } catch (RpcException e) {
      failure = e;
    }
    synchronized (this) {
      running = null;
      // An interrupted read fails as any read does; the reason is the cancellation all the same.
      failure = failure != null && cancelled ? cancelled() : failure;
      Thread.interrupted();
    }
    if (failure != null) {
      fail(request.id(), failure);
    } else {
      answer(request.id(), result);
    }
  }

  private void progress(Request request, String stage, double fraction) {
    synchronized (this) {
      if (cancelled) {
        throw new CancellationException("cancelled");
      }
    }
    if (!request.progress()) {
      return;
    }
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("id", request.id());
    params.put("stage", stage);
    params.put("fraction", fraction);
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("jsonrpc", "2.0");
    message.put("method", "progress");
    message.put("params", params);
    send(message);
  }

  private void answer(JsonNode id, Object result) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("jsonrpc", "2.0");
    message.put("id", id);
    message.put("result", result);
    send(message);
  }

  private void fail(JsonNode id, RpcException failure) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", failure.code());
    error.put("message", failure.getMessage());
    if (!failure.data().isEmpty()) {
      error.put("data", failure.data());
    }
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("jsonrpc", "2.0");
    message.put("id", id);
    message.put("error", error);
    send(message);
  }

  private void send(Map<String, Object> message) {
    try {
      byte[] bytes = Request.MAPPER.writeValueAsBytes(message);
      byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
      line[bytes.length] = '\n';
      // At once: what waits for the line is woken once.
      synchronized (out) {
        out.write(line);
        out.flush();
      }
    } catch (IOException e) {
      // The reader is gone: the input ends as well, and with it the session.
    }
  }
}
