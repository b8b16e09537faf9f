package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.sumcheck.SumcheckVerifier;

/** The prover of {@link SumcheckVerifier}. */
public final class SumcheckProver {
  private SumcheckProver() {}

  /** Runs all rounds and returns the point; the tables then hold one value each. */
  public static Ext[] run(SendingChannel out, Section section, String name, SumcheckTables tables) {
    Ext[] point = new Ext[tables.rounds()];
    for (int j = 0; j < point.length; j++) {
      out.send(section, name, tables.message());
      point[j] = out.transcript().challengeExt(name);
      tables.bind(point[j]);
    }
    return point;
  }
}
