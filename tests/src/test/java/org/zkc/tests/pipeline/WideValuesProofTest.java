package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.StageTimes;
import org.zkc.gkr.prove.Witness;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.tensor.RmsNorm;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.execute.Execution;

/**
 * Values in two limbs from the compiler to the verifier: what is proved is what the integer program
 * says, and other limbs are refused.
 */
final class WideValuesProofTest {
  private static final int LINES = 8;
  private static final int FEATURES = 8;

  private final CompiledModel compiled = compile();
  private final Circuit circuit = compiled.emitted().circuit();
  private final CompiledModel.WithKeys keys = compiled.inMemory(1);
  private final List<TensorData> input = samples(3, 1).getFirst();

  @Test
  void limbsAreProved() {
    Execution execution = new Execution(keys.file());
    List<int[]> integers = execution.quantizeArrays(input);
    Execution.Result result = execution.run(integers, 1);
    int[] expected =
        LongStream.of(
                IntegerInterpreter.run(
                        compiled.integer(),
                        integers.stream()
                            .map(x -> IntStream.of(x).asLongStream().toArray())
                            .toList())
                    .getFirst())
            .mapToInt(Math::toIntExact)
            .toArray();
    assertArrayEquals(expected, result.statement().outputs().getFirst());
    verify(result.statement(), proof(result.witness()));
  }

  /**
   * A lower limb that is another number, by itself, or less by 2^k where the upper one is one more:
   * then both stand for the same number, and the upper limb's remainder is no row of its table.
   */
  @Test
  void otherLimbsAreRefused() {
    int refused = 0;
    int without = 0;
    for (Relation relation : circuit.relations()) {
      Optional<Affine.Term> upper =
          relation instanceof Affine a ? upper(a) : Optional.<Affine.Term>empty();
      if (upper.isPresent()) {
        refused += isRefused(relation.result(), -1, upper.get().source(), 0) ? 1 : 0;
        int step = Math.toIntExact(upper.get().coefficient());
        without += isRefused(relation.result(), step, upper.get().source(), 1) ? 0 : 1;
      }
    }
    assertTrue(refused >= 3, refused + " limbs reached the verifier");
    assertTrue(without >= 3, without + " limbs have no row");
  }

  /** The term of a requantisation of the other term's tensor. */
  private Optional<Affine.Term> upper(Affine lower) {
    if (lower.terms().size() != 2 || !lower.constants().isEmpty()) {
      return Optional.empty();
    }
    return lower.terms().stream()
        .filter(t ->
            circuit.relations().stream()
                .anyMatch(r ->
                    r instanceof Requantize q
                        && q.result() == t.source()
                        && lower.terms().stream()
                            .anyMatch(x -> x.source() == q.source() && x.coefficient() == 1)
                        && t.coefficient() == -1L << q.shift()))
        .findFirst();
  }

  /**
   * Whether the verifier refuses other limbs in one element. False where the prover finds no row of
   * a table and has no proof at all.
   */
  private boolean isRefused(int lower, int moreLow, int upper, int moreHigh) {
    Execution execution = new Execution(keys.file());
    Execution.Result result = execution.run(execution.quantizeArrays(input), 1);
    Witness witness = result.witness();
    add(witness, lower, moreLow);
    add(witness, upper, moreHigh);
    byte[] proof;
    try {
      proof = proof(witness);
    } catch (IllegalArgumentException inNoRowOfATable) {
      return false;
    }
    assertThrows(VerificationFailure.class, () -> verify(result.statement(), proof));
    return true;
  }

  private static void add(Witness witness, int tensor, int more) {
    int[] elements = witness.elements(tensor).clone();
    elements[elements.length / 2] += more;
    witness.set(tensor, elements);
  }

  private byte[] context() {
    return keys.file().keyFile().boundContext(new byte[0]);
  }

  private byte[] proof(Witness witness) {
    return Prover.prove(
        keys.provingKey(),
        witness,
        context(),
        new ProverOptions(1, (stage, part) -> {}, new StageTimes()));
  }

  private void verify(Statement statement, byte[] proof) {
    Verifier.verify(keys.file().keyFile().key(), statement, proof, context());
  }

  private static CompiledModel compile() {
    CompilePipeline.Calibrated calibrated =
        new CompilePipeline.Calibrated(
            network(), List.of("x"), List.of("y"), Optional.of(samples(1, 24)), "0".repeat(64));
    return new CompilePipeline(CompileOptions.DEFAULT.withMinFidelity(0.98)).compile(calibrated);
  }

  private static List<List<TensorData>> samples(long seed, int count) {
    Random random = new Random(seed);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      float[] x = new float[LINES * FEATURES];
      double size = 1;
      for (int i = 0; i < x.length; i++) {
        size = i % FEATURES == 0 ? Math.pow(6, -random.nextDouble()) : size;
        x[i] = (float) (size * random.nextGaussian());
      }
      samples.add(List.of(TensorData.ofFloats(Shape.of(1, LINES, FEATURES), x)));
    }
    return samples;
  }

  /** Products of three factors whose lines differ in size, before a norm makes them one size. */
  private static Program network() {
    Random random = new Random(1);
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(1, LINES, FEATURES)));
    Value pairs = b.multiply(linear(b, x, random, 16), linear(b, x, random, 16));
    Value threes = b.multiply(pairs, linear(b, x, random, 16));
    Value sizes = linear(b, threes, random, FEATURES);
    Value lines = b.op(r -> new RmsNorm(r, sizes, 2, 1e-9, Location.UNKNOWN));
    return Program.of(Level.TENSOR, b.build(List.of(linear(b, lines, random, 4))));
  }

  private static Value linear(TensorBuilder b, Value x, Random random, int outputs) {
    int inputs = x.shape().extent(2);
    float[] weights = new float[outputs * inputs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() / Math.sqrt(inputs));
    }
    TensorData data = TensorData.ofFloats(Shape.of(outputs, inputs), weights);
    return b.linear(x, b.constant(data, ""), Optional.empty());
  }
}
