package org.zkc.gkr.ligero;

import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.hash.MerkleTree;
import org.zkc.gkr.kernel.Kernels;

/**
 * The verifier's side of a Ligero opening.
 *
 * <p>Claim: u = sum over rows of coefficients[row] * row, of the matrix committed to by the root.
 * Message: u, absorbed before the column indices are drawn; then the columns at these indices with
 * their Merkle multiproof. Check: the columns hash to the root, and the codeword of u equals the
 * same combination of each opened column. Ending: u is known to be that combination; the caller
 * draws conclusions about evaluations.
 *
 * <p>u is a message of the FFT space, of dimension k, so a component in the circle space's extra
 * dimension cannot be sent (docs/protocol.md section 5.8).
 */
public final class LigeroVerifier {
  private LigeroVerifier() {}

  /**
   * Checks one opening.
   *
   * @param where names the commitment in failures
   * @param rows number of rows; {@code coefficients} has one per row
   * @param u {@code width} elements
   * @param indices ascending, distinct ({@link Columns#distinct}), drawn by the verifier's
   *     transcript
   * @throws VerificationFailure when anything differs
   */
  public static void check(
      String where,
      byte[] root,
      int width,
      int rows,
      ExtVector coefficients,
      ExtVector u,
      int[] indices,
      ColumnOpening opening) {
    VerificationFailure.requireCount(where + " row combination length", width, u.length());
    ExtVector actual = symbols(where, root, width, rows, coefficients, indices, opening);
    ExtVector expected = CircleCode.ofDimension(width).codewordAt(u, indices);
    for (int q = 0; q < indices.length; q++) {
      VerificationFailure.requireEqual(
          where + " column " + indices[q], expected.get(q), actual.get(q));
    }
  }

  /**
   * The symbols, at {@code indices}, of the codeword of sum over rows of coefficients[row] * row,
   * made of columns that hash to the root.
   *
   * @throws VerificationFailure when the columns do not
   */
  public static ExtVector symbols(
      String where,
      byte[] root,
      int width,
      int rows,
      ExtVector coefficients,
      int[] indices,
      ColumnOpening opening) {
    VerificationFailure.requireCount(where + " row coefficients", rows, coefficients.length());
    int[] columns = opening.columns();
    VerificationFailure.requireCount(
        where + " column elements", (long) rows * indices.length, columns.length);
    for (int at = 0; at < columns.length; at++) {
      if (!M31.isCanonical(columns[at])) {
        throw new VerificationFailure(
            where + " column " + indices[at / rows] + " row " + at % rows,
            "a residue below p",
            Integer.toString(columns[at]));
      }
    }
    MerkleTree.verify(
        where, root, Columns.count(width), indices, opening.leaves(rows), opening.multiproof());
    ExtVector out = new ExtVector(indices.length);
    for (int q = 0; q < indices.length; q++) {
      out.set(q, Kernels.best().dotBase(columns, q * rows, rows, coefficients));
    }
    return out;
  }
}
