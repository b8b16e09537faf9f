package org.zkc.gkr.lookup;

import java.util.ArrayList;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.proof.Section;
import org.zkc.gkr.proof.SendingChannel;
import org.zkc.gkr.sumcheck.FractionTables;
import org.zkc.gkr.sumcheck.SumcheckProver;

/** The prover of {@link LogupVerifier}. */
public final class LogupProver {
  private LogupProver() {}

  private record Layer(ExtVector p, ExtVector q) {}

  /**
   * Proves that the fractions p / q sum to zero; both have 2^variables values and are overwritten.
   * Returns the leaves' point.
   */
  public static Ext[] prove(SendingChannel out, ExtVector p, ExtVector q, int variables) {
    Kernels kernels = Kernels.best();
    ArrayList<Layer> tree = new ArrayList<>();
    tree.add(new Layer(p, q));
    for (int n = variables - 1; n >= 0; n--) {
      Layer below = tree.getLast();
      Layer layer = new Layer(new ExtVector(1 << n), new ExtVector(1 << n));
      kernels.combineFractions(below.p(), below.q(), 1 << n, layer.p(), layer.q());
      tree.add(layer);
    }
    out.send(Section.LOOKUPS, "root denominator", tree.removeLast().q().get(0));
    Ext[] rho = new Ext[0];
    for (int layer = 0; layer < variables; layer++) {
      String name = "lookup layer " + layer;
      Layer halves = tree.removeLast();
      int half = 1 << layer;
      Ext lambda = out.transcript().challengeExt(name + " lambda");
      kernels.scale(halves.p(), lambda);
      FractionTables tables =
          new FractionTables(
              halves.p().slice(0, half),
              halves.q().slice(0, half),
              halves.p().slice(half, half),
              halves.q().slice(half, half),
              rho);
      Ext[] r = SumcheckProver.run(out, Section.LOOKUPS, name, tables);
      Ext[] v = tables.values();
      Ext unscale = lambda.inv();
      v[0] = v[0].mul(unscale);
      v[2] = v[2].mul(unscale);
      out.send(Section.LOOKUPS, name + " ends", v);
      rho = new Ext[layer + 1];
      rho[0] = out.transcript().challengeExt(name + " half");
      System.arraycopy(r, 0, rho, 1, layer);
    }
    return rho;
  }
}
