package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.passes.Fault;
import org.zkc.passes.Lowering;
import org.zkc.passes.PassContext;
import org.zkc.passes.torch.TorchValue.DictOf;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Refused;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Lowers a torch-level program to the tensor level by partial evaluation with known input types:
 * one walk in which everything that does not depend on the input's elements is computed (sizes,
 * conditions, loops, lists, constant tensors), calls are inlined, and each operator on tensors
 * becomes tensor ops by {@link TorchOperatorTable}. f64 is lowered as f32: what is proved is
 * quantised to at most 16 bits, far coarser than either.
 */
public final class TorchToTensor {
  /** The lowering under its name. */
  public static final Lowering LOWERING =
      new Lowering(
          "torch-to-tensor",
          "Evaluates everything that the inputs' shapes decide and lowers the rest to tensor ops.",
          Level.TORCH,
          Level.TENSOR,
          "SHAPE SHAPE:TYPE ...",
          arguments -> {
            List<TensorType> types = arguments.stream().map(TorchToTensor::typeOf).toList();
            return (program, context) -> lower(program, types, context).program();
          });

  private static final int MAXIMAL_OUTPUTS = 1000;
  private static final int MAXIMAL_NESTING = 20;

  /** Names that files, flags and reports can carry as they are. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");

  private TorchToTensor() {}

  /** {@code 1x3x8x8}, of f32, or {@code 1x16:i64}. */
  private static TensorType typeOf(String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? new TensorType(DType.F32, Shape.parse(text))
        : new TensorType(
            DType.valueOf(text.substring(colon + 1).toUpperCase(Locale.ROOT)),
            Shape.parse(text.substring(0, colon)));
  }

  /**
   * A program of the tensor level.
   *
   * @param outputNames one for each result of main: the output's path in what the model returns, of
   *     keys, fields and positions ({@code logits}, {@code states.0}). A path that begins with a
   *     position is written after the word output ({@code output1.mask}); a tensor that is all the
   *     model returns is {@code output}.
   */
  public record Lowered(Program program, List<String> outputNames) {
    public Lowered {
      outputNames = List.copyOf(outputNames);
    }
  }

  /**
   * Lowers main and what it calls.
   *
   * @param inputTypes types of main's parameters, in order
   * @return main at the tensor level, one result per tensor of the model's output in order, lists,
   *     tuples and dictionaries flattened
   * @throws UserException at the user's line for anything that cannot be proved: an operator that
   *     is not in the table, an operation that depends on the input's elements, shapes that do not
   *     fit
   */
  public static Lowered lower(Program torch, List<TensorType> inputTypes, PassContext context) {
    if (torch.level() != Level.TORCH) {
      throw new IllegalArgumentException(
          "a " + torch.level().text() + "-level program is no torch-level program");
    }
    Function main = torch.main();
    if (main.parameters().size() != inputTypes.size()) {
      throw new UserException(
          "the model takes %d inputs, %d shapes are given; pass --input-shape once for each"
              .formatted(main.parameters().size(), inputTypes.size()));
    }
    TensorEmitter emitter = new TensorEmitter(main.location());
    List<TorchValue> inputs = new ArrayList<>();
    for (int i = 0; i < inputTypes.size(); i++) {
      inputs.add(input(emitter, main.parameters().get(i).name(), inputTypes.get(i)));
    }
    PartialEvaluation evaluation = new PartialEvaluation(torch, emitter);
    Outputs outputs = new Outputs(emitter);
    List<TorchValue> returned = evaluation.call(main, inputs);
    for (int i = 0; i < returned.size(); i++) {
      outputs.location = definition(main, main.results().get(i));
      outputs.add(returned.get(i), returned.size() == 1 ? "" : Integer.toString(i), 0);
    }
    if (outputs.values.isEmpty()) {
      throw new UserException(
          main.location(), "the model returns no tensor; there is nothing to prove");
    }
    outputs.refuseConstantsAlone();
    context.count("torch-to-tensor.operators", evaluation.operatorsLowered());
    Function lowered = DeadOps.remove(emitter.build(outputs.values));
    emitter.requireFiniteConstants(lowered);
    context.count("torch-to-tensor.ops", lowered.body().size());
    return new Lowered(Program.of(Level.TENSOR, lowered), outputs.names());
  }

  private static TorchValue input(TensorEmitter emitter, String name, TensorType type) {
    return new TracedTensor(emitter.input(name, type), type.dtype());
  }

  /**
   * Everything for which {@link #lower} would refuse a program, found in one walk. Faults on which
   * the proof would not depend do not count. An operation is reported because it cannot be proved
   * itself, never because its operands are unknown.
   *
   * @param inputTypes types of main's parameters, in order
   * @return faults in the order in which the model meets them; empty where {@link #lower} succeeds
   */
  public static List<Fault> check(Program torch, List<TensorType> inputTypes) {
    Function main = torch.main();
    TensorEmitter emitter = new TensorEmitter(main.location());
    FaultCollector faults = new FaultCollector();
    try {
      List<TorchValue> inputs = new ArrayList<>();
      for (int i = 0; i < inputTypes.size(); i++) {
        try {
          inputs.add(input(emitter, main.parameters().get(i).name(), inputTypes.get(i)));
        } catch (UserException e) {
          faults.add(e);
          inputs.add(new Refused(e));
        }
      }
      List<TorchValue> returned =
          new PartialEvaluation(torch, emitter, Optional.of(faults)).call(main, inputs);
      checkOutputs(main, returned, emitter, faults);
    } catch (UserException e) {
      faults.add(e);
    }
    return faults.faults();
  }

  private static void checkOutputs(
      Function main, List<TorchValue> returned, TensorEmitter emitter, FaultCollector faults) {
    Outputs outputs = new Outputs(emitter);
    boolean isKnown = true;
    for (int i = 0; i < returned.size(); i++) {
      outputs.location = definition(main, main.results().get(i));
      if (faults.need(returned.get(i))) {
        isKnown = false;
        continue;
      }
      try {
        outputs.add(returned.get(i), Integer.toString(i), 0);
      } catch (UserException e) {
        faults.add(e);
        isKnown = false;
      }
    }
    if (isKnown && outputs.values.isEmpty()) {
      faults.add(
          new UserException(
              main.location(), "the model returns no tensor; there is nothing to prove"));
    } else if (isKnown) {
      try {
        outputs.refuseConstantsAlone();
      } catch (UserException e) {
        faults.add(e);
      }
    }
  }

  /** The names of {@code count} outputs of which none has one of its own. */
  public static List<String> outputNames(int count) {
    return IntStream.range(0, count).mapToObj(i -> outputName(i, count)).toList();
  }

  private static String outputName(int index, int count) {
    return count == 1 ? "output" : "output" + index;
  }

  /** The line of the op of main that defines a value; main's own where there is none. */
  private static Location definition(Function main, Value value) {
    return main.body().stream()
        .filter(op -> op.definitions().contains(value))
        .map(Op::location)
        .filter(Location::isKnown)
        .findFirst()
        .orElse(main.location());
  }

  /** The tensors that the model returns, in order, with their names. */
  private static final class Outputs {
    private final List<Value> values = new ArrayList<>();

    private final List<String> paths = new ArrayList<>();

    private final TensorEmitter emitter;

    private Location location = Location.UNKNOWN;
    private int visited;

    /** The refusal of each output that does not depend on the input. */
    private final List<UserException> constants = new ArrayList<>();

    private Outputs(TensorEmitter emitter) {
      this.emitter = emitter;
    }

    /** Constants may stand beside what is computed from the input, but not alone. */
    private void refuseConstantsAlone() {
      if (!constants.isEmpty() && constants.size() == values.size()) {
        throw constants.getFirst();
      }
    }

    private List<String> names() {
      Set<String> taken = new HashSet<>();
      List<String> names = new ArrayList<>();
      for (int i = 0; i < paths.size(); i++) {
        String path = paths.get(i);
        boolean positioned = path.isEmpty() || Character.isDigit(path.charAt(0));
        String name =
            positioned && paths.size() == 1 ? "output" : positioned ? "output" + path : path;
        boolean usable = NAME.matcher(name).matches() && taken.add(name);
        names.add(usable ? name : outputName(i, paths.size()));
        taken.add(names.getLast());
      }
      return names;
    }

    private void add(TorchValue value, String path, int depth) {
      if (depth > MAXIMAL_NESTING
          || values.size() > MAXIMAL_OUTPUTS
          || ++visited > 10 * MAXIMAL_OUTPUTS) {
        throw new UserException(
            location,
            "the model returns more than %d tensors, or lists nested more than %d deep"
                .formatted(MAXIMAL_OUTPUTS, MAXIMAL_NESTING));
      }
      switch (value) {
        case TracedTensor t -> {
          values.add(t.value());
          paths.add(path);
        }
        case Tuple t -> elements(t.elements(), path, depth);
        case ListOf l -> elements(l.elements(), path, depth);
        case DictOf d -> entries(d.entries(), path, depth);
        case TorchValue.None n -> {}
        case TorchValue.QuantizedTensor q ->
            throw new UserException(
                location,
                "an output, of shape %s, is a quantised tensor; return what dequantize() makes of it"
                    .formatted(q.tensor().shape()));
        case TorchValue.ComplexTensor z ->
            throw new UserException(
                location,
                "an output, of shape %s, is complex; return what torch.view_as_real makes of it"
                    .formatted(z.shape()));
        case KnownTensor k when k.shape().elementCount() == 0 ->
            throw new UserException(
                location,
                "an output has shape %s, which holds no elements: there is nothing to prove; return only tensors that have some"
                    .formatted(k.shape()));
        case KnownTensor k -> constant(k, path);
        case TorchValue.DataDependent d ->
            throw new UserException(
                d.location(), d.operator() + " as an output of the model cannot be proved");
        case Refused r -> throw r.reason();
        case TorchValue.Int i -> constant(new KnownTensor(HostTensors.scalar(i.value()), ""), path);
        case TorchValue.Float f ->
            constant(new KnownTensor(HostTensors.scalar(f.value()), ""), path);
        case TorchValue.Bool b ->
            constant(
                new KnownTensor(
                    HostTensors.cast(HostTensors.scalar(b.value() ? 1 : 0), DType.I1), ""),
                path);
        case TorchValue.Text t ->
            throw new UserException(
                location,
                "an output of the model is the string '%s'; return only tensors and numbers"
                    .formatted(t.value()));
      }
    }

    /** A tensor or number that shapes and parameters decide; a number is a tensor of rank 0. */
    private void constant(KnownTensor k, String path) {
      constants.add(
          new UserException(
              location,
              "an output, of shape %s and type %s, does not depend on the input: there is nothing to prove; return only tensors that are computed from it"
                  .formatted(k.shape(), k.dtype() == DType.I1 ? "bool" : k.dtype().text())));
      values.add(
          k.dtype().isFloating()
              ? emitter.constant(k.data(), k.name())
              : emitter.integers(k.data(), k.name()));
      paths.add(path);
    }

    private void elements(List<TorchValue> elements, String path, int depth) {
      for (int i = 0; i < elements.size(); i++) {
        add(elements.get(i), inside(path, Integer.toString(i)), depth + 1);
      }
    }

    private void entries(Map<TorchValue, TorchValue> entries, String path, int depth) {
      entries.forEach((key, value) -> add(value, inside(path, text(key)), depth + 1));
    }

    private static String text(TorchValue key) {
      return switch (key) {
        case TorchValue.Text t -> t.value();
        case TorchValue.Int i -> Long.toString(i.value());
        case TorchValue.Float f -> Double.toString(f.value());
        case TorchValue.Bool b -> Boolean.toString(b.value());
        case TorchValue.None n -> "None";
        case Tuple t -> "";
        case ListOf l -> "";
        case DictOf d -> "";
        case TorchValue.Tensor t -> "";
        case TorchValue.QuantizedTensor q -> "";
        case TorchValue.ComplexTensor z -> "";
        case TorchValue.DataDependent d -> "";
        case Refused r -> "";
      };
    }

    private static String inside(String path, String part) {
      return path.isEmpty() ? part : path + "." + part;
    }
  }
}
