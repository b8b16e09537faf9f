package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.passes.Lowering;
import org.zkc.passes.PassContext;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
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
          "SHAPE SHAPE ...",
          arguments -> {
            List<TensorType> types =
                arguments.stream().map(s -> new TensorType(DType.F32, Shape.parse(s))).toList();
            return (program, context) -> lower(program, types, context);
          });

  private static final int MAXIMAL_OUTPUTS = 1000;
  private static final int MAXIMAL_NESTING = 20;

  private TorchToTensor() {}

  /**
   * Lowers main and what it calls.
   *
   * @param inputTypes types of main's parameters, in order; f32 or f64
   * @return main at the tensor level, one result per tensor of the model's output in order, lists
   *     and tuples flattened
   * @throws UserException at the user's line for whatever cannot be proved: an operator that is not
   *     in the table, an operation that depends on the input's elements, shapes that do not fit
   */
  public static Program lower(Program torch, List<TensorType> inputTypes, PassContext context) {
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
    TensorEmitter emitter = new TensorEmitter(main);
    List<TorchValue> inputs = new ArrayList<>();
    for (int i = 0; i < inputTypes.size(); i++) {
      TensorType type = inputTypes.get(i);
      String name = main.parameters().get(i).name();
      if (!type.dtype().isFloating()) {
        throw new UserException(
            "input %s has element type %s; only floating-point inputs can be proved"
                .formatted(name, type.dtype().text()));
      }
      inputs.add(new TracedTensor(emitter.parameter(name, type.shape()), type.dtype()));
    }
    PartialEvaluation evaluation = new PartialEvaluation(torch, emitter);
    List<Value> results = new ArrayList<>();
    Location location = main.location();
    evaluation.call(main, inputs).forEach(r -> outputs(r, location, 0, results));
    if (results.isEmpty()) {
      throw new UserException(location, "the model returns no tensor; there is nothing to prove");
    }
    context.count("torch-to-tensor.operators", evaluation.operatorsLowered());
    Function lowered = DeadOps.remove(emitter.build(results));
    context.count("torch-to-tensor.ops", lowered.body().size());
    return Program.of(Level.TENSOR, lowered);
  }

  private static void outputs(TorchValue value, Location location, int depth, List<Value> into) {
    if (depth > MAXIMAL_NESTING || into.size() > MAXIMAL_OUTPUTS) {
      throw new UserException(
          location,
          "the model returns more than %d tensors, or lists nested more than %d deep"
              .formatted(MAXIMAL_OUTPUTS, MAXIMAL_NESTING));
    }
    switch (value) {
      case TracedTensor t -> into.add(t.value());
      case Tuple t -> t.elements().forEach(e -> outputs(e, location, depth + 1, into));
      case ListOf l -> l.elements().forEach(e -> outputs(e, location, depth + 1, into));
      case TorchValue.None n -> {}
      case KnownTensor k ->
          throw new UserException(
              location,
              "an output, of shape %s and type %s, does not depend on the input: there is nothing to prove; return only tensors that are computed from it"
                  .formatted(k.shape(), k.dtype() == DType.I1 ? "bool" : k.dtype().text()));
      case TorchValue.DataDependent d ->
          throw new UserException(
              d.location(), d.operator() + " as an output of the model cannot be proved");
      case TorchValue.Int i -> throw notTensor(value, location);
      case TorchValue.Float f -> throw notTensor(value, location);
      case TorchValue.Bool b -> throw notTensor(value, location);
      case TorchValue.Text t -> throw notTensor(value, location);
    }
  }

  private static UserException notTensor(TorchValue value, Location location) {
    return new UserException(
        location,
        "an output of the model is %s; only tensors can be proved".formatted(value.kind()));
  }
}
