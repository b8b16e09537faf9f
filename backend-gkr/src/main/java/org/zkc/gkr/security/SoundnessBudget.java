package org.zkc.gkr.security;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.layout.CombinationLayout;
import org.zkc.gkr.layout.LeafLayout;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.relation.Bilinear;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Definition;
import org.zkc.gkr.relation.Merge;
import org.zkc.gkr.relation.Reduction;
import org.zkc.gkr.relation.ZeroProduct;
import org.zkc.gkr.weight.TensorLayout;

/**
 * The soundness error of a proof, term by term, as bits: -log2 of the probability that this step
 * lets a wrong statement pass. The errors add. The budget uses unique decoding only and takes the
 * hash as a random oracle.
 *
 * @param terms in the order of the protocol
 */
public record SoundnessBudget(List<Term> terms) {
  /** One step. */
  public record Term(String step, double bits) {}

  /** log2 |E|, |E| = (2^31 - 1)^4, rounded down. */
  private static final double FIELD_BITS = 123.999999;

  /** The challenges of one random combination of claims. */
  private static final double MERGING = ProtocolConstants.LOG_MAX_CLAIMS;

  public SoundnessBudget {
    terms = List.copyOf(terms);
  }

  /** The budget of a circuit under the parameters that are computed for it. */
  public static SoundnessBudget of(CheckedCircuit circuit) {
    Arithmetization arithmetization = Arithmetization.of(circuit);
    return of(arithmetization, SecurityParameters.of(arithmetization));
  }

  /** The budget under any parameters. */
  public static SoundnessBudget of(Arithmetization a, SecurityParameters parameters) {
    ArrayList<Term> terms = new ArrayList<>();
    ConstraintSystem system = a.system();
    if (!a.leaves().isEmpty()) {
      terms.add(new Term("lookup challenges", lookupBits(a) + parameters.lookupGrindingBits()));
      double rounds = 0;
      for (LeafLayout.Tree tree : List.of(a.leaves().lookups(), a.leaves().tables())) {
        for (int layer = 0; layer < tree.variables(); layer++) {
          // lambda, the sibling, and the rounds of degree 3.
          rounds += 2 + 3.0 * layer;
        }
      }
      terms.add(new Term("lookup layers", overField(rounds)));
    }
    double zeroChecks = 0;
    for (ZeroProduct z : system.zeroProducts()) {
      zeroChecks += new TensorLayout(z.shape()).variables() + rounds(z);
    }
    add(terms, "zero products", zeroChecks);
    double outputs = 0;
    for (int t : system.circuit().outputs()) {
      outputs += variables(system, t);
    }
    add(terms, "output points", outputs);
    double relations = 0;
    for (Definition d : system.definitions()) {
      relations +=
          switch (d) {
            case Definition.AffineSum _ -> merge(system, d.result());
            case Bilinear b -> (b.combines() ? MERGING : merge(system, d.result())) + rounds(b);
          };
    }
    add(terms, "relations", relations);
    WitnessLayout w = a.witness();
    if (!w.isEmpty()) {
      // Two mergings: of the claims, and of the tables' values.
      add(terms, "witness batch", 2.0 * w.variables() + MERGING + Mle.variables(w.tables().size()));
      terms.addAll(opening("witness", w.width(), w.rowVariables(), parameters));
    }
    ModelLayout m = a.model();
    if (!m.isEmpty()) {
      double rowVariables = 0;
      double merges = 0;
      for (ModelLayout.Entry e : m.entries()) {
        rowVariables = Math.max(rowVariables, e.rowVariables());
        merges += e.isSingleRow() ? 0 : merge(system, e.tensor());
      }
      add(terms, "model claims brought to points", merges);
      add(terms, "model merge", 2.0 * (m.widthVariables() + MERGING));
      // The claims' points differ, but an error in a column of one claim's rows need only survive
      // that claim's combination.
      double variables = rowVariables + ModelLayout.logClaims(system);
      terms.addAll(opening("model", m.width(), variables, parameters));
    }
    CombinationLayout c = a.combination();
    if (!c.isEmpty()) {
      // Two mergings: of the claims, and of the combinations' values.
      add(
          terms,
          "combination claims",
          2.0 * c.variables()
              + Mle.variables(c.mostClaims(parameters.queries()))
              + Mle.variables(c.entries().size()));
      terms.addAll(opening("combination", c.width(), c.rowVariables(), parameters));
    }
    return new SoundnessBudget(terms);
  }

  /**
   * The errors of one opening.
   *
   * @param width elements of a row
   * @param rowVariables those of one claim, and those of the merging of claims
   */
  public static List<Term> opening(
      String name, int width, double rowVariables, SecurityParameters parameters) {
    double n = width * StrictMath.pow(2, parameters.logBlowUp());
    // A word farther than e from the code is caught by a query with probability at least (e + 1) /
    // n.
    double errors = StrictMath.floor((n - width - 1) / 2);
    double missed = 1 - (errors + 1) / n;
    return List.of(
        new Term(name + " proximity", overField(rowVariables * n)),
        new Term(
            name + " queries",
            -log2(missed) * parameters.queries() + parameters.queryGrindingBits()));
  }

  /** The lookup challenges alone, without grinding: (N + T)(1 + log W) / |E|. */
  static double lookupBits(Arithmetization a) {
    LeafLayout leaves = a.leaves();
    return leaves.isEmpty()
        ? FIELD_BITS
        : FIELD_BITS
            - log2(
                (double) leaves.fractions()
                    * (1 + Math.max(leaves.lookups().variables(), leaves.tables().variables())));
  }

  private static void add(ArrayList<Term> terms, String step, double numerator) {
    if (numerator > 0) {
      terms.add(new Term(step, overField(numerator)));
    }
  }

  /** Claims on a tensor that are merged to a point. */
  private static double merge(ConstraintSystem system, int tensor) {
    return MERGING + rounds(Merge.of(system, "", tensor));
  }

  private static double rounds(Reduction reduction) {
    double error = 0;
    for (Reduction.Rounds rounds : reduction.rounds()) {
      error += rounds.error();
    }
    return error;
  }

  private static int variables(ConstraintSystem system, int tensor) {
    return new TensorLayout(system.tensor(tensor).shape()).variables();
  }

  /** A step that fails for {@code numerator} of the elements of E. */
  public static Term overField(String step, double numerator) {
    return new Term(step, overField(numerator));
  }

  private static double overField(double numerator) {
    return FIELD_BITS - log2(numerator);
  }

  private static double log2(double x) {
    return StrictMath.log(x) / StrictMath.log(2);
  }

  /** -log2 of the sum of all errors. */
  public double totalBits() {
    double error = 0;
    for (Term t : terms) {
      error += StrictMath.pow(2, -t.bits());
    }
    return -log2(error);
  }
}
