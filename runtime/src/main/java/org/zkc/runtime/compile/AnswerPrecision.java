package org.zkc.runtime.compile;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Constant;
import org.zkc.ir.torch.Operator;
import org.zkc.ir.torch.TensorConstant;

/**
 * The number format in which a framework computed a model's answers. zkc computes the tensor level
 * in single precision whatever the model's formats are, so that an answer differs from zkc's own by
 * the framework's roundings.
 */
enum AnswerPrecision {
  /** Both sides round, in another order; a hundred layers come to some 1e-5. */
  SINGLE(5e-4),

  /** Sixteen roundings to 11 significant bits, 2^-11 each. */
  HALF(0x1p-7),

  /** Sixteen roundings to 8 significant bits, 2^-8 each. */
  BRAIN(0x1p-4);

  private static final Set<String> CASTS =
      Set.of("aten.to", "aten._to_copy", "aten.half", "aten.bfloat16");

  private final double tolerance;

  AnswerPrecision(double tolerance) {
    this.tolerance = tolerance;
  }

  /**
   * The largest distance of an element from the answer, relative to the largest element of its
   * output.
   */
  double tolerance() {
    return tolerance;
  }

  /** The coarsest format among a model's inputs, its constants, and the casts in its program. */
  static AnswerPrecision of(ImportedModel model) {
    Program program = model.program();
    return Stream.concat(
            model.inputs().stream().map(AnswerPrecision::of),
            program.functions().stream().map(AnswerPrecision::of))
        .reduce(SINGLE, AnswerPrecision::coarser);
  }

  private static AnswerPrecision of(ModelInput input) {
    return input.dtype().map(AnswerPrecision::of).orElse(SINGLE);
  }

  private static AnswerPrecision of(Function function) {
    Map<Value, String> literals = new IdentityHashMap<>();
    AnswerPrecision out = SINGLE;
    for (Op op : function.body()) {
      switch (op) {
        case TensorConstant c -> out = coarser(out, of(c.data().dtype()));
        case Constant c -> literals.put(c.result(), c.literal());
        case Operator o when CASTS.contains(o.operator()) -> out = coarser(out, of(o, literals));
        default -> {}
      }
    }
    return out;
  }

  /** The format that a cast names, by its number in c10/core/ScalarType.h. */
  private static AnswerPrecision of(Operator cast, Map<Value, String> literals) {
    List<String> arguments =
        cast.arguments().stream().map(v -> literals.getOrDefault(v, "")).toList();
    if (cast.operator().equals("aten.bfloat16") || arguments.contains("15")) {
      return BRAIN;
    }
    return cast.operator().equals("aten.half") || arguments.contains("5") ? HALF : SINGLE;
  }

  private static AnswerPrecision of(DType dtype) {
    return switch (dtype) {
      case BF16 -> BRAIN;
      case F16 -> HALF;
      case F32, F64, I64, I32, I16, I8, U8, I1, U16, U32, U64 -> SINGLE;
    };
  }

  private static AnswerPrecision coarser(AnswerPrecision a, AnswerPrecision b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
