package org.zkc.gkr.prove;

import java.util.EnumMap;
import java.util.List;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.prove.commitment.Commitment;
import org.zkc.gkr.security.SecurityParameters;

/** Sends the row combinations and opens the columns that show whose they are: the prover's side. */
final class SentCombinationProver {
  private final SecurityParameters parameters;
  private final SendingChannel out;

  SentCombinationProver(SecurityParameters parameters, SendingChannel out) {
    this.parameters = parameters;
    this.out = out;
  }

  /**
   * Proves.
   *
   * @param openings whose rows are combined, in the order of the protocol
   * @param rows the combinations, in the same order
   * @param commitments likewise
   */
  CombinationProver.Opened prove(
      List<Opening> openings, List<OpeningProver.Row> rows, List<Commitment> commitments) {
    for (int k = 0; k < rows.size(); k++) {
      String name = openings.get(k).text() + " combination";
      out.send(Section.COMBINATIONS, name, rows.get(k).elements());
    }
    long nonce = out.transcript().grind("queries", parameters.queryGrindingBits());
    EnumMap<Opening, ColumnOpening> opened = new EnumMap<>(Opening.class);
    for (int k = 0; k < rows.size(); k++) {
      Commitment commitment = commitments.get(k);
      int[] drawn =
          out.transcript()
              .challengeIndices(
                  openings.get(k).text() + " queries",
                  parameters.queries(),
                  Columns.count(commitment.width()));
      opened.put(openings.get(k), commitment.open(Columns.distinct(drawn)));
    }
    return new CombinationProver.Opened(new byte[0], nonce, 0, opened);
  }
}
