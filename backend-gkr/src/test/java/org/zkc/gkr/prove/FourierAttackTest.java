package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitEvaluator;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.Unchecked;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.WeakKeys;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.WeakVerifier;

/** Provers that lie about a convolution in FFT form, each adapting what follows to its lie. */
class FourierAttackTest {
  @TempDir Path directory;

  /** input, or a requantised one, through one convolution in FFT form, which is put out. */
  private static final class Layer {
    final CircuitBuilder b = new CircuitBuilder(21);
    final int weight;
    final int result;

    Layer(int channels, int groups, boolean committedSource) {
      int x = b.input(-100, 100, 2, channels, 5, 6);
      int source = committedSource ? b.requantize(x, 2, 1, -20, 20) : x;
      weight = b.model(-9, 9, 2 * groups, channels / groups, 3, 2);
      Conv c = new Conv(-1, source, weight, List.of(2, 1), List.of(1, 0), List.of(1, 2), groups);
      result = b.fftConv(c, List.of(3, 4));
      b.output(result);
    }

    static List<Layer> all() {
      return List.of(
          new Layer(1, 1, false),
          new Layer(1, 1, true),
          new Layer(3, 1, false),
          new Layer(3, 1, true),
          new Layer(4, 2, true),
          new Layer(3, 3, true));
    }
  }

  private static int[] oneOff(int[] elements, int at) {
    int[] out = elements.clone();
    out[at] += out[at] > 0 ? -1 : 1;
    return out;
  }

  @Test
  void aWrongElementOfTheResult() throws Exception {
    for (Layer layer : Layer.all()) {
      try (WeakProof weak = new WeakProof(layer.b, directory)) {
        assertNull(weak.rejection(weak.statement(weak.honest), weak.prove()), "the honest proof");
        for (int at : new int[] {0, 7, weak.honest[layer.result].length - 1}) {
          int[][] elements = weak.withTensor(layer.result, oneOff(weak.honest[layer.result], at));
          String why = weak.rejection(elements, new ForgedValues(weak, elements));
          assertNotNull(why);
          assertTrue(why.contains("FftConv ending"), why);
        }
      }
    }
  }

  /**
   * Changes the tables so that the sums are what is claimed: one of the windows, and one of the
   * frequencies of kernel or source. Every round is then consistent, and so is the ending, with a
   * wrong claim on the kernel or on the source.
   */
  private static final class Balanced extends ForgedValues {
    private final boolean kernelSide;

    Balanced(WeakProof proof, int[][] elements, boolean kernelSide) {
      super(proof, elements);
      this.kernelSide = kernelSide;
    }

    @Override
    public void seeWindows(Ext claim, ExtVector kernel, ExtVector windows) {
      Ext lacking = claim.sub(Kernels.best().dot(kernel, windows));
      windows.set(0, windows.get(0).add(lacking.mul(kernel.get(0).inv())));
    }

    @Override
    public void seeFrequencies(Ext claim, ExtVector g, ExtVector kernel, ExtVector source) {
      Ext lacking = claim;
      for (int f = 0; f < g.length(); f++) {
        lacking = lacking.sub(g.get(f).mul(kernel.get(f)).mul(source.get(f)));
      }
      ExtVector changed = kernelSide ? kernel : source;
      ExtVector other = kernelSide ? source : kernel;
      Ext factor = g.get(3).mul(other.get(3));
      changed.set(3, changed.get(3).add(lacking.mul(factor.inv())));
    }
  }

  @Test
  void roundsThatAgreeWithAWrongElement() throws Exception {
    for (Layer layer : Layer.all()) {
      try (WeakProof weak = new WeakProof(layer.b, directory)) {
        boolean publicSource = weak.circuit.isPublic(layer.weight - 1);
        for (boolean kernelSide : new boolean[] {true, false}) {
          int[][] elements = weak.withTensor(layer.result, oneOff(weak.honest[layer.result], 5));
          String why = weak.rejection(elements, new Balanced(weak, elements, kernelSide));
          assertNotNull(why);
          String step =
              kernelSide
                  ? "model merge ending"
                  : publicSource ? "FftConv ending" : "witness batch ending";
          assertTrue(why.contains(step), why);
        }
      }
    }
  }

  /** A kernel that is committed in the proof is bound as one that is a parameter. */
  @Test
  void roundsThatAgreeAboutAComputedKernel() throws Exception {
    CircuitBuilder b = new CircuitBuilder(22);
    int source = b.requantize(b.input(-100, 100, 2, 3, 5, 6), 2, 1, -20, 20);
    int kernel = b.requantize(b.input(-100, 100, 2, 3, 3, 2), 2, 1, -20, 20);
    Conv c = new Conv(-1, source, kernel, List.of(2, 1), List.of(1, 0), List.of(1, 2), 1);
    int result = b.fftConv(c, List.of(3, 4));
    b.output(result);
    try (WeakProof weak = new WeakProof(b, directory)) {
      for (boolean kernelSide : new boolean[] {true, false}) {
        assertNull(
            weak.rejection(weak.honest, new Balanced(weak, weak.honest, kernelSide)), "unchanged");
        int[][] elements = weak.withTensor(result, oneOff(weak.honest[result], 5));
        String why = weak.rejection(elements, new Balanced(weak, elements, kernelSide));
        assertNotNull(why);
        assertTrue(why.contains("witness batch ending"), why);
      }
    }
  }

  /**
   * Transforms with the third power of the root of unity throughout: frequency 3 f in the place of
   * f. The products are still those of a convolution, and the right output is claimed.
   */
  private static final class OtherRoot extends ForgedValues {
    private final int rows;
    private final int columns;

    OtherRoot(WeakProof proof, int rows, int columns) {
      super(proof, proof.honest);
      this.rows = rows;
      this.columns = columns;
    }

    private static int tripled(int k, int n) {
      int bits = Integer.numberOfTrailingZeros(n);
      int f = bits == 0 ? 0 : Integer.reverse(k) >>> 32 - bits;
      int other = 3 * f & n - 1;
      return bits == 0 ? 0 : Integer.reverse(other) >>> 32 - bits;
    }

    @Override
    public void seeFrequencies(Ext claim, ExtVector g, ExtVector kernel, ExtVector source) {
      for (ExtVector table : List.of(g, kernel, source)) {
        ExtVector old = table.copy();
        for (int k = 0; k < old.length(); k++) {
          int from = tripled(k / columns, rows) * columns + tripled(k % columns, columns);
          table.set(k, old.get(from));
        }
      }
    }
  }

  @Test
  void anotherRootOfUnity() throws Exception {
    for (Layer layer : Layer.all()) {
      try (WeakProof weak = new WeakProof(layer.b, directory)) {
        FftConv conv =
            (FftConv)
                weak.circuit.circuit().relations().stream()
                    .filter(FftConv.class::isInstance)
                    .findFirst()
                    .orElseThrow();
        OtherRoot values = new OtherRoot(weak, conv.sizes().get(0), conv.sizes().get(1));
        String why = weak.rejection(weak.honest, values);
        assertNotNull(why);
        assertTrue(why.contains("FftConv ending"), why);
      }
    }
  }

  @Test
  void theKernelTurnedAround() throws Exception {
    // A convolution for a correlation: the transform of the kernel without conjugation.
    Layer layer = new Layer(3, 1, true);
    try (WeakProof weak = new WeakProof(layer.b, directory)) {
      TreeMap<Integer, int[]> other = new TreeMap<>(layer.b.given());
      int[] kernel = other.get(layer.weight);
      int[] turned = new int[kernel.length];
      for (int k = 0; k < turned.length; k++) {
        turned[k] = kernel[k / 6 * 6 + 5 - k % 6];
      }
      other.put(layer.weight, turned);
      String why = weak.rejectionOfModel(other);
      assertNotNull(why);
      assertTrue(why.startsWith("model column"), why);
    }
  }

  @Test
  void tooFewPointsProveACyclicConvolution() throws Exception {
    // Full convolution of 5 elements by 4 taps: 8 outputs, which 8 points hold and 4 do not.
    int[] x = {7, -3, 11, 2, 5};
    int[] kernel = {1, -2, 3, 5};
    Circuit few = line(4);
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(few));
    assertTrue(e.getMessage().contains("aliasing"), e.getMessage());

    int[] cyclic = new int[8];
    for (int y = 0; y < 8; y++) {
      for (int t = 0; t < 5; t++) {
        for (int d = 0; d < 4; d++) {
          cyclic[y] += (t - (y + d - 3)) % 4 == 0 ? x[t] * kernel[d] : 0;
        }
      }
    }
    CheckedCircuit circuit = CircuitCheck.check(line(8));
    int[] honest = CircuitEvaluator.evaluate(circuit, new TreeMap<>(Map.of(0, x, 1, kernel)))[2];
    assertTrue(honest[0] != cyclic[0], "they differ");
    assertNull(lineProof(Unchecked.circuit(few), x, kernel, cyclic), "accepted without the check");
    assertNull(lineProof(circuit, x, kernel, honest), "the honest proof");
    String why = lineProof(circuit, x, kernel, cyclic);
    assertNotNull(why);
    assertTrue(why.contains("FftConv ending"), why);
    assertEquals(8, FftConv.leastPoints(conv(), 1, 5, 4, 8));
  }

  private static Conv conv() {
    return new Conv(2, 0, 1, List.of(1, 1), List.of(0, 3), List.of(1, 1), 1);
  }

  private static Circuit line(int points) {
    return new Circuit(
        List.of(
            TensorDeclaration.input(List.of(1, 1, 1, 5), -20, 20),
            new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(1, 1, 1, 4), -5, 5, 9, 2),
            TensorDeclaration.virtual(List.of(1, 1, 1, 8), -220, 220)),
        List.of(),
        List.of(new FftConv(conv(), List.of(1, points))),
        List.of(0),
        List.of(2));
  }

  private String lineProof(CheckedCircuit circuit, int[] x, int[] kernel, int[] result)
      throws Exception {
    SmallModel model = new SmallModel(circuit.circuit(), Map.of(1, kernel));
    try (ProvingKey made = ProvingKey.generate(circuit, model, directory.resolve("line.code"), 1)) {
      VerifierKey key = WeakKeys.of(circuit, made.verifierKey().modelRoot());
      try (ProvingKey weak = ProvingKey.open(key, model, directory.resolve("line.code"), 1)) {
        Statement statement = new Statement(List.of(x), List.of(result));
        int[][] elements = {x, kernel, result};
        ForgedValues values =
            new ForgedValues(key.arithmetization().system(), elements, weak.model());
        byte[] proof =
            Prover.prove(weak, statement, values, WeakProof.CONTEXT, ProverOptions.quiet());
        try {
          WeakVerifier.verify(key, statement, proof, WeakProof.CONTEXT);
          return null;
        } catch (org.zkc.gkr.failure.VerificationFailure f) {
          return f.getMessage();
        }
      }
    }
  }
}
