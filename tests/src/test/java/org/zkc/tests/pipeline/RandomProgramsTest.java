package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.StageTimes;
import org.zkc.gkr.prove.Witness;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;
import org.zkc.ir.DType;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.execute.Execution;

/**
 * Random programs of comparisons, masks, sorting and pools, through the compiler to the verifier.
 * What is proved are the integers of the integer program, and where all is exact those of the
 * tensor program; any other output is refused.
 */
final class RandomProgramsTest {
  private static final int PROGRAMS = 12;
  private static final int OPS = 8;

  @ParameterizedTest
  @EnumSource(names = {"I64", "F32"})
  void whatIsProvedIsWhatTheProgramSays(DType numbers) {
    int proved = 0;
    int lies = 0;
    int refused = 0;
    for (long seed = 1; proved < PROGRAMS; seed++) {
      Program program = RandomTensorPrograms.of(seed, numbers, OPS);
      CompiledModel compiled;
      try {
        compiled = compile(program, RandomTensorPrograms.inputs(seed + 1000, numbers));
      } catch (UserException outsideTheIntegersOrWithoutOps) {
        refused++;
        assertTrue(
            refused < 2 * PROGRAMS, "most programs compile: " + outsideTheIntegersOrWithoutOps);
        continue;
      }
      CompiledModel.WithKeys keys = compiled.inMemory(1);
      Execution execution = new Execution(keys.file());
      // Ranges hold for the sample that they are from; integers have theirs from the analysis.
      List<TensorData> inputs =
          RandomTensorPrograms.inputs(seed + (numbers == DType.I64 ? 2000 : 1000), numbers);
      List<int[]> integers = execution.quantizeArrays(inputs);
      Execution.Result result = execution.run(integers, 1);
      requireIntegers(compiled, integers, result, seed);
      if (numbers == DType.I64) {
        requireExact(program, inputs, result, seed);
      }
      verify(keys, result.statement(), proof(keys, result.witness()));
      lies += lies(keys, compiled, () -> execution.run(integers, 1), new Random(seed));
      proved++;
    }
    assertTrue(lies >= PROGRAMS, lies + " lies reached the verifier");
  }

  private static CompiledModel compile(Program program, List<TensorData> sample) {
    CompilePipeline.Calibrated calibrated =
        new CompilePipeline.Calibrated(
            program,
            List.of("in0", "in1"),
            IntStream.range(0, program.main().results().size()).mapToObj(i -> "out" + i).toList(),
            Optional.of(List.of(sample)),
            "0".repeat(64));
    return new CompilePipeline(CompileOptions.DEFAULT).compile(calibrated);
  }

  private static void requireIntegers(
      CompiledModel compiled, List<int[]> integers, Execution.Result result, long seed) {
    List<int[]> expected = answers(compiled, integers);
    List<int[]> found = result.statement().outputs();
    assertEquals(expected.size(), found.size());
    for (int k = 0; k < found.size(); k++) {
      assertArrayEquals(expected.get(k), found.get(k), "output " + k + " of program " + seed);
    }
  }

  private static void requireExact(
      Program program, List<TensorData> inputs, Execution.Result result, long seed) {
    List<TensorData> expected = TensorInterpreter.run(program, inputs);
    for (int k = 0; k < expected.size(); k++) {
      assertArrayEquals(
          expected.get(k).toLongs(),
          IntStream.of(result.statement().outputs().get(k)).asLongStream().toArray(),
          "output " + k + " of program " + seed);
    }
  }

  /**
   * Another integer in each output and input in turn, in the statement as in the witness, all else
   * as it was. Where it changes what the program answers it is refused: by the verifier, or by the
   * prover already, who finds no row of a table.
   *
   * @return how many the verifier refused
   */
  private static int lies(
      CompiledModel.WithKeys keys,
      CompiledModel compiled,
      Supplier<Execution.Result> honestRun,
      Random random) {
    Circuit circuit = compiled.emitted().circuit();
    List<Integer> stated = new ArrayList<>(circuit.outputs());
    stated.addAll(circuit.inputs());
    int refused = 0;
    for (int tensor : stated) {
      Interval range = compiled.checked().interval(tensor);
      Execution.Result result = honestRun.get();
      int[] changed = result.witness().elements(tensor);
      int at = random.nextInt(changed.length);
      changed[at] = (int) random.nextLong(range.low(), range.high() + 1);
      Statement lie = with(circuit, result.statement(), tensor, changed);
      if (isTrue(compiled, lie)) {
        continue;
      }
      result.witness().set(tensor, changed);
      refused += refusedByTheVerifier(keys, result.witness(), lie) ? 1 : 0;
    }
    return refused;
  }

  private static Statement with(Circuit circuit, Statement honest, int tensor, int[] changed) {
    List<int[]> inputs = new ArrayList<>(honest.inputs());
    List<int[]> outputs = new ArrayList<>(honest.outputs());
    int output = circuit.outputs().indexOf(tensor);
    if (output >= 0) {
      outputs.set(output, changed);
    } else {
      inputs.set(circuit.inputs().indexOf(tensor), changed);
    }
    return new Statement(inputs, outputs);
  }

  private static boolean isTrue(CompiledModel compiled, Statement statement) {
    List<int[]> answers = answers(compiled, statement.inputs());
    return IntStream.range(0, answers.size())
        .allMatch(k -> Arrays.equals(answers.get(k), statement.outputs().get(k)));
  }

  private static List<int[]> answers(CompiledModel compiled, List<int[]> inputs) {
    return IntegerInterpreter.run(
            compiled.integer(),
            inputs.stream().map(x -> IntStream.of(x).asLongStream().toArray()).toList())
        .stream()
        .map(y -> LongStream.of(y).mapToInt(Math::toIntExact).toArray())
        .toList();
  }

  private static boolean refusedByTheVerifier(
      CompiledModel.WithKeys keys, Witness witness, Statement lie) {
    byte[] proof;
    try {
      proof = proof(keys, witness);
    } catch (IllegalArgumentException inNoRowOfATable) {
      return false;
    }
    assertThrows(VerificationFailure.class, () -> verify(keys, lie, proof));
    return true;
  }

  private static byte[] context(CompiledModel.WithKeys keys) {
    return keys.file().keyFile().boundContext(new byte[0]);
  }

  private static byte[] proof(CompiledModel.WithKeys keys, Witness witness) {
    return Prover.prove(
        keys.provingKey(),
        witness,
        context(keys),
        new ProverOptions(1, (stage, part) -> {}, new StageTimes()));
  }

  private static void verify(CompiledModel.WithKeys keys, Statement statement, byte[] proof) {
    Verifier.verify(keys.file().keyFile().key(), statement, proof, context(keys));
  }
}
