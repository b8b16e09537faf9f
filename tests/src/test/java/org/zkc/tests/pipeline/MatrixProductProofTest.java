package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.TensorDeclaration.Role;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.StageTimes;
import org.zkc.gkr.prove.Witness;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.execute.Execution;

/**
 * Matrix products of two computed tensors from an archive to the verifier: every product is one
 * relation, and a prover who puts out another one, in the witness as in the statement, is refused.
 */
final class MatrixProductProofTest {
  private final CompiledModel compiled =
      IntegerModel.of(SampleArchive.named("products")).compiled();
  private final Circuit circuit = compiled.emitted().circuit();
  private final CompiledModel.WithKeys keys = compiled.inMemory(1);

  private boolean isOfComputed(MatMul m) {
    return circuit.tensors().get(m.right()).role() != Role.MODEL;
  }

  private List<MatMul> products() {
    return circuit.relations().stream()
        .filter(MatMul.class::isInstance)
        .map(MatMul.class::cast)
        .filter(this::isOfComputed)
        .toList();
  }

  @Test
  void everyProductIsOneRelation() {
    List<MatMul> products = products();
    assertEquals(4, products.size());
    assertEquals(1, products.stream().filter(m -> m.left() == m.right()).count(), "x x^T");
  }

  @Test
  void anotherProductIsRefused() {
    MatMul product =
        products().stream()
            .filter(m -> circuit.outputs().contains(m.result()))
            .findFirst()
            .orElseThrow();
    assertDoesNotThrow(() -> proveAndVerify(product, elements -> elements));
    assertRefused(
        product,
        elements -> {
          elements[elements.length / 2]++;
          return elements;
        });
    List<Integer> shape = circuit.tensors().get(product.result()).shape();
    int size = shape.getLast();
    assertEquals(
        size, shape.get(shape.size() - 2), "a square product, whose factors can change places");
    assertRefused(product, elements -> transposed(elements, size));
  }

  private void assertRefused(MatMul product, UnaryOperator<int[]> change) {
    assertThrows(VerificationFailure.class, () -> proveAndVerify(product, change));
  }

  /**
   * The matrices along the last two axes, each transposed: right left^T in place of left right^T.
   */
  private static int[] transposed(int[] elements, int size) {
    int[] out = new int[elements.length];
    for (int i = 0; i < out.length; i++) {
      int matrix = i / (size * size) * size * size;
      out[i] = elements[matrix + i % size * size + i / size % size];
    }
    return out;
  }

  private void proveAndVerify(MatMul product, UnaryOperator<int[]> change) {
    Execution execution = new Execution(keys.file());
    Execution.Result result =
        execution.run(
            execution.quantizeArrays(SampleArchive.named("products").inputs().getFirst()), 1);
    Witness witness = result.witness();
    int[] honest = witness.elements(product.result());
    int[] changed = change.apply(honest.clone());
    assertFalse(honest.length == 0);
    witness.set(product.result(), changed);
    List<int[]> outputs = new ArrayList<>(result.statement().outputs());
    outputs.set(circuit.outputs().indexOf(product.result()), changed);
    byte[] context = keys.file().keyFile().boundContext(new byte[0]);
    byte[] proof =
        Prover.prove(
            keys.provingKey(),
            witness,
            context,
            new ProverOptions(1, (stage, part) -> {}, new StageTimes()));
    Verifier.verify(
        keys.file().keyFile().key(),
        new Statement(result.statement().inputs(), outputs),
        proof,
        context);
  }
}
