package org.zkc.gkr.layered;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.layout.RowWidth;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.security.SoundnessBudget;

/**
 * The verifier's decisions about the proof of a circuit's copies: the matrix whose rows hold the
 * committed inputs, and the queries into it.
 *
 * @param copyVariables log2 of the copies, padded to a power of two
 * @param width elements of a row, a power of two; 0 where nothing is committed
 * @param rows of the matrix
 * @param security queries and grinding
 */
public record LayeredParameters(
    int copyVariables, int width, int rows, SecurityParameters security, SoundnessBudget budget) {
  private static final int MAX_QUERIES = 400;
  private static final int GRINDING_BITS = 12;

  /** The most committed residues, padding of copies included. */
  private static final long MAX_CELLS = 1L << 30;

  /**
   * The parameters of {@code copies} copies.
   *
   * @throws CircuitTooLarge when they do not reach 100 bits, or the committed inputs are too many
   */
  public static LayeredParameters of(LayeredCircuit circuit, int copies) {
    int committed = circuit.inputWidth(LayeredCircuit.Visibility.COMMITTED);
    int n = Mle.variables(copies);
    long cells = (long) committed << n;
    if (cells > MAX_CELLS) {
      throw new CircuitTooLarge(
          cells + " committed input wires in all copies, at most " + MAX_CELLS);
    }
    int width = 0;
    int rows = 0;
    if (committed > 0) {
      int variables = Mle.variables(committed) + n;
      width = RowWidth.choose(2, variables, w -> (cells + w - 1) / w);
      rows = (int) ((cells + width - 1) / width);
    }
    int few = -1;
    int enough = MAX_QUERIES;
    if (!reaches(circuit, n, width, MAX_QUERIES)) {
      throw new CircuitTooLarge(
          "the circuit's copies are too many for " + SecurityParameters.TARGET_BITS + " bits");
    }
    while (enough - few > 1) {
      int middle = (few + enough) / 2;
      if (reaches(circuit, n, width, middle)) {
        enough = middle;
      } else {
        few = middle;
      }
    }
    SecurityParameters security = security(enough);
    return new LayeredParameters(n, width, rows, security, budget(circuit, n, width, security));
  }

  private static SecurityParameters security(int queries) {
    return new SecurityParameters(queries, GRINDING_BITS, 0, ProtocolConstants.LOG_BLOW_UP);
  }

  private static boolean reaches(LayeredCircuit circuit, int n, int width, int queries) {
    return budget(circuit, n, width, security(queries)).totalBits()
        >= SecurityParameters.TARGET_BITS;
  }

  /** The error of each step (docs/protocol.md section 12.3). */
  private static SoundnessBudget budget(
      LayeredCircuit circuit, int n, int width, SecurityParameters security) {
    double rounds = 0;
    double wires = 0;
    for (int k = 0; k < circuit.layers().size(); k++) {
      Layer layer = circuit.layers().get(k);
      // The factor eq of the copies raises the degree of each round by one.
      rounds += n * (layer.degree() + 1.0);
      wires += k > 0 ? Mle.variables(layer.widthBelow()) : 0;
    }
    ArrayList<SoundnessBudget.Term> terms = new ArrayList<>();
    terms.add(
        SoundnessBudget.overField("output point", n + Mle.variables(circuit.outputWidth()) + 1.0));
    terms.add(SoundnessBudget.overField("layer rounds", rounds + 1));
    int committed = circuit.inputWidth(LayeredCircuit.Visibility.COMMITTED);
    wires += committed > 0 ? Mle.variables(committed) : 0;
    terms.add(SoundnessBudget.overField("wires of layers", wires + 1));
    if (committed > 0) {
      int variables = Mle.variables(committed) + n;
      int rowVariables = Math.max(0, variables - Mle.variables(width));
      terms.addAll(SoundnessBudget.opening("input", width, rowVariables, security));
    }
    return new SoundnessBudget(List.copyOf(terms));
  }

  /** The variables of a row's elements. */
  int widthVariables() {
    return Mle.variables(width);
  }
}
