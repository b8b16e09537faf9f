package org.zkc.gkr.verify;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.ligero.LigeroVerifier;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.security.SecurityParameters;

/**
 * Checks the row combinations u_o of the commitments o where they are sent, because they are
 * shorter than the opening of a matrix of theirs ({@link CombinationVerifier}).
 *
 * <pre>
 * message  the u_o, before the columns of the commitments are drawn
 * check    &lt;u_o, eq(z_o, .)&gt; = v_o; the codeword of u_o equals the same combination of each opened column of o
 * </pre>
 */
final class SentCombinationVerifier {
  private final SecurityParameters parameters;
  private final ReceivingChannel in;
  private final Proof proof;

  SentCombinationVerifier(SecurityParameters parameters, ReceivingChannel in, Proof proof) {
    this.parameters = parameters;
    this.in = in;
    this.proof = proof;
  }

  /**
   * Checks that the combinations are those of the committed rows and have the claimed values.
   *
   * @param combinations in the order of the protocol
   * @param roots of the commitments whose rows are combined
   */
  void verify(Map<Opening, OpeningVerifier.Combination> combinations, Map<Opening, byte[]> roots) {
    EnumMap<Opening, ExtVector> sent = new EnumMap<>(Opening.class);
    combinations.forEach((of, combination) -> sent.put(of, receive(of, combination)));
    in.transcript().checkGrind("queries", parameters.queryGrindingBits(), proof.queryNonce());
    sent.forEach((of, u) ->
        columns(
            of,
            Objects.requireNonNull(combinations.get(of), "what is sent is claimed").coefficients(),
            Objects.requireNonNull(roots.get(of), "what is opened has a root"),
            u));
  }

  private ExtVector receive(Opening of, OpeningVerifier.Combination combination) {
    String name = of.text() + " combination";
    int width = 1 << combination.columnPoint().length;
    ExtVector u = in.receiveVector(Section.COMBINATIONS, name, width);
    VerificationFailure.requireEqual(
        name, combination.value(), Mle.evaluate(u, combination.columnPoint()));
    return u;
  }

  private void columns(Opening of, ExtVector coefficients, byte[] root, ExtVector u) {
    int[] drawn =
        in.transcript()
            .challengeIndices(
                of.text() + " queries", parameters.queries(), Columns.count(u.length()));
    LigeroVerifier.check(
        of.text(),
        root,
        u.length(),
        coefficients.length(),
        coefficients,
        u,
        Columns.distinct(drawn),
        proof.opening(of));
  }
}
