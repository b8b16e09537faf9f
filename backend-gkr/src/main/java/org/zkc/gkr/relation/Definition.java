package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.weight.TensorView;

/** Defines a tensor by the values of others. The backward sweep walks over definitions. */
public sealed interface Definition permits Definition.AffineSum, Bilinear {
  /** The tensor it defines. */
  int result();

  /** The relation and its place in the circuit, for messages. */
  String name();

  /**
   * Whether claims on the result are carried on unmerged; otherwise they are first merged to one.
   */
  boolean takes(List<Claims.Claim> claims);

  /** result = sum of the terms and of the constants, over F. */
  record AffineSum(String name, int result, List<Term> terms, List<Constant> constants)
      implements Definition {
    public AffineSum {
      terms = List.copyOf(terms);
      constants = List.copyOf(constants);
    }

    @Override
    public boolean takes(List<Claims.Claim> claims) {
      return claims.size() <= ProtocolConstants.MERGE_ABOVE;
    }
  }

  /** coefficient, a residue that is not 0, times the source seen through the view. */
  record Term(int source, int coefficient, TensorView view) {}

  /** The residue {@code value} on a box of real indices. */
  record Constant(int value, List<Integer> starts, List<Integer> limits) {
    public Constant {
      starts = List.copyOf(starts);
      limits = List.copyOf(limits);
    }

    /** The constant on all real indices. */
    static Constant everywhere(int value, List<Integer> shape) {
      return new Constant(value, shape.stream().map(e -> 0).toList(), shape);
    }
  }
}
