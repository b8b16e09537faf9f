package org.zkc.gkr.key;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.EuclideanNorm;
import org.zkc.gkr.circuit.Exponentials;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.circuit.Gather;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.Max;
import org.zkc.gkr.circuit.Normalize;
import org.zkc.gkr.circuit.Product;
import org.zkc.gkr.circuit.Reciprocal;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.wire.BoxMessage;
import org.zkc.gkr.wire.CircuitMessage;
import org.zkc.gkr.wire.ClampMessage;
import org.zkc.gkr.wire.ConvMessage;
import org.zkc.gkr.wire.EntriesMessage;
import org.zkc.gkr.wire.EuclideanNormMessage;
import org.zkc.gkr.wire.ExponentialsMessage;
import org.zkc.gkr.wire.FftConvMessage;
import org.zkc.gkr.wire.GatherMessage;
import org.zkc.gkr.wire.LinearMessage;
import org.zkc.gkr.wire.MatMulMessage;
import org.zkc.gkr.wire.MaxMessage;
import org.zkc.gkr.wire.NormalizeMessage;
import org.zkc.gkr.wire.PermuteMessage;
import org.zkc.gkr.wire.ProductMessage;
import org.zkc.gkr.wire.RangesMessage;
import org.zkc.gkr.wire.ReciprocalMessage;
import org.zkc.gkr.wire.RelationMessage;
import org.zkc.gkr.wire.RequantizeMessage;
import org.zkc.gkr.wire.ReshapeMessage;
import org.zkc.gkr.wire.RoundedQuotientMessage;
import org.zkc.gkr.wire.StepMessage;
import org.zkc.gkr.wire.TableMessage;
import org.zkc.gkr.wire.TensorMessage;
import org.zkc.gkr.wire.TermMessage;
import org.zkc.gkr.wire.UnfoldMessage;
import org.zkc.gkr.wire.WindowMessage;

/**
 * Circuits to protobuf and back. Unsigned fields are range-checked by the circuit check, which sees
 * them as negative ints.
 *
 * <p>A key has no bounds of tensors that relations define: its loader recomputes them, and what a
 * compiler declared beside them is a check of the compiler. Results are counted from the first
 * tensor that no relation before defines, since relations mostly define one after the other.
 */
public final class CircuitCodec {
  private CircuitCodec() {}

  public static CircuitMessage toMessage(Circuit circuit) {
    CircuitMessage.Builder b = CircuitMessage.newBuilder();
    for (TensorDeclaration d : circuit.tensors()) {
      TensorMessage.Role role =
          switch (d.role()) {
            case INPUT -> TensorMessage.Role.INPUT;
            case MODEL -> TensorMessage.Role.MODEL;
            case WITNESS -> TensorMessage.Role.WITNESS;
            case VIRTUAL -> TensorMessage.Role.VIRTUAL;
          };
      TensorMessage.Builder tensor =
          TensorMessage.newBuilder().setRole(role).addAllShape(d.shape());
      if (d.role().isGiven()) {
        tensor
            .setLow(d.low())
            .setHigh(d.high())
            .setPositive(d.positive())
            .setNegative(d.negative())
            .setNorm(d.norm());
      }
      b.addTensors(tensor);
    }
    for (Table t : circuit.tables()) {
      TableMessage.Builder m = TableMessage.newBuilder();
      switch (t) {
        case Table.Clamp c -> m.setClamp(bounds(c.first(), c.size(), c.low(), c.high()));
        case Table.Excess e -> m.setExcess(bounds(e.first(), e.size(), e.low(), e.high()));
        case Table.Entries e -> {
          EntriesMessage.Builder entries =
              EntriesMessage.newBuilder().setFirst(e.first()).setStart(e.start());
          for (int k = 0; k < e.given(); k++) {
            entries.addValues(e.given(k));
          }
          if (e.size() != e.given()) {
            entries.setSize(e.size());
          }
          m.setEntries(entries);
        }
      }
      b.addTables(m);
    }
    Definitions definitions = new Definitions(circuit.tensors());
    for (Relation r : circuit.relations()) {
      b.addRelations(relation(r, definitions));
    }
    return b.addAllInputs(circuit.inputs()).addAllOutputs(circuit.outputs()).build();
  }

  private static ClampMessage bounds(long first, int size, long low, long high) {
    return ClampMessage.newBuilder()
        .setFirst(first)
        .setSize(size)
        .setLow(low)
        .setHigh(high)
        .build();
  }

  /** The first tensor that relations have yet to define, as they come. */
  private static final class Definitions {
    private final List<TensorDeclaration> tensors;
    private final BitSet defined = new BitSet();
    private int next;

    Definitions(List<TensorDeclaration> tensors) {
      this.tensors = tensors;
    }

    int next() {
      while (next < tensors.size() && (tensors.get(next).role().isGiven() || defined.get(next))) {
        next++;
      }
      return next;
    }

    void define(int tensor) {
      if (tensor >= 0 && tensor < tensors.size()) {
        defined.set(tensor);
      }
    }
  }

  // Differences wrap, so that every message has one circuit and every circuit one message.
  private static RelationMessage relation(Relation relation, Definitions definitions) {
    RelationMessage.Builder b =
        RelationMessage.newBuilder().setResult(relation.result() - definitions.next());
    definitions.define(relation.result());
    switch (relation) {
      case Affine a -> {
        LinearMessage.Builder m = LinearMessage.newBuilder();
        for (Affine.Term t : a.terms()) {
          TermMessage.Builder term =
              TermMessage.newBuilder().setSource(t.source()).setCoefficient(t.coefficient() - 1);
          for (ViewStep step : t.steps()) {
            term.addSteps(step(step));
          }
          m.addTerms(term);
        }
        for (Affine.Box box : a.constants()) {
          m.addConstants(
              BoxMessage.newBuilder()
                  .setValue(box.value())
                  .addAllStarts(box.starts())
                  .addAllLimits(box.limits()));
        }
        b.setLinear(m);
      }
      case Conv c -> b.setConv(conv(c));
      case FftConv c ->
          b.setFftConv(FftConvMessage.newBuilder().setConv(conv(c.conv())).addAllSizes(c.sizes()));
      case Gather g ->
          b.setGather(GatherMessage.newBuilder().setTable(g.table()).setIndices(g.indices()));
      case MatMul m ->
          b.setMatmul(MatMulMessage.newBuilder().setLeft(m.left()).setRight(m.right()));
      case Product p ->
          b.setProduct(ProductMessage.newBuilder().setLeft(p.left()).setRight(p.right()));
      case Requantize r ->
          b.setRequantize(
              RequantizeMessage.newBuilder()
                  .setSource(r.source())
                  .setShift(r.shift())
                  .addAllLimbs(r.limbs())
                  .setTable(r.table()));
      case Exponentials e ->
          b.setExponentials(
              ExponentialsMessage.newBuilder()
                  .setSource(e.source())
                  .setAxis(e.axis())
                  .setShift(e.shift())
                  .addAllLimbs(e.limbs())
                  .setTable(e.table()));
      case Max m -> b.setMax(MaxMessage.newBuilder().addAllSources(m.sources()).setBits(m.bits()));
      case RoundedQuotient q ->
          b.setQuotient(
              RoundedQuotientMessage.newBuilder()
                  .setNumerator(q.numerator())
                  .setDenominator(q.denominator())
                  .setBits(q.bits())
                  .setLow(q.low())
                  .setExcess(q.high() - (1L << q.bits())));
      case EuclideanNorm n ->
          b.setEuclideanNorm(
              EuclideanNormMessage.newBuilder()
                  .setSource(n.source())
                  .setConstant(n.constant())
                  .addAllExponents(n.exponents()));
      case Reciprocal r ->
          b.setReciprocal(ReciprocalMessage.newBuilder().setSource(r.source()).setBits(r.bits()));
      case Normalize n ->
          b.setNormalize(
              NormalizeMessage.newBuilder()
                  .setSource(n.source())
                  .setReciprocal(n.reciprocal())
                  .addAllExponents(n.exponents()));
    }
    return b.build();
  }

  private static ConvMessage conv(Conv c) {
    return ConvMessage.newBuilder()
        .setSource(c.source())
        .setWeight(c.weight())
        .addAllStrides(c.strides())
        .addAllPaddingLow(c.paddingLow())
        .addAllDilations(c.dilations())
        .setGroups(c.groups())
        .build();
  }

  private static StepMessage step(ViewStep step) {
    StepMessage.Builder b = StepMessage.newBuilder();
    switch (step) {
      case ViewStep.Permute p ->
          b.setPermute(PermuteMessage.newBuilder().addAllPermutation(p.permutation()));
      case ViewStep.Reshape r -> b.setReshape(ReshapeMessage.newBuilder().addAllShape(r.shape()));
      case ViewStep.Window w ->
          b.setWindow(
              WindowMessage.newBuilder()
                  .setAxis(w.axis())
                  .setExtent(w.extent())
                  .setStride(w.stride())
                  .setDilation(w.dilation())
                  .setOffset(w.offset())
                  .setTaps(w.taps()));
      case ViewStep.Ranges r ->
          b.setRanges(
              RangesMessage.newBuilder()
                  .setAxis(r.axis())
                  .addAllStarts(r.starts())
                  .addAllLengths(r.lengths())
                  .addAllFactors(r.factors()));
      case ViewStep.Unfold u ->
          b.setUnfold(
              UnfoldMessage.newBuilder()
                  .setAxis(u.axis())
                  .setPositions(u.positions())
                  .setTaps(u.taps())
                  .setStride(u.stride())
                  .setDilation(u.dilation())
                  .setOffset(u.offset()));
    }
    return b.build();
  }

  /**
   * The circuit of a message.
   *
   * @throws InvalidCircuit when a variant is missing or unknown
   */
  static Circuit fromMessage(CircuitMessage m) {
    ArrayList<TensorDeclaration> tensors = new ArrayList<>();
    for (TensorMessage t : m.getTensorsList()) {
      TensorDeclaration.Role role =
          switch (t.getRole()) {
            case INPUT -> TensorDeclaration.Role.INPUT;
            case MODEL -> TensorDeclaration.Role.MODEL;
            case WITNESS -> TensorDeclaration.Role.WITNESS;
            case VIRTUAL -> TensorDeclaration.Role.VIRTUAL;
            case UNRECOGNIZED -> throw new InvalidCircuit("a tensor of an unknown role");
          };
      tensors.add(
          role.isGiven()
              ? new TensorDeclaration(
                  role,
                  t.getShapeList(),
                  t.getLow(),
                  t.getHigh(),
                  t.getPositive(),
                  t.getNegative(),
                  t.getNorm())
              : TensorDeclaration.defined(role, t.getShapeList()));
    }
    ArrayList<Table> tables = new ArrayList<>();
    for (TableMessage t : m.getTablesList()) {
      tables.add(
          switch (t.getKindCase()) {
            case CLAMP ->
                new Table.Clamp(
                    t.getClamp().getFirst(),
                    t.getClamp().getSize(),
                    t.getClamp().getLow(),
                    t.getClamp().getHigh());
            case EXCESS ->
                new Table.Excess(
                    t.getExcess().getFirst(),
                    t.getExcess().getSize(),
                    t.getExcess().getLow(),
                    t.getExcess().getHigh());
            case ENTRIES -> {
              EntriesMessage e = t.getEntries();
              int[] values = e.getValuesList().stream().mapToInt(Integer::intValue).toArray();
              int size = e.getSize() == 0 ? values.length : e.getSize();
              yield new Table.Entries(e.getFirst(), e.getStart(), values, size);
            }
            case KIND_NOT_SET -> throw new InvalidCircuit("a table of an unknown kind");
          });
    }
    ArrayList<Relation> relations = new ArrayList<>();
    Definitions definitions = new Definitions(tensors);
    for (RelationMessage r : m.getRelationsList()) {
      Relation relation = relation(r, definitions.next() + r.getResult());
      definitions.define(relation.result());
      relations.add(relation);
    }
    return new Circuit(tensors, tables, relations, m.getInputsList(), m.getOutputsList());
  }

  private static Relation relation(RelationMessage r, int result) {
    return switch (r.getKindCase()) {
      case LINEAR -> {
        ArrayList<Affine.Term> terms = new ArrayList<>();
        for (TermMessage t : r.getLinear().getTermsList()) {
          List<ViewStep> steps = t.getStepsList().stream().map(CircuitCodec::step).toList();
          terms.add(new Affine.Term(t.getSource(), t.getCoefficient() + 1, steps));
        }
        List<Affine.Box> boxes =
            r.getLinear().getConstantsList().stream()
                .map(b -> new Affine.Box(b.getValue(), b.getStartsList(), b.getLimitsList()))
                .toList();
        yield new Affine(result, terms, boxes);
      }
      case CONV -> conv(result, r.getConv());
      case FFT_CONV ->
          new FftConv(conv(result, r.getFftConv().getConv()), r.getFftConv().getSizesList());
      case GATHER -> new Gather(result, r.getGather().getTable(), r.getGather().getIndices());
      case MATMUL -> new MatMul(result, r.getMatmul().getLeft(), r.getMatmul().getRight());
      case PRODUCT -> new Product(result, r.getProduct().getLeft(), r.getProduct().getRight());
      case REQUANTIZE -> {
        RequantizeMessage q = r.getRequantize();
        yield new Requantize(result, q.getSource(), q.getShift(), q.getLimbsList(), q.getTable());
      }
      case EXPONENTIALS -> {
        ExponentialsMessage e = r.getExponentials();
        yield new Exponentials(
            result, e.getSource(), e.getAxis(), e.getShift(), e.getLimbsList(), e.getTable());
      }
      case MAX -> new Max(result, r.getMax().getSourcesList(), r.getMax().getBits());
      case QUOTIENT -> {
        RoundedQuotientMessage q = r.getQuotient();
        yield new RoundedQuotient(
            result,
            q.getNumerator(),
            q.getDenominator(),
            q.getBits(),
            q.getLow(),
            q.getExcess() + (1L << q.getBits()));
      }
      case EUCLIDEAN_NORM -> {
        EuclideanNormMessage n = r.getEuclideanNorm();
        yield new EuclideanNorm(result, n.getSource(), n.getConstant(), n.getExponentsList());
      }
      case RECIPROCAL ->
          new Reciprocal(result, r.getReciprocal().getSource(), r.getReciprocal().getBits());
      case NORMALIZE -> {
        NormalizeMessage n = r.getNormalize();
        yield new Normalize(result, n.getSource(), n.getReciprocal(), n.getExponentsList());
      }
      case KIND_NOT_SET -> throw new InvalidCircuit("a relation of an unknown kind");
    };
  }

  private static Conv conv(int result, ConvMessage c) {
    return new Conv(
        result,
        c.getSource(),
        c.getWeight(),
        c.getStridesList(),
        c.getPaddingLowList(),
        c.getDilationsList(),
        c.getGroups());
  }

  private static ViewStep step(StepMessage s) {
    return switch (s.getKindCase()) {
      case PERMUTE -> new ViewStep.Permute(s.getPermute().getPermutationList());
      case RESHAPE -> new ViewStep.Reshape(s.getReshape().getShapeList());
      case WINDOW -> {
        WindowMessage w = s.getWindow();
        yield new ViewStep.Window(
            w.getAxis(), w.getExtent(), w.getStride(), w.getDilation(), w.getOffset(), w.getTaps());
      }
      case RANGES -> {
        RangesMessage r = s.getRanges();
        yield new ViewStep.Ranges(
            r.getAxis(), r.getStartsList(), r.getLengthsList(), r.getFactorsList());
      }
      case UNFOLD -> {
        UnfoldMessage u = s.getUnfold();
        yield new ViewStep.Unfold(
            u.getAxis(),
            u.getPositions(),
            u.getTaps(),
            u.getStride(),
            u.getDilation(),
            u.getOffset());
      }
      case KIND_NOT_SET -> throw new InvalidCircuit("a step of an unknown kind");
    };
  }
}
