package org.zkc.runtime.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.zkc.gkr.kernel.Training;
import org.zkc.ir.kernel.LoopChoice;
import org.zkc.runtime.serve.Methods;
import org.zkc.runtime.serve.RpcException;

/**
 * Proves and verifies a small model again and again in the background while a process is new, so
 * that the JVM has compiled the prover's and the verifier's code when they are asked for. Its
 * proofs are not kept. The repetitions are few, and they end as soon as a request needs the
 * machine.
 */
final class WarmUp {
  /**
   * The system property with the folder of the small model, as {@code zkc demo --keep} leaves it.
   */
  private static final String PROPERTY = "zkc.warm";

  private static final int MOST_TURNS = 100;
  private static final long MOST_NANOS = 10_000_000_000L;
  private static final int LEAST_PROCESSORS = 2;
  private static final long MOST_END_MILLIS = 1000;

  private final Path model;
  private final Methods commands;
  private final Thread thread = new Thread(this::work, "zkc-warm-up");
  private volatile Optional<BackgroundThreads> others = Optional.empty();
  private volatile boolean stopped;
  private volatile int turns;

  private WarmUp(Path model, Methods commands) {
    this.model = model;
    this.commands = commands;
  }

  /**
   * Begins, where the launcher names a model and the machine has processors to spare.
   *
   * @return a warm-up that works until it is stopped, or has had its turns
   */
  static Optional<WarmUp> begin() {
    String folder = System.getProperty(PROPERTY, "");
    if (folder.isEmpty()
        || !Files.isReadable(Path.of(folder, "digits.zkc"))
        || Runtime.getRuntime().availableProcessors() < LEAST_PROCESSORS) {
      return Optional.empty();
    }
    return Optional.of(begin(Path.of(folder)));
  }

  /** Begins with the model of a folder. */
  static WarmUp begin(Path folder) {
    Training.early();
    LoopChoice.early();
    WarmUp warmUp = new WarmUp(folder, new ServedCommands());
    warmUp.start();
    return warmUp;
  }

  @SuppressWarnings("ThreadPriorityCheck") // a hint only
  private void start() {
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    thread.start();
  }

  /**
   * Ends what is going on at its next step, and lets everything else that makes this process
   * quicker go behind the work that comes.
   */
  void stop() {
    if (!stopped) {
      stopped = true;
      others.ifPresent(BackgroundThreads::giveWay);
    }
  }

  /** {@link #stop}, and waits until nothing is left of it. */
  void end() {
    stop();
    try {
      thread.join(MOST_END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it has turns to go, or is at one. */
  boolean isWorking() {
    return thread.isAlive();
  }

  /** The number of proofs that have been made and verified. */
  int turns() {
    return turns;
  }

  private void work() {
    others = BackgroundThreads.find();
    try {
      Path folder = Files.createTempDirectory("zkc-warm-up");
      try {
        work(folder);
      } finally {
        for (String name : List.of("proof.zkp", "outputs.npz")) {
          Files.deleteIfExists(folder.resolve(name));
        }
        Files.deleteIfExists(folder);
      }
    } catch (IOException | RpcException | RuntimeException e) {
      // A request for work will report what is wrong; without the warm-up it is only slower at
      // first.
    }
  }

  private void work(Path folder) throws RpcException {
    String proof = folder.resolve("proof.zkp").toString();
    String outputs = folder.resolve("outputs.npz").toString();
    String input = model.resolve("digit.npy").toString();
    Map<String, Object> proving =
        Map.of(
            "model",
            model.resolve("digits.zkc").toString(),
            "input",
            input,
            "out",
            proof,
            "output",
            outputs,
            "threads",
            1);
    Map<String, Object> verifying =
        Map.of(
            "proof",
            proof,
            "key",
            model.resolve("digits.vk").toString(),
            "input",
            input,
            "output",
            outputs);
    long start = System.nanoTime();
    while (turns < MOST_TURNS && System.nanoTime() - start < MOST_NANOS) {
      call("prove", proving);
      call("verify", verifying);
      turns++;
    }
  }

  private void call(String method, Map<String, Object> params) throws RpcException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.valueToTree(params);
    goOn();
    commands.call(method, json, (stage, fraction) -> goOn());
  }

  private void goOn() {
    if (stopped) {
      throw new CancellationException("other work came");
    }
  }
}
