package org.zkc.passes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Type;
import org.zkc.ir.Value;

/**
 * Computes once what several ops compute: equal op, operands, attributes and result types, wherever
 * they come from. One walk with a hash table. Ops below the torch level have no effects, so all of
 * them take part; constants are equal when their elements are, and keep the name of the first.
 */
public final class EliminateCommonSubexpressions implements Pass {
  private final Level level;

  /**
   * @throws IllegalArgumentException for the torch level, whose ops may have effects
   */
  public EliminateCommonSubexpressions(Level level) {
    if (level == Level.TORCH) {
      throw new IllegalArgumentException("ops of the torch level may have effects");
    }
    this.level = level;
  }

  @Override
  public String name() {
    return "eliminate-common-subexpressions";
  }

  @Override
  public String description() {
    return "Computes once what several ops compute.";
  }

  @Override
  public Level level() {
    return level;
  }

  @Override
  public boolean isOptimisation() {
    return true;
  }

  /**
   * The parts that make two ops equal: operands by identity and component (a weight is not a bias),
   * attributes by content. Names of constants do not count.
   */
  private record Key(
      Class<?> type,
      List<List<Value>> operands,
      Map<String, Object> attributes,
      List<Type> results) {
    static Key of(Op op) {
      OpSpec spec = OpSpec.of(op);
      Map<String, Object> attributes = spec.attributes(op);
      attributes.remove("name");
      return new Key(
          op.getClass(),
          spec.components(OpSpec.Role.OPERAND).stream().map(c -> OpSpec.values(c, op)).toList(),
          attributes,
          spec.results(op).stream().map(Value::type).toList());
    }
  }

  @Override
  public Program run(Program program, PassContext context) {
    long[] merged = {0};
    List<Function> functions = program.functions().stream().map(f -> merge(f, merged)).toList();
    context.count(name() + ".merged", merged[0]);
    return merged[0] == 0 ? program : new Program(program.level(), functions);
  }

  private static Function merge(Function function, long[] merged) {
    Map<Key, Op> seen = new HashMap<>();
    return Rewriter.rewrite(
        function,
        (op, rewriter) -> {
          Op first = seen.putIfAbsent(Key.of(op), op);
          if (first == null) {
            rewriter.keep(op);
            return;
          }
          merged[0]++;
          List<Value> kept = first.definitions();
          List<Value> gone = op.definitions();
          for (int i = 0; i < gone.size(); i++) {
            rewriter.replace(gone.get(i), kept.get(i));
          }
        });
  }
}
