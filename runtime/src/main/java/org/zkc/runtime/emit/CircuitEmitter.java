package org.zkc.runtime.emit;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.ir.ColumnType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.circuit.ColumnNorms;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Conv;
import org.zkc.ir.circuit.EuclideanNorm;
import org.zkc.ir.circuit.ExcessRules;
import org.zkc.ir.circuit.Exponentials;
import org.zkc.ir.circuit.FftConv;
import org.zkc.ir.circuit.ForwardTransform;
import org.zkc.ir.circuit.InverseTransform;
import org.zkc.ir.circuit.MatMul;
import org.zkc.ir.circuit.Max;
import org.zkc.ir.circuit.Model;
import org.zkc.ir.circuit.ModelSpectrum;
import org.zkc.ir.circuit.Normalize;
import org.zkc.ir.circuit.Product;
import org.zkc.ir.circuit.Reciprocal;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.ir.circuit.RoundedQuotient;
import org.zkc.ir.circuit.SpectralProduct;
import org.zkc.ir.circuit.SpectralSum;
import org.zkc.ir.circuit.Sum;
import org.zkc.ir.circuit.Unfold;
import org.zkc.ir.circuit.WindowSum;
import org.zkc.ir.integer.WeightSums;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;

/**
 * Turns a circuit-level program into the backend's {@link Circuit} and the model's integers. Conv,
 * Gather, MatMul, Product, Max, Requantize, Exponentials and RoundedQuotient become one relation
 * each. Sums and views become no tensors of their own as long as they can be folded into the terms
 * of the Affine relation that needs them: a view is composed into all its users, a sum into its
 * only user; a sum with several users is one virtual tensor, so that nothing grows exponentially.
 *
 * <p>Terms of a sum may cancel (x - x, or a factor that rounds to 0), even through views and
 * several sums. Values that are read by such terms alone are left out of the circuit, whose check
 * refuses tensors without a use.
 */
public final class CircuitEmitter {
  /**
   * A sum of more terms than this becomes a tensor, so that long chains of sums cost linear work.
   */
  private static final int TERM_LIMIT = 32;

  private final Map<Integer, TensorDeclaration> tensors = new HashMap<>();
  private final Map<Table, Integer> tables = new LinkedHashMap<>();
  private final List<Relation> relations = new ArrayList<>();
  private final List<EmittedCircuit.Origin> origins = new ArrayList<>();
  private final List<ModelTensor> model = new ArrayList<>();
  private final Map<Value, AffineForm> forms = new IdentityHashMap<>();
  private final Uses uses;

  /** The tensors to leave out, in the order of declaration: no output depends on them. */
  private final BitSet dead;

  /** The number of tensors left out so far. */
  private int left;

  private CircuitEmitter(Program program, BitSet dead) {
    uses = Uses.of(program.main());
    this.dead = dead;
  }

  /** Emits {@code main} of a program of the circuit level. */
  public static EmittedCircuit emit(Program program) {
    if (program.level() != Level.CIRCUIT) {
      throw new IllegalArgumentException(
          "a program of the " + program.level().text() + " level cannot be emitted");
    }
    EmittedCircuit whole = new CircuitEmitter(program, new BitSet()).emitMain(program);
    BitSet dead = dead(whole.circuit());
    return dead.isEmpty() ? whole : new CircuitEmitter(program, dead).emitMain(program);
  }

  /** The tensors that no output depends on; inputs are never among them. */
  private static BitSet dead(Circuit circuit) {
    BitSet dead = new BitSet();
    dead.set(0, circuit.tensors().size());
    circuit.inputs().forEach(dead::clear);
    circuit.outputs().forEach(dead::clear);
    for (Relation relation : circuit.relations().reversed()) {
      if (!dead.get(relation.result())) {
        relation.sources().forEach(dead::clear);
      }
    }
    return dead;
  }

  private EmittedCircuit emitMain(Program program) {
    List<Integer> inputs = new ArrayList<>();
    for (Value parameter : program.main().parameters()) {
      ColumnType type = parameter.columnType();
      int tensor =
          declare(TensorDeclaration.input(type.shape().extents(), type.low(), type.high()));
      forms.put(parameter, AffineForm.of(tensor, type.shape().extents()));
      inputs.add(tensor);
    }
    for (Op op : program.main().body()) {
      emit((CircuitOp) op);
    }
    List<Integer> outputs = new ArrayList<>();
    Set<Integer> listed = new HashSet<>();
    for (Value result : program.main().results()) {
      EmittedCircuit.Origin origin =
          new EmittedCircuit.Origin(
              "output", uses.definition(result).map(Op::location).orElse(Location.UNKNOWN));
      int tensor = tensor(result, origin);
      // A statement lists every tensor once, and inputs as inputs: what is listed already is
      // copied.
      boolean isDefined =
          switch (declaration(tensor).role()) {
            case WITNESS, VIRTUAL -> true;
            case INPUT, MODEL -> false;
          };
      if (!isDefined || !listed.add(tensor)) {
        tensor = affine(result, AffineForm.of(tensor, result.shape().extents()), origin);
        listed.add(tensor); // the result's name means the copy from now on
      }
      outputs.add(tensor);
    }
    List<TensorDeclaration> kept =
        IntStream.range(0, tensors.size() - left).mapToObj(this::declaration).toList();
    Circuit circuit = new Circuit(kept, List.copyOf(tables.keySet()), relations, inputs, outputs);
    return new EmittedCircuit(circuit, new ModelWeights(model), origins);
  }

  private void emit(CircuitOp op) {
    EmittedCircuit.Origin origin =
        new EmittedCircuit.Origin(OpSpec.of(op).mnemonic(), op.location());
    switch (op) {
      case Model m -> model(m);
      case Sum s -> {
        put(s.result(), sum(s, origin), origin);
        if (ExcessRules.of(s, uses::definition).isPresent()) {
          tensor(s.result(), origin);
        }
      }
      case Concatenate c ->
          put(
              c.result(),
              ViewForms.concatenate(c, c.inputs().stream().map(this::form).toList()),
              origin);
      case WindowSum w -> put(w.result(), windowSum(w, origin), origin);
      case Unfold u -> {
        ViewStep step =
            new ViewStep.Unfold(
                u.axis(), u.positions(), u.taps(), u.stride(), u.dilation(), -u.paddingLow());
        AffineForm form = withoutConstants(u.input(), 1, origin);
        put(
            u.result(),
            form.through(List.of(step), 1, extents(u.result()), UnaryOperator.identity()),
            origin);
      }
      case Slice s -> {
        boolean unit = s.strides().stream().allMatch(stride -> stride == 1);
        AffineForm form = unit ? form(s.input()) : withoutConstants(s.input(), 1, origin);
        put(s.result(), ViewForms.slice(s, form), origin);
      }
      case Pad p -> put(p.result(), ViewForms.pad(p, form(p.input())), origin);
      case Broadcast b -> put(b.result(), ViewForms.broadcast(b, form(b.input())), origin);
      case Reshape r -> {
        AffineForm form = form(r.input());
        if (!form.constantsCoverWhole()) {
          form = withoutConstants(r.input(), 1, origin);
        }
        List<Integer> shape = extents(r.result());
        List<ViewStep> steps =
            shape.equals(form.shape()) ? List.of() : List.of(new ViewStep.Reshape(shape));
        put(
            r.result(),
            form.through(steps, 1, shape, box -> AffineForm.whole(shape, box.value())),
            origin);
      }
      case Transpose t -> put(t.result(), ViewForms.transpose(t, form(t.input())), origin);
      case Contract _ ->
          throw new UserException(
              op.location(), "no relation proves a contraction; run expand-contractions first");
      case Conv c -> conv(c, origin);
      case FftConv c -> fftConv(c, origin);
      case ForwardTransform _,
          ModelSpectrum _,
          SpectralProduct _,
          SpectralSum _,
          InverseTransform _ ->
          throw new UserException(
              op.location(),
              "no relation proves a single transform; run rewrite-fft-convolutions first");
      case Gather g -> {
        int table = tensor(g.table(), origin);
        int indices = tensor(g.indices(), origin);
        relate(new org.zkc.gkr.circuit.Gather(declareVirtual(g.result()), table, indices), origin);
      }
      case MatMul m -> matMul(m, origin);
      case Product p -> {
        int left = tensor(p.left(), origin);
        int right = tensor(p.right(), origin);
        relate(new org.zkc.gkr.circuit.Product(declareVirtual(p.result()), left, right), origin);
      }
      case Max m -> max(m, origin);
      case Requantize r -> {
        Table table = new Table.Clamp(r.first(), r.size(), r.low(), r.high());
        requantize(r.result(), r.input(), r.shift(), r.limbs(), table, origin);
      }
      case RequantizeTable r ->
          requantize(
              r.result(),
              r.input(),
              r.shift(),
              r.limbs(),
              EntryTables.of(r.first(), r.entries()),
              origin);
      case Exponentials e -> {
        int source = tensor(e.input(), origin);
        int result = declareWitness(e.result());
        int table = index(EntryTables.saturating(e.size(), e.entries()), result);
        relate(
            new org.zkc.gkr.circuit.Exponentials(
                result, source, e.axis(), e.shift(), e.limbs(), table),
            origin);
      }
      case EuclideanNorm n -> {
        int source = tensor(n.input(), origin);
        int result = declareWitness(n.result());
        relate(
            new org.zkc.gkr.circuit.EuclideanNorm(result, source, n.constant(), n.exponents()),
            origin);
      }
      case Reciprocal r -> {
        int source = tensor(r.input(), origin);
        int result = declareWitness(r.result());
        relate(new org.zkc.gkr.circuit.Reciprocal(result, source, r.bits()), origin);
      }
      case Normalize n -> {
        int source = tensor(n.input(), origin);
        int reciprocal = tensor(n.reciprocal(), origin);
        int result = declareVirtual(n.result());
        relate(
            new org.zkc.gkr.circuit.Normalize(result, source, reciprocal, n.exponents()), origin);
      }
      case RoundedQuotient q -> {
        int numerator = tensor(q.numerator(), origin);
        int denominator = tensor(q.denominator(), origin);
        relate(
            new org.zkc.gkr.circuit.RoundedQuotient(
                declareWitness(q.result()), numerator, denominator, q.bits(), q.low(), q.high()),
            origin);
      }
    }
  }

  private AffineForm sum(Sum s, EmittedCircuit.Origin origin) {
    List<AffineForm> parts = new ArrayList<>();
    for (int k = 0; k < s.inputs().size(); k++) {
      Value input = s.inputs().get(k);
      if (!form(input).fits(s.coefficients().get(k))) {
        tensor(input, origin);
      }
      parts.add(form(input));
    }
    return AffineForm.sum(extents(s.result()), parts, s.coefficients(), s.constant());
  }

  private AffineForm windowSum(WindowSum w, EmittedCircuit.Origin origin) {
    int count = w.starts().size();
    int stride = count > 1 ? w.starts().get(1) - w.starts().get(0) : 0;
    boolean regular = stride >= 0 && count > 0;
    for (int j = 0; j < count; j++) {
      regular &= w.starts().get(j) == w.starts().get(0) + j * stride;
    }
    regular &= Set.copyOf(w.lengths()).size() == 1 && Set.copyOf(w.factors()).size() == 1;
    ViewStep step =
        regular
            ? new ViewStep.Window(
                w.axis(), count, stride, 1, w.starts().getFirst(), w.lengths().getFirst())
            : new ViewStep.Ranges(w.axis(), w.starts(), w.lengths(), w.factors());
    long factor = regular ? w.factors().getFirst() : 1;
    AffineForm form = withoutConstants(w.input(), factor, origin);
    return form.through(List.of(step), factor, extents(w.result()), UnaryOperator.identity());
  }

  private void conv(Conv c, EmittedCircuit.Origin origin) {
    int source = tensor(c.input(), origin);
    int weight = modelTensor(c.weight(), c);
    relate(
        new org.zkc.gkr.circuit.Conv(
            declareVirtual(c.result()),
            source,
            weight,
            c.strides(),
            c.paddingLow(),
            c.dilations(),
            c.groups()),
        origin);
  }

  private void matMul(MatMul m, EmittedCircuit.Origin origin) {
    int left = tensor(m.left(), origin);
    int right = tensor(m.right(), origin);
    relate(new org.zkc.gkr.circuit.MatMul(declareVirtual(m.result()), left, right), origin);
  }

  private void fftConv(FftConv c, EmittedCircuit.Origin origin) {
    int source = tensor(c.input(), origin);
    int weight = modelTensor(c.weight(), c);
    org.zkc.gkr.circuit.Conv conv =
        new org.zkc.gkr.circuit.Conv(
            declareVirtual(c.result()),
            source,
            weight,
            c.strides(),
            c.paddingLow(),
            c.dilations(),
            c.groups());
    relate(new org.zkc.gkr.circuit.FftConv(conv, c.sizes()), origin);
  }

  private void max(Max m, EmittedCircuit.Origin origin) {
    List<Integer> sources = new ArrayList<>();
    long low = Long.MAX_VALUE;
    for (Value input : m.inputs()) {
      sources.add(tensor(input, origin));
      low = Math.min(low, declaration(sources.getLast()).low());
    }
    int result = declareWitness(m.result());
    int bits = 64 - Long.numberOfLeadingZeros(declaration(result).high() - low);
    relate(new org.zkc.gkr.circuit.Max(result, sources, Math.max(bits, 1)), origin);
  }

  private void model(Model m) {
    WeightSums sums = m.weights().sums();
    int tensor =
        declare(
            new TensorDeclaration(
                TensorDeclaration.Role.MODEL,
                extents(m.result()),
                sums.elements().low(),
                sums.elements().high(),
                sums.mostPositive(),
                sums.mostNegative(),
                isBehindNorm(m) ? sums.mostNorm() : 0));
    if (!isLeft(tensor)) {
      model.add(new ModelTensor(tensor, m.name(), m.weights()));
    }
    forms.put(m.result(), AffineForm.of(tensor, extents(m.result())));
  }

  /** Whether a sum with the column is bounded by 2-norms: the key says the column's only then. */
  private boolean isBehindNorm(Model m) {
    return uses.users(m.result()).stream()
        .anyMatch(op ->
            op instanceof MatMul product
                && product.right() == m.result()
                && product.right().shape().rank() == 2
                && ColumnNorms.of(product.left(), uses::definition).isPresent());
  }

  private void requantize(
      Value result,
      Value input,
      int shift,
      List<Integer> limbs,
      Table table,
      EmittedCircuit.Origin origin) {
    int source = tensor(input, origin);
    int tensor = declareWitness(result);
    relate(
        new org.zkc.gkr.circuit.Requantize(tensor, source, shift, limbs, index(table, tensor)),
        origin);
  }

  /** The number of a table that defines a tensor. */
  private int index(Table table, int tensor) {
    return isLeft(tensor) ? 0 : tables.computeIfAbsent(table, t -> tables.size());
  }

  /**
   * Records what a sum or view is; makes it a tensor at once where several users would each repeat
   * a sum.
   */
  private void put(Value value, AffineForm form, EmittedCircuit.Origin origin) {
    forms.put(value, form);
    boolean isRepeated = uses.count(value) > 1 && !form.isView();
    if (isRepeated || form.terms().size() > TERM_LIMIT) {
      tensor(value, origin);
    }
  }

  private AffineForm form(Value value) {
    return Objects.requireNonNull(forms.get(value), "no op before the use defined the value");
  }

  /**
   * The value's form, first made a tensor when it carries constants or its coefficients would grow
   * too large.
   */
  private AffineForm withoutConstants(Value value, long factor, EmittedCircuit.Origin origin) {
    if (!form(value).constants().isEmpty() || !form(value).fits(factor)) {
      tensor(value, origin);
    }
    return form(value);
  }

  /** The tensor that holds the value; a form that is none yet becomes a virtual tensor. */
  private int tensor(Value value, EmittedCircuit.Origin origin) {
    AffineForm form = form(value);
    if (form.isTensor()) {
      return form.terms().getFirst().source();
    }
    int tensor = affine(value, form, origin);
    forms.put(value, AffineForm.of(tensor, form.shape()));
    return tensor;
  }

  private int affine(Value value, AffineForm form, EmittedCircuit.Origin origin) {
    int tensor = declareVirtual(value);
    relate(new Affine(tensor, form.terms(), constants(form, value.columnType().shape())), origin);
    return tensor;
  }

  /**
   * The constants of the form; a form without anything (x - x) is zero everywhere, which a relation
   * must say.
   */
  private static List<Affine.Box> constants(AffineForm form, Shape shape) {
    return form.terms().isEmpty() && form.constants().isEmpty()
        ? List.of(
            new Affine.Box(0, shape.extents().stream().map(extent -> 0).toList(), shape.extents()))
        : form.constants();
  }

  private int modelTensor(Value value, Op user) {
    AffineForm form = form(value);
    if (!form.isTensor()
        || declaration(form.terms().getFirst().source()).role() != TensorDeclaration.Role.MODEL) {
      throw new IllegalStateException(
          OpSpec.of(user).mnemonic()
              + " needs a model tensor as its weight, and "
              + value
              + " is none");
    }
    return form.terms().getFirst().source();
  }

  private int declareVirtual(Value value) {
    ColumnType type = value.columnType();
    int tensor =
        declare(TensorDeclaration.virtual(type.shape().extents(), type.low(), type.high()));
    forms.put(value, AffineForm.of(tensor, type.shape().extents()));
    return tensor;
  }

  private int declareWitness(Value value) {
    ColumnType type = value.columnType();
    int tensor =
        declare(TensorDeclaration.witness(type.shape().extents(), type.low(), type.high()));
    forms.put(value, AffineForm.of(tensor, type.shape().extents()));
    return tensor;
  }

  /**
   * A number for a tensor: those that are kept count from 0, those that are left out from -1 down,
   * so that terms cancel as they did when everything was kept.
   */
  private int declare(TensorDeclaration declaration) {
    int tensor = dead.get(tensors.size()) ? - ++left : tensors.size() - left;
    tensors.put(tensor, declaration);
    return tensor;
  }

  private static boolean isLeft(int tensor) {
    return tensor < 0;
  }

  private TensorDeclaration declaration(int tensor) {
    return Objects.requireNonNull(tensors.get(tensor), "no such tensor");
  }

  private void relate(Relation relation, EmittedCircuit.Origin origin) {
    if (!isLeft(relation.result())) {
      relations.add(relation);
      origins.add(origin);
    }
  }

  private static List<Integer> extents(Value value) {
    return value.shape().extents();
  }
}
