package org.zkc.gkr.relation;

import java.util.List;
import java.util.function.IntFunction;
import org.zkc.gkr.circuit.Gather;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.VerifierWork;
import org.zkc.gkr.weight.Weight;

/**
 * Claim: Y(i, j) = T(x(i), j), for public indices x below the number of T's rows.
 *
 * <p>Arithmetisation: a claim with weights w_I on the axes i and w_J on the axes j is
 *
 * <pre>
 * sum over rows r of S(r) T'(r),  S(r) = sum of w_I(i) over the i with x(i) = r,  T' = T folded by w_J
 * </pre>
 *
 * (a product by a public matrix with one 1 in each row). One sumcheck over r of degree 2. The
 * verifier computes the extension of S at its point rho, sum of w_I(i) eq(rho, x(i)), one product
 * for each index and each bit of a row. The sumcheck ends in a claim on T with eq(rho, .) on the
 * rows and w_J on the other axes, so a parameter's opening takes the claim unmerged.
 *
 * <p>Uniqueness: Y is a function of T and x, with elements of T.
 *
 * @param table the shape of T
 * @param indexAxes the number of axes i
 */
public record RowGather(String name, Gather gather, List<Integer> table, int indexAxes)
    implements Bilinear {
  public RowGather {
    table = List.copyOf(table);
  }

  static RowGather of(SystemBuilder builder, String name, Gather g) {
    return new RowGather(name, g, builder.shape(g.table()), builder.shape(g.indices()).size());
  }

  /** The number of rows. */
  public int rows() {
    return table.getFirst();
  }

  @Override
  public int result() {
    return gather.result();
  }

  @Override
  public List<Integer> sources() {
    return List.of(gather.table());
  }

  @Override
  public boolean takes(Weight weight) {
    return weight.splitsAt(indexAxes);
  }

  @Override
  public long multiplications(long elements) {
    return 0;
  }

  @Override
  public List<Rounds> rounds() {
    return List.of(Rounds.plain(name, new TensorLayout(List.of(rows())).variables(), 2));
  }

  @Override
  public Closing close(MergedClaims claims, Ext[] point) {
    return new Closing(
        Ext.ONE,
        List.of(claims.only().withLeading(indexAxes, point, rows())),
        List.of(new End(gather.table(), 0)));
  }

  /** The extension of S at the point. */
  @Override
  public Ext publicFactor(MergedClaims claims, Ext[] point, IntFunction<int[]> residues) {
    int[] indices = residues.apply(gather.indices());
    ExtVector weights = claims.only().leading(indexAxes);
    VerifierWork.spend((long) indices.length * (point.length + 1));
    Ext[] complement = new Ext[point.length];
    for (int j = 0; j < point.length; j++) {
      complement[j] = Ext.ONE.sub(point[j]);
    }
    Ext sum = Ext.ZERO;
    for (int k = 0; k < indices.length; k++) {
      Ext product = weights.get(k);
      for (int j = 0; j < point.length; j++) {
        boolean bit = (indices[k] >> (point.length - 1 - j) & 1) == 1;
        product = product.mul(bit ? point[j] : complement[j]);
      }
      sum = sum.add(product);
    }
    return sum;
  }
}
