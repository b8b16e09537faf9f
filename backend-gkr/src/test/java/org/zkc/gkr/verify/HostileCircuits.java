package org.zkc.gkr.verify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.EuclideanNorm;
import org.zkc.gkr.circuit.Exponentials;
import org.zkc.gkr.circuit.Gather;
import org.zkc.gkr.circuit.Product;
import org.zkc.gkr.circuit.Reciprocal;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.estimate.VerifierBounds;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.statement.Statement;

/**
 * Circuits that the check accepts, of a few hundred bytes or up to a few megabytes, which ask a
 * verifier for as much as they can. All their values are 0, so a proof of zeros passes every check
 * as far as the work before the queries: whoever wants them verified can have that.
 */
enum HostileCircuits {
  /** Products along a long axis, whose points meet the transpose of a broadcast each. */
  POINTS_ON_A_LONG_AXIS {
    @Override
    void build(Parts p) {
      int x = p.input(1);
      int length = 1 << 21;
      ArrayList<Integer> results = new ArrayList<>();
      for (int j = 0; j < 3; j++) {
        int b = p.affine(List.of(length), term(x, new ViewStep.Window(0, length, 0, 1, 0, 1)));
        p.products(b, 8, results);
      }
      p.sumUp(results, length);
    }
  },
  /** Many constants on a tensor whose claims have one vector over all its elements. */
  CONSTANTS_UNDER_VECTORS {
    @Override
    void build(Parts p) {
      List<Integer> shape = Collections.nCopies(7, 8);
      int t = p.add(shape);
      List<Affine.Box> boxes =
          Collections.nCopies(100, new Affine.Box(0, List.of(0, 0, 0, 0, 0, 1, 1), shape));
      p.relations.add(new Affine(t, List.of(), boxes));
      int flat = p.affine(List.of(1 << 21), term(t, new ViewStep.Reshape(List.of(1 << 21))));
      ArrayList<Integer> results = new ArrayList<>();
      p.products(flat, 8, results);
      p.sumUp(results, 1 << 21);
    }
  },
  /** Windows of which every 31-polynomial of their numbers is the same. */
  VIEWS_THAT_HASH_ALIKE {
    @Override
    void build(Parts p) {
      int x = p.input(1);
      ArrayList<Integer> results = new ArrayList<>();
      for (int j = 0; j < 31; j++) {
        ArrayList<Affine.Term> terms = new ArrayList<>();
        for (int d = 1; d <= 4088; d++) {
          terms.add(term(x, new ViewStep.Window(0, 1, 1, d, 5 - 31 * d + 31 * 4096, 1)));
        }
        p.products(p.affine(List.of(1), terms.toArray(Affine.Term[]::new)), 8, results);
      }
      p.sumUp(results, 1);
    }
  },
  /** A window that adds up everything for every element. */
  TAPS_TIMES_EXTENT {
    @Override
    void build(Parts p) {
      int length = 1 << 14;
      int x = p.input(length);
      int s = p.affine(List.of(length), term(x, new ViewStep.Window(0, length, 0, 1, 0, length)));
      ArrayList<Integer> results = new ArrayList<>();
      p.products(s, 8, results);
      p.sumUp(results, length);
    }
  },
  /** Public elements, as many as there may be, with a claim from each of many products. */
  CLAIMS_ON_A_LARGE_INPUT {
    @Override
    void build(Parts p) {
      int x = p.input(8, 1 << 21);
      ArrayList<Integer> results = new ArrayList<>();
      p.products(x, 8, results);
      Affine.Term[] terms = results.stream().map(t -> term(t)).toArray(Affine.Term[]::new);
      int all = p.affine(List.of(8, 1 << 21), terms);
      p.outputs.add(
          p.affine(
              List.of(1, 1),
              term(
                  all,
                  new ViewStep.Window(0, 1, 1, 1, 0, 8),
                  new ViewStep.Window(1, 1, 1, 1, 0, 1 << 21))));
    }
  },
  /** A strided convolution of many taps along a long axis. */
  A_CONVOLUTION_OF_A_LONG_AXIS {
    @Override
    void build(Parts p) {
      int length = 1 << 21;
      int x = p.input(1);
      int row =
          p.affine(
              List.of(1, 1, 1, length),
              term(
                  x,
                  new ViewStep.Reshape(List.of(1, 1, 1, 1)),
                  new ViewStep.Window(3, length, 0, 1, 0, 1)));
      int kernel = p.model(List.of(1, 1, 1, 160));
      int y = p.add(List.of(1, 1, 1, length / 2));
      p.relations.add(new Conv(y, row, kernel, List.of(1, 2), List.of(0, 0), List.of(1, 1), 1));
      p.outputs.add(
          p.affine(
              List.of(1),
              term(
                  y,
                  new ViewStep.Window(3, 1, 1, 1, 0, length / 2),
                  new ViewStep.Reshape(List.of(1)))));
    }
  },
  /** As many terms as there may be, each its own view of eight axes, under eight claims each. */
  TERMS_OF_MANY_AXES {
    @Override
    void build(Parts p) {
      List<Integer> shape = List.of(1, 2, 1, 2, 1, 2, 1, 2);
      int x = p.tensors.size();
      p.tensors.add(TensorDeclaration.input(shape, 0, 0));
      p.inputs.add(x);
      ArrayList<Integer> results = new ArrayList<>();
      for (int j = 0; j < 31; j++) {
        ArrayList<Affine.Term> terms = new ArrayList<>();
        for (int d = 1; d <= 4088; d++) {
          terms.add(term(x, new ViewStep.Window(1, 2, 1, 4096 * j + d, 0, 1)));
        }
        p.products(p.affine(shape, terms.toArray(Affine.Term[]::new)), 8, results);
      }
      int all = p.affine(shape, results.stream().map(t -> term(t)).toArray(Affine.Term[]::new));
      p.outputs.add(all);
    }
  },
  /** Parameters of as many rows as a proof file has room for, an element a row. */
  ROWS_OF_ONE_ELEMENT {
    @Override
    void build(Parts p) {
      List<Integer> shape = List.of((1 << 20) + 1, 1);
      ArrayList<Affine.Term> terms = new ArrayList<>();
      for (int k = 0; k < 15; k++) {
        terms.add(term(p.model(shape)));
      }
      p.outputs.add(p.affine(shape, terms.toArray(Affine.Term[]::new)));
    }
  },
  /** A view of several steps, of which each makes a vector of all elements. */
  VECTORS_OF_SEVERAL_STEPS {
    @Override
    void build(Parts p) {
      int odd = 900_001;
      int x = p.input(7, odd);
      int seen =
          p.affine(
              List.of(7, odd),
              term(
                  x, new ViewStep.Reshape(List.of(odd, 7)), new ViewStep.Reshape(List.of(7, odd))));
      p.outputs.add(
          p.affine(
              List.of(1, 1),
              term(
                  seen,
                  new ViewStep.Window(0, 1, 1, 1, 0, 7),
                  new ViewStep.Window(1, 1, 1, 1, 0, odd))));
    }
  },
  /** Choices of rows by as many indices as a few relations may have. */
  CHOICES_BY_MANY_INDICES {
    @Override
    void build(Parts p) {
      int length = 1 << 21;
      int indices = p.input(length);
      ArrayList<Integer> results = new ArrayList<>();
      for (int k = 0; k < 6; k++) {
        int t = p.add(List.of(length));
        p.relations.add(new Gather(t, p.model(List.of(1 << 10)), indices));
        results.add(t);
      }
      p.sumUp(results, length);
    }
  },
  /** As many reciprocals as there may be lookups for: each expands into thirty tensors. */
  MANY_RECIPROCALS {
    @Override
    void build(Parts p) {
      int x = p.tensors.size();
      p.tensors.add(TensorDeclaration.input(List.of(1), 0, 0));
      p.inputs.add(x);
      int one = p.tensors.size();
      p.tensors.add(TensorDeclaration.virtual(List.of(1), 1, 1));
      p.relations.add(
          new Affine(one, List.of(term(x)), List.of(new Affine.Box(1, List.of(0), List.of(1)))));
      for (int k = 0; k < (1 << 16) / 6; k++) {
        int t = p.tensors.size();
        p.tensors.add(TensorDeclaration.witness(List.of(1), 1 << 10, 1 << 10));
        p.relations.add(new Reciprocal(t, one, 10));
      }
      p.outputs.add(p.affine(List.of(1), term(x)));
    }
  },
  /** As many exponentials as there may be terms for: a product of two differences for each. */
  MANY_EXPONENTIALS {
    @Override
    void build(Parts p) {
      int x = p.input(2);
      p.tables.add(new Table.Clamp(0, 1, 0, 0));
      for (int k = 0; k < (1 << 17) / 4 - 1; k++) {
        int t = p.tensors.size();
        p.tensors.add(TensorDeclaration.witness(List.of(2), 0, 0));
        p.relations.add(new Exponentials(t, x, 0, 0, List.of(), 0));
      }
      p.outputs.add(p.affine(List.of(2), term(x)));
    }
  },
  /** Exponentials of as many elements as there may be, whose greatest is one of millions. */
  EXPONENTIALS_OF_A_LONG_AXIS {
    @Override
    void build(Parts p) {
      int length = 1 << 21;
      List<Integer> shape = List.of(length, 8);
      int x = p.input(length, 8);
      p.tables.add(new Table.Clamp(0, 1, 0, 0));
      ArrayList<Integer> results = new ArrayList<>();
      for (int k = 0; k < 8; k++) {
        int t = p.tensors.size();
        p.tensors.add(TensorDeclaration.witness(shape, 0, 0));
        p.relations.add(new Exponentials(t, x, 0, 0, List.of(), 0));
        results.add(t);
      }
      int all = p.affine(shape, results.stream().map(t -> term(t)).toArray(Affine.Term[]::new));
      p.outputs.add(p.affine(List.of(1, 8), term(all, new ViewStep.Window(0, 1, 1, 1, 0, length))));
    }
  },
  /** As many norms as there may be lookups for, each of channels of ten exponents. */
  MANY_NORMS_BY_EXPONENTS {
    @Override
    void build(Parts p) {
      int x = p.input(1, 20);
      List<Integer> exponents = IntStream.range(0, 20).mapToObj(i -> i / 2).toList();
      for (int k = 0; k < 1400; k++) {
        int t = p.tensors.size();
        p.tensors.add(TensorDeclaration.witness(List.of(1, 1), 1, 1));
        p.relations.add(new EuclideanNorm(t, x, 1, exponents));
      }
      p.outputs.add(p.affine(List.of(1, 20), term(x)));
    }
  },
  /** As many products as there may be, and an output for each fourth. */
  MANY_SMALL_PRODUCTS {
    @Override
    void build(Parts p) {
      int x = p.input(4);
      for (int k = 0; k < 1 << 14; k++) {
        int y = x;
        for (int j = 0; j < 4 && p.tensors.size() < 1 << 16; j++) {
          int z = p.add(List.of(4));
          p.relations.add(new Product(z, x, y));
          y = z;
        }
        if (y != x) {
          p.outputs.add(y);
        }
      }
    }
  };

  private static Affine.Term term(int source, ViewStep... steps) {
    return new Affine.Term(source, 1, List.of(steps));
  }

  /** A circuit in the making. */
  private static final class Parts {
    final List<TensorDeclaration> tensors = new ArrayList<>();
    final List<Table> tables = new ArrayList<>();
    final List<Relation> relations = new ArrayList<>();
    final List<Integer> inputs = new ArrayList<>();
    final List<Integer> outputs = new ArrayList<>();

    int input(Integer... shape) {
      inputs.add(tensors.size());
      tensors.add(TensorDeclaration.input(List.of(shape), 0, 0));
      return tensors.size() - 1;
    }

    int model(List<Integer> shape) {
      tensors.add(new TensorDeclaration(TensorDeclaration.Role.MODEL, shape, 0, 0, 0, 0));
      return tensors.size() - 1;
    }

    int add(List<Integer> shape) {
      tensors.add(TensorDeclaration.virtual(shape, 0, 0));
      return tensors.size() - 1;
    }

    int affine(List<Integer> shape, Affine.Term... terms) {
      int t = add(shape);
      relations.add(new Affine(t, List.of(terms), List.of()));
      return t;
    }

    void products(int of, int count, List<Integer> results) {
      for (int k = 0; k < count; k++) {
        int t = add(tensors.get(of).shape());
        relations.add(new Product(t, of, of));
        results.add(t);
      }
    }

    /** The sum of vectors, and the sum of its elements as the output. */
    void sumUp(List<Integer> results, int length) {
      int all =
          affine(List.of(length), results.stream().map(t -> term(t)).toArray(Affine.Term[]::new));
      outputs.add(affine(List.of(1), term(all, new ViewStep.Window(0, 1, 1, 1, 0, length))));
    }
  }

  abstract void build(Parts p);

  Circuit circuit() {
    Parts p = new Parts();
    build(p);
    return new Circuit(p.tensors, p.tables, p.relations, p.inputs, p.outputs);
  }

  /** Zeros, of which every section has more than can be read. */
  private static byte[] proof(int elements, int columns) {
    EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
    for (Section s : Section.values()) {
      sections.put(s, new byte[0]);
    }
    sections.put(Section.RELATIONS, new byte[elements * Ext.BYTES]);
    sections.put(Section.MODEL_MERGE, new byte[1000 * Ext.BYTES]);
    sections.put(Section.COMBINATIONS, new byte[(1 << 16) * Ext.BYTES]);
    Map<Opening, ColumnOpening> openings =
        Map.of(Opening.MODEL, new ColumnOpening(new int[columns], new byte[0]));
    return new Proof(new byte[0], 0, sections, new byte[32], 0, 0, openings).encode();
  }

  private VerifierKey key() {
    Circuit circuit = circuit();
    boolean model =
        circuit.tensors().stream().anyMatch(t -> t.role() == TensorDeclaration.Role.MODEL);
    return VerifierKey.of(
        CircuitCheck.check(circuit), new byte[model ? VerifierKey.DIGEST_BYTES : 0]);
  }

  /** The key as a verifier has it, from its bytes. */
  private VerifierKey loaded() throws VerificationFailure {
    return VerifierKey.decode(key().encode());
  }

  /**
   * Verifies the proof of zeros.
   *
   * @return why it was refused
   */
  private static String refusal(VerifierKey key) {
    Circuit circuit = key.circuit().circuit();
    Statement zeros =
        new Statement(
            circuit.inputs().stream().map(t -> zeros(circuit, t)).toList(),
            circuit.outputs().stream().map(t -> zeros(circuit, t)).toList());
    try {
      // A column of every row, where the largest proof has room for one.
      int rows = key.arithmetization().model().rows();
      byte[] proof = rows > 1 << 20 ? proof(1000, rows) : proof(1_500_000, 0);
      Verifier.verify(key, zeros, proof, new byte[0]);
      return "accepted";
    } catch (VerificationFailure e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Whether the bounds of a verifier are kept, as whoever compiles asks; what they say where not.
   */
  private static String foretold(VerifierKey key) {
    try {
      VerifierBounds.require(key);
      return "within the bounds";
    } catch (CircuitTooLarge e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static int[] zeros(Circuit circuit, int tensor) {
    return new int[(int) circuit.tensors().get(tensor).elementCount()];
  }

  /** Verifies the circuit that is named, in a process whose memory the caller has bounded. */
  public static void main(String[] arguments) throws VerificationFailure {
    VerifierKey key = valueOf(arguments[0]).loaded();
    System.out.println(refusal(key));
    System.out.println("foretold: " + foretold(key));
    System.out.println(
        "processor time "
            + ProcessHandle.current().info().totalCpuDuration().map(Object::toString).orElse("?"));
  }
}
