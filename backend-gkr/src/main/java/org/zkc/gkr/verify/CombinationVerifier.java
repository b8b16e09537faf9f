package org.zkc.gkr.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.code.Symbols;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.layout.CombinationLayout;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.ligero.LigeroVerifier;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.relation.Merging;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.transcript.Transcript;

/**
 * Checks the row combinations u_o of the commitments o where they are committed to and not sent.
 *
 * <pre>
 * message  the root of a matrix of the u_o, before the columns of the commitments are drawn
 * claims   &lt;u_o, eq(z_o, .)&gt; = v_o; &lt;u_o, G_k&gt; = the same combination of column k of o, for every column drawn,
 *          G_k the symbol at position k of a codeword as a function of the message
 * round    c = eq(tau, .) merges all claims; sumcheck of sum over o of w_o u_o, w_o the merged weights on u_o; the weight of
 *          a combination of fewer variables is eq(0, .) in the leading ones
 * check    its ending on the values u_o(r) sent
 * ending   fresh coefficients merge these; the combination of the matrix' rows is sent and opened
 * </pre>
 */
final class CombinationVerifier {
  private static final int ROOT_BYTES = 32;

  private final CombinationLayout layout;
  private final SecurityParameters parameters;
  private final ReceivingChannel in;
  private final Proof proof;

  CombinationVerifier(
      CombinationLayout layout, SecurityParameters parameters, ReceivingChannel in, Proof proof) {
    this.layout = layout;
    this.parameters = parameters;
    this.in = in;
    this.proof = proof;
  }

  /** The knowledge of one combination: the symbols of its codeword at these columns. */
  private record Queried(
      CombinationLayout.Entry entry, Ext[] columnPoint, Ext value, int[] indices, ExtVector at) {}

  /**
   * Checks that the combinations are those of the committed rows and have the claimed values.
   *
   * @param roots of the commitments whose rows are combined
   */
  void verify(Map<Opening, OpeningVerifier.Combination> combinations, Map<Opening, byte[]> roots) {
    Transcript transcript = in.transcript();
    VerificationFailure.requireCount(
        "bytes of the combination root", ROOT_BYTES, proof.combinationRoot().length);
    transcript.absorb("combination root", proof.combinationRoot());
    transcript.checkGrind("queries", parameters.queryGrindingBits(), proof.queryNonce());
    ArrayList<Queried> all = new ArrayList<>();
    int claims = 0;
    for (CombinationLayout.Entry entry : layout.entries()) {
      Queried queried =
          query(
              entry,
              Objects.requireNonNull(combinations.get(entry.of()), "what is laid out is opened"),
              Objects.requireNonNull(roots.get(entry.of()), "what is opened has a root"));
      all.add(queried);
      claims += 1 + queried.indices().length;
    }
    ExtVector merging = Merging.coefficients(transcript, "combination claims", claims);
    ArrayList<ExtVector> own = new ArrayList<>();
    Ext claim = Ext.ZERO;
    int at = 0;
    for (Queried q : all) {
      ExtVector coefficients = merging.slice(at, 1 + q.indices().length);
      at += coefficients.length();
      own.add(coefficients);
      claim = claim.add(coefficients.get(0).mul(q.value()));
      for (int k = 0; k < q.indices().length; k++) {
        claim = claim.add(coefficients.get(1 + k).mul(q.at().get(k)));
      }
    }
    SumcheckVerifier.Ending end =
        SumcheckVerifier.plain(
            in, Section.COMBINATIONS, "combination claims", claim, layout.variables(), 2);
    Ext[] ends = in.receive(Section.COMBINATIONS, "combination ends", all.size());
    Ext expected = Ext.ZERO;
    for (int k = 0; k < ends.length; k++) {
      Ext weight = weight(all.get(k), own.get(k), end.point());
      expected = expected.add(weight.mul(ends[k]));
    }
    VerificationFailure.requireEqual("combination ending", expected, end.value());
    open(end.point(), ends);
  }

  private Queried query(
      CombinationLayout.Entry entry, OpeningVerifier.Combination combination, byte[] root) {
    String name = entry.of().text();
    int width = 1 << entry.variables();
    int[] indices = draw(name + " queries", width);
    ExtVector symbols =
        LigeroVerifier.symbols(
            name,
            root,
            width,
            combination.coefficients().length(),
            combination.coefficients(),
            indices,
            proof.opening(entry.of()));
    return new Queried(entry, combination.columnPoint(), combination.value(), indices, symbols);
  }

  private int[] draw(String label, int width) {
    return Columns.distinct(
        in.transcript().challengeIndices(label, parameters.queries(), Columns.count(width)));
  }

  /** The extension of the merged weights on one combination at a point of all variables. */
  private static Ext weight(Queried q, ExtVector coefficients, Ext[] point) {
    int variables = q.entry().variables();
    Ext[] own = SumcheckVerifier.suffix(point, variables);
    Symbols symbols = Symbols.ofDimension(1 << variables);
    Ext weight = coefficients.get(0).mul(Mle.eqAt(q.columnPoint(), own));
    for (int k = 0; k < q.indices().length; k++) {
      weight = weight.add(coefficients.get(1 + k).mul(symbols.at(q.indices()[k], own)));
    }
    for (int j = 0; j < point.length - variables; j++) {
      weight = weight.mul(Ext.ONE.sub(point[j]));
    }
    return weight;
  }

  /** The values of the combinations at one point, by a combination of their rows. */
  private void open(Ext[] point, Ext[] ends) {
    ExtVector stacking =
        Merging.coefficients(in.transcript(), "combination rows", layout.entries().size());
    ExtVector coefficients = new ExtVector(layout.rows());
    Ext value = Ext.ZERO;
    for (int k = 0; k < ends.length; k++) {
      CombinationLayout.Entry entry = layout.entries().get(k);
      value = value.add(stacking.get(k).mul(ends[k]));
      int own = Math.max(entry.variables(), layout.widthVariables());
      Ext[] rowPoint =
          Arrays.copyOfRange(point, point.length - own, point.length - layout.widthVariables());
      ExtVector rows = EqTable.of(rowPoint, entry.rows());
      for (int r = 0; r < entry.rows(); r++) {
        Ext coefficient = stacking.get(k).mul(rows.get(r));
        for (int limb = 0; limb < CombinationLayout.LIMBS; limb++) {
          coefficients.set(
              CombinationLayout.LIMBS * (entry.firstRow() + r) + limb,
              coefficient.mul(CombinationLayout.unit(limb)));
        }
      }
    }
    ExtVector u = in.receiveVector(Section.COMBINATIONS, "combination row", layout.width());
    Ext[] columnPoint = SumcheckVerifier.suffix(point, layout.widthVariables());
    VerificationFailure.requireEqual("combination row", value, Mle.evaluate(u, columnPoint));
    in.transcript()
        .checkGrind(
            "combination queries", parameters.queryGrindingBits(), proof.combinationNonce());
    LigeroVerifier.check(
        Opening.COMBINATION.text(),
        proof.combinationRoot(),
        layout.width(),
        layout.rows(),
        coefficients,
        u,
        draw("combination queries", layout.width()),
        proof.opening(Opening.COMBINATION));
  }
}
