package org.zkc.gkr.prove;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.verify.Verifier;

/**
 * A program for a process of its own with a small heap: makes a matrix of 32-bit weights in a file
 * that is larger than that heap, commits to it, proves a product with it and verifies the proof.
 */
final class LargeModel implements ModelTensors {
  static final int INPUTS = 4096;
  static final int OUTPUTS = 4096;
  static final long MODEL_BYTES = 4L * INPUTS * OUTPUTS;

  private static final int LARGEST_INPUT = 10;
  private static final int LARGEST_WEIGHT = 1000;
  static final String HELD = "in the middle of the commitment";

  private static final byte[] CONTEXT = {1, 2, 3};

  private final int[] input = new int[INPUTS];
  private final int[] output = new int[OUTPUTS];
  private final MemorySegment weights;
  private final boolean holds;
  private final Path folder;
  private long positive;
  private long negative;

  private LargeModel(Path folder, long seed, boolean holds) throws IOException {
    this.folder = folder;
    this.holds = holds;
    Path file = folder.resolve("weights");
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < INPUTS; i++) {
      input[i] = random.nextInt(-LARGEST_INPUT, LARGEST_INPUT + 1);
    }
    ByteBuffer row = ByteBuffer.allocate(4 * INPUTS).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int o = 0; o < OUTPUTS; o++) {
        row.clear();
        long up = 0;
        long down = 0;
        for (int i = 0; i < INPUTS; i++) {
          int w = random.nextInt(-LARGEST_WEIGHT, LARGEST_WEIGHT + 1);
          row.putInt(w);
          output[o] += w * input[i];
          up += Math.max(w, 0);
          down -= Math.min(w, 0);
        }
        positive = Math.max(positive, up);
        negative = Math.max(negative, down);
        out.write(row.array());
      }
    }
    try (FileChannel channel = FileChannel.open(file)) {
      weights = channel.map(FileChannel.MapMode.READ_ONLY, 0, MODEL_BYTES, Arena.ofAuto());
    }
  }

  private Circuit circuit() {
    long bound = LARGEST_INPUT * Math.max(positive, negative) * 2;
    return new Circuit(
        List.of(
            TensorDeclaration.input(List.of(1, INPUTS), -LARGEST_INPUT, LARGEST_INPUT),
            new TensorDeclaration(
                TensorDeclaration.Role.MODEL,
                List.of(OUTPUTS, INPUTS),
                -LARGEST_WEIGHT,
                LARGEST_WEIGHT,
                positive,
                negative),
            TensorDeclaration.virtual(List.of(1, OUTPUTS), -bound, bound)),
        List.of(),
        List.of(new MatMul(2, 0, 1)),
        List.of(0),
        List.of(2));
  }

  @Override
  public MemorySegment mantissas(int tensor) {
    if (holds && isCommitting()) {
      System.out.println(HELD);
      while (true) {
        LockSupport.park();
      }
    }
    return weights;
  }

  private boolean isCommitting() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(".building"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int elementBytes(int tensor) {
    return 4;
  }

  @Override
  public byte[] channelShifts(int tensor) {
    return new byte[OUTPUTS];
  }

  /**
   * Arguments: a folder to work in, a seed, and whether to stop for ever in the middle of the
   * commitment, after a line that says so.
   */
  public static void main(String[] arguments) throws IOException {
    if (Runtime.getRuntime().maxMemory() >= MODEL_BYTES) {
      throw new IllegalStateException("the heap could hold the model");
    }
    Path folder = Path.of(arguments[0]);
    LargeModel model =
        new LargeModel(folder, Long.parseLong(arguments[1]), Boolean.parseBoolean(arguments[2]));
    Path code = folder.resolve("code");
    VerifierKey verifierKey;
    try (ProvingKey key =
        ProvingKey.generate(CircuitCheck.check(model.circuit()), model, code, 1)) {
      verifierKey = key.verifierKey();
    }
    Witness witness = new Witness(3);
    witness.set(0, model.input);
    witness.set(2, model.output);
    try (ProvingKey key = ProvingKey.open(verifierKey, model, code, 1)) {
      byte[] proof = Prover.proveConsuming(key, witness, CONTEXT, ProverOptions.quiet());
      Verifier.verify(
          VerifierKey.decode(verifierKey.encode()),
          new org.zkc.gkr.statement.Statement(List.of(model.input), List.of(model.output)),
          proof,
          CONTEXT);
      System.out.println("verified " + proof.length);
    }
  }
}
