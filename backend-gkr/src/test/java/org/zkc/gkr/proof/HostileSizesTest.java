package org.zkc.gkr.proof;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.Product;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.encoding.Envelope;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.CircuitCodec;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.wire.SecurityParametersMessage;
import org.zkc.gkr.wire.VerifierKeyMessage;

/** Small keys that ask for much work or memory: refused with the typed failure, and soon. */
class HostileSizesTest {
  /** Far above what a refusal takes, so that the load of the machine decides nothing. */
  private static final Duration SOON = Duration.ofMinutes(15);

  private static final int MANY = 1 << 21;

  private static byte[] encode(Circuit circuit, byte[] root) {
    return Envelope.VERIFIER_KEY.wrap(
        VerifierKeyMessage.newBuilder()
            .setCircuit(CircuitCodec.toMessage(circuit))
            .setParameters(
                SecurityParametersMessage.newBuilder().setQueries(SecurityParameters.TARGET_BITS))
            .setModelRoot(com.google.protobuf.ByteString.copyFrom(root))
            .build()
            .toByteArray());
  }

  private static void refused(String part, Circuit circuit) {
    refused(part, circuit, VerifierKey.DIGEST_BYTES);
  }

  private static void refused(String part, Circuit circuit, int rootBytes) {
    byte[] key = encode(circuit, new byte[rootBytes]);
    VerificationFailure f =
        assertTimeoutPreemptively(
            SOON, () -> assertThrows(VerificationFailure.class, () -> VerifierKey.decode(key)));
    assertTrue(f.getMessage().contains(part), f.getMessage());
  }

  private static TensorDeclaration zeros(Integer... shape) {
    return TensorDeclaration.virtual(List.of(shape), 0, 0);
  }

  private static TensorDeclaration given(Integer... shape) {
    return TensorDeclaration.input(List.of(shape), 0, 0);
  }

  private static TensorDeclaration model(Integer... shape) {
    return new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(shape), 0, 0, 0, 0);
  }

  private static Affine.Term term(int source, ViewStep... steps) {
    return new Affine.Term(source, 1, List.of(steps));
  }

  private static Circuit affine(
      TensorDeclaration source,
      TensorDeclaration result,
      List<Affine.Term> terms,
      Affine.Box... boxes) {
    boolean input = source.role() == TensorDeclaration.Role.INPUT;
    return new Circuit(
        List.of(source, result),
        List.of(),
        List.of(new Affine(1, terms, List.of(boxes))),
        input ? List.of(0) : List.of(),
        List.of(1));
  }

  @Test
  void outputsListedVeryOften() {
    ArrayList<TensorDeclaration> tensors = new ArrayList<>(List.of(given(1)));
    ArrayList<Relation> relations = new ArrayList<>();
    for (int k = 1; k < 1 << 15; k++) {
      tensors.add(zeros(1));
      relations.add(new Affine(k, List.of(term(0)), List.of()));
    }
    refused(
        "outputs",
        new Circuit(tensors, List.of(), relations, List.of(0), Collections.nCopies(1 << 22, 0)));
  }

  @Test
  void termsOnALargeTensor() {
    refused("terms", affine(given(MANY), zeros(MANY), Collections.nCopies(1 << 18, term(0))));
  }

  @Test
  void constantsOnALargeTensor() {
    Affine.Box[] boxes =
        IntStream.range(0, 4000)
            .mapToObj(k -> new Affine.Box(0, List.of(k), List.of(MANY - 1)))
            .toArray(Affine.Box[]::new);
    refused("elements in all", affine(given(MANY), zeros(MANY), List.of(term(0)), boxes));
  }

  @Test
  void constantsEverywhereInALargeTensor() {
    Affine.Box everywhere = new Affine.Box(0, List.of(0), List.of(MANY));
    Affine.Box[] boxes = Collections.nCopies(4000, everywhere).toArray(Affine.Box[]::new);
    refused("elements in all", affine(given(MANY), zeros(MANY), List.of(term(0)), boxes));
  }

  /** Every product of matrices has its own claim on the source, which is public. */
  @Test
  void aLargeInputReadByManyProducts() {
    ArrayList<TensorDeclaration> tensors =
        new ArrayList<>(List.of(given(1 << 8, 1 << 16), model(1, 1 << 16)));
    ArrayList<Relation> relations = new ArrayList<>();
    ArrayList<Integer> outputs = new ArrayList<>();
    for (int k = 2; k < 1 << 12; k++) {
      tensors.add(zeros(1 << 8, 1));
      relations.add(new MatMul(k, 0, 1));
      outputs.add(k);
    }
    refused("elements in all", new Circuit(tensors, List.of(), relations, List.of(0), outputs));
  }

  @Test
  void slicesOfALargeTensor() {
    List<Affine.Term> slices =
        IntStream.range(0, 4000)
            .mapToObj(k -> term(0, new ViewStep.Window(0, 1, 1, 1, k, 1)))
            .toList();
    refused("elements in all", affine(given(MANY), zeros(1), slices));
  }

  @Test
  void aModelTensorBroadcastAndSummed() {
    refused(
        "out of range",
        affine(
            model(1),
            zeros(1),
            List.of(
                term(
                    0,
                    new ViewStep.Window(0, 1 << 28, 0, 1, 0, 1),
                    new ViewStep.Window(0, 1, 1, 1, 0, 1 << 27)))));
  }

  private static Circuit convolution(int taps, int width, int positions) {
    return new Circuit(
        List.of(given(1, 1, positions, 1), model(1, 1, taps, width), zeros(1, 1, positions, 1)),
        List.of(),
        List.of(new Conv(2, 0, 1, List.of(1, 1), List.of(0, 0), List.of(1, 1), 1)),
        List.of(0),
        List.of(2));
  }

  @Test
  void aConvolutionOfManyTapsAndPositions() {
    refused("elements in all", convolution(1 << 17, 1, 1 << 20));
  }

  @Test
  void transformsOfManyPoints() {
    // Each asks for 2^20 points, of tensors of one element.
    ArrayList<TensorDeclaration> tensors = new ArrayList<>(List.of(given(1, 1, 1, 1)));
    ArrayList<Relation> relations = new ArrayList<>();
    tensors.add(model(1, 1, 1, 1));
    for (int k = 0; k < 1 << 14; k++) {
      tensors.add(zeros(1, 1, 1, 1));
      Conv conv = new Conv(2 + k, 0, 1, List.of(1, 1), List.of(0, 0), List.of(1, 1), 1);
      relations.add(new FftConv(conv, List.of(1, 1 << 20)));
    }
    refused(
        "elements in all",
        new Circuit(
            tensors,
            List.of(),
            relations,
            List.of(0),
            IntStream.range(2, tensors.size()).boxed().toList()));
  }

  @Test
  void aKernelLongerThanAnyRow() {
    refused("row", convolution(1 << 27, 8, 1));
    refused("row", convolution(1 << 21, 1, 1));
  }

  @Test
  void aLargeTableReadByManyRelations() {
    ArrayList<TensorDeclaration> tensors =
        new ArrayList<>(List.of(TensorDeclaration.input(List.of(1), 0, (1 << 20) - 1)));
    ArrayList<Relation> relations = new ArrayList<>();
    for (int k = 1; k < 1 << 15; k++) {
      tensors.add(TensorDeclaration.witness(List.of(1), 0, 0));
      relations.add(new Requantize(k, 0, 0, List.of(), 0));
    }
    List<Table> tables = List.of(new Table.Entries(0, new int[1 << 20]));
    refused("elements in all", new Circuit(tensors, tables, relations, List.of(0), List.of(1)), 0);
  }

  /** Clamps take a few bytes in a key, whatever their rows, and each has a block of leaves. */
  @Test
  void moreTableRowsThanLeaves() {
    ArrayList<TensorDeclaration> tensors = new ArrayList<>(List.of(given(1)));
    ArrayList<Relation> relations = new ArrayList<>();
    ArrayList<Table> tables = new ArrayList<>();
    for (int k = 1; k < 1 << 12; k++) {
      tensors.add(TensorDeclaration.witness(List.of(1), 0, 0));
      tables.add(new Table.Clamp(0, 1 << 20, 0, 0));
      relations.add(new Requantize(k, 0, 0, List.of(), k - 1));
    }
    refused("table rows", new Circuit(tensors, tables, relations, List.of(0), List.of(1)), 0);
  }

  /** The least block has two tiles: small lookups take more leaves than they have elements. */
  @Test
  void manySmallLookupsBesideLargeOnes() {
    ArrayList<TensorDeclaration> tensors = new ArrayList<>(List.of(given(8, MANY), given(1)));
    ArrayList<Relation> relations = new ArrayList<>();
    for (int k = 0; k < 15 + (1 << 15); k++) {
      boolean large = k < 15;
      tensors.add(TensorDeclaration.witness(large ? List.of(8, MANY) : List.of(1), 0, 0));
      relations.add(new Requantize(2 + k, large ? 0 : 1, 0, List.of(), 0));
    }
    List<Table> tables = List.of(new Table.Clamp(0, 2, 0, 0));
    refused(
        "lookups and table rows",
        new Circuit(tensors, tables, relations, List.of(0, 1), List.of(2)),
        0);
  }

  @Test
  void limbsOfManyRelations() {
    ArrayList<TensorDeclaration> tensors = new ArrayList<>(List.of(given(1)));
    ArrayList<Relation> relations = new ArrayList<>();
    for (int k = 1; k < 1 << 14; k++) {
      tensors.add(TensorDeclaration.witness(List.of(1), 0, 0));
      relations.add(new Requantize(k, 0, 20, Collections.nCopies(20, 1), 0));
    }
    List<Table> tables = List.of(new Table.Clamp(0, 2, 0, 0));
    refused("lookups", new Circuit(tensors, tables, relations, List.of(0), List.of(1)), 0);
  }

  @Test
  void moreRowsOfModelTensorsThanAnIntCounts() {
    // More than 2^31 rows, but not yet too many claims for 100 bits.
    int count = 2000;
    ArrayList<TensorDeclaration> tensors =
        new ArrayList<>(Collections.nCopies(count, model((1 << 21) - 1, 1)));
    tensors.add(zeros((1 << 21) - 1, 1));
    tensors.add(zeros(1, 1));
    List<Affine.Term> all = IntStream.range(0, count).mapToObj(k -> term(k)).toList();
    Affine.Term sum = term(count, new ViewStep.Window(0, 1, 1, 1, 0, (1 << 21) - 1));
    refused(
        "rows",
        new Circuit(
            tensors,
            List.of(),
            List.of(
                new Affine(count, all, List.of()), new Affine(count + 1, List.of(sum), List.of())),
            List.of(),
            List.of(count + 1)));
  }

  /**
   * Not more than is allowed, but everything that was ever quadratic: model tensors, products,
   * outputs.
   */
  @Test
  void manyModelTensorsAndOutputs() {
    ArrayList<TensorDeclaration> tensors = new ArrayList<>(List.of(given(2)));
    ArrayList<Relation> relations = new ArrayList<>();
    ArrayList<Integer> outputs = new ArrayList<>();
    for (int k = 1; k < 1 << 15; k += 2) {
      tensors.add(model(2));
      tensors.add(zeros(2));
      relations.add(new Product(k + 1, 0, k));
      outputs.add(k + 1);
    }
    refused("security parameters", new Circuit(tensors, List.of(), relations, List.of(0), outputs));
  }

  /** Each quotient has a range of its own, of 2^20 rows: together more than 2^31. */
  @Test
  void rangesThatAllDiffer() {
    ArrayList<TensorDeclaration> tensors =
        new ArrayList<>(List.of(given(1), TensorDeclaration.input(List.of(1), 1, 1)));
    ArrayList<Relation> relations = new ArrayList<>();
    ArrayList<Integer> outputs = new ArrayList<>();
    for (int k = 0; k < 2100; k++) {
      int high = (1 << 20) - k;
      tensors.add(TensorDeclaration.witness(List.of(1), 0, high));
      relations.add(new RoundedQuotient(2 + k, 0, 1, 0, 0, high));
      outputs.add(2 + k);
    }
    refused(
        "rows of tables and ranges",
        new Circuit(tensors, List.of(), relations, List.of(0, 1), outputs),
        0);
  }
}
