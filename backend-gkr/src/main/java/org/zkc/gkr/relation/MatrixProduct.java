package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/**
 * Claim: Y(b, t, o) = sum_i L(b, t, i) R(b, o, i), where there may be no shared axes b.
 *
 * <p>Arithmetisation: a claim with weights eq(z, .) on b, w_t, and eq(r_o, .) on o is
 *
 * <pre>
 * sum over b and i of eq(z, b) R'(b, i) L'(b, i),  R' = R folded by eq(r_o, .), L' = L folded by w_t
 * </pre>
 *
 * (Thaler 2013, section 4, for one product). One sumcheck: first over b with eq(z, .) split off,
 * then over i, both of degree 2 as sent. The sum over the padding of b is 0, as R' and L' are. The
 * sumcheck ends in a claim on R with weights eq(rho_b, .), eq(r_o, .), eq(rho_i, .) and one on L
 * with eq(rho_b, .), w_t, eq(rho_i, .). Without shared axes w_t may be any weight on all leading
 * axes.
 *
 * <p>Uniqueness: Y is a function of L and R, inside (-2^30, 2^30).
 *
 * @param right the shape of R
 * @param outputAxis the axis o of the result, its last
 */
public record MatrixProduct(String name, MatMul matMul, List<Integer> right, int outputAxis)
    implements Bilinear {
  public MatrixProduct {
    right = List.copyOf(right);
  }

  static MatrixProduct of(SystemBuilder builder, String name, MatMul m) {
    List<Integer> right = builder.shape(m.right());
    return new MatrixProduct(name, m, right, builder.shape(m.result()).size() - 1);
  }

  /** The number of axes b. */
  public int sharedAxes() {
    return MatMul.sharedAxes(right.size());
  }

  /** The axes b and i of the sumcheck. */
  public TensorLayout summed() {
    ArrayList<Integer> shape = new ArrayList<>(right.subList(0, sharedAxes()));
    shape.add(inner());
    return new TensorLayout(shape);
  }

  /** The extent of i. */
  public int inner() {
    return right.getLast();
  }

  @Override
  public int result() {
    return matMul.result();
  }

  @Override
  public List<Integer> sources() {
    return List.of(matMul.right(), matMul.left());
  }

  @Override
  public boolean takes(Weight weight) {
    for (int axis = 0; axis < sharedAxes(); axis++) {
      if (!weight.hasPoint(axis)) {
        return false;
      }
    }
    return weight.hasPoint(outputAxis);
  }

  @Override
  public long multiplications(long elements) {
    return elements * inner();
  }

  @Override
  public List<Rounds> rounds() {
    int shared = sharedAxes();
    int innerVariables = summed().variables(shared);
    Rounds inner = Rounds.plain(name, innerVariables, 2);
    int sharedVariables = summed().variables() - innerVariables;
    return shared == 0
        ? List.of(inner)
        : List.of(new Rounds(name + " shared axes", sharedVariables, 2, shared), inner);
  }

  @Override
  public Closing close(MergedClaims claims, Ext[] point) {
    Weight claim = claims.only();
    Ext[][] parts = summed().byAxis(point);
    int shared = sharedAxes();
    ArrayList<Ext[]> ofRight = new ArrayList<>(Arrays.asList(parts));
    ofRight.add(shared, claim.axisPoint(outputAxis));
    // Axes that are not summed keep their weights, and the scale goes with them.
    Weight ofLeft = claim.withAxis(outputAxis, parts[shared], inner());
    for (int axis = 0; axis < shared; axis++) {
      ofLeft = ofLeft.withAxis(axis, parts[axis], right.get(axis));
    }
    return new Closing(
        Ext.ONE,
        List.of(Weight.ofPoints(right, ofRight), ofLeft),
        List.of(new End(matMul.right(), 0), new End(matMul.left(), 1)));
  }
}
