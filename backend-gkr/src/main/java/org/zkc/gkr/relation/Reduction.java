package org.zkc.gkr.relation;

import java.util.List;
import java.util.function.IntFunction;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * A reduction turns claims on one tensor into claims on others through one sumcheck. This interface
 * holds everything that the protocol says about it; the verifier, the prover, the proof's size, the
 * soundness budget and the counts of claims all read it.
 *
 * <pre>
 * claim   sum_j c_j &lt;w_j, T&gt; = v, for claims on T that the reduction takes
 * round   for each of {@link #rounds}, a sumcheck of the sum over its variables
 * check   the last sum is the closing's factor times {@link #publicFactor} times the product of &lt;w_k, S_k&gt; over its
 *         ends, whose values are sent
 * ending  &lt;w_k, S_k&gt; = those values
 * </pre>
 */
public sealed interface Reduction permits Bilinear, Merge, ZeroProduct {
  /** The label of the challenges that merge the claims; also for messages. */
  String name();

  /** The tensors S_k, as often and in the order in which the closing names them. */
  List<Integer> sources();

  /**
   * Whether any number of claims is taken at once, as their random combination. Otherwise a single
   * claim is taken, and only if its weight passes {@link #takes}; other claims are first merged to
   * a point.
   */
  default boolean combines() {
    return false;
  }

  /** Whether a single claim with this weight is taken unmerged. Every claim at a point is taken. */
  default boolean takes(Weight weight) {
    return true;
  }

  /** The sumcheck's parts, in order. */
  List<Rounds> rounds();

  /**
   * The closing of the sumcheck.
   *
   * @param claims the claims that were taken
   * @param point the challenges of all rounds
   */
  Closing close(MergedClaims claims, Ext[] point);

  /**
   * A further factor of the closing, which only a verifier needs and computes from the public
   * integers.
   *
   * @param claims the claims that were taken
   * @param point the challenges of all rounds
   * @param residues of a PUBLIC tensor, row-major
   */
  default Ext publicFactor(MergedClaims claims, Ext[] point, IntFunction<int[]> residues) {
    return Ext.ONE;
  }

  /** The label of the values that are sent for the ends. */
  default String endsName() {
    return name() + " ends";
  }

  /** Whether these claims are taken together without merging. */
  default boolean takes(List<Claims.Claim> claims) {
    return combines() || claims.size() == 1 && takes(claims.get(0).weight());
  }

  /**
   * Consecutive variables of the sumcheck.
   *
   * @param degree of the polynomial that is sent, in each variable
   * @param eqAxes when not 0, the number of first axes on which the factor eq at a point of the
   *     claim's weight is split off. The variables are those of these axes, and the polynomial that
   *     is sent lacks the factor
   */
  record Rounds(String name, int variables, int degree, int eqAxes) {
    /** Rounds of whole polynomials. */
    static Rounds plain(String name, int variables, int degree) {
      return new Rounds(name, variables, degree, 0);
    }

    /** The elements that a prover sends. */
    public long elements() {
      return (long) variables * degree;
    }

    /** The soundness error times |E|: the degree of the summand, for every variable. */
    public double error() {
      return (double) variables * (eqAxes > 0 ? degree + 1 : degree);
    }
  }

  /**
   * &lt;weight, source&gt;.
   *
   * @param weight an index into the closing's weights
   */
  record End(int source, int weight) {}

  /**
   * The end of a sumcheck: it holds if the factor times the product of the ends is the last sum.
   *
   * @param factor computed by the verifier
   * @param weights of the ends, in the order in which they arise; ends at one point have one
   */
  record Closing(Ext factor, List<Weight> weights, List<End> ends) {
    public Closing {
      weights = List.copyOf(weights);
      ends = List.copyOf(ends);
    }

    /** This closing with its weights numbered. */
    public Closing numbered(WeightPool pool) {
      return new Closing(factor, weights.stream().map(pool::fresh).toList(), ends);
    }

    /** The weight of an end. */
    public Weight weight(End end) {
      return weights.get(end.weight());
    }
  }
}
