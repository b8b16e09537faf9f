package org.zkc.passes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Type;
import org.zkc.ir.Value;

/**
 * Computes once what several ops compute: equal op, operands, attributes and result types, wherever
 * they come from. One walk with a hash table. Ops below the torch level have no effects, so all of
 * them take part; constants are equal when their elements are, and keep the name of the first.
 */
public final class EliminateCommonSubexpressions extends Rewrite {
  /**
   * @throws IllegalArgumentException for the torch level, whose ops may have effects
   */
  public EliminateCommonSubexpressions(Level level) {
    super(
        "eliminate-common-subexpressions",
        "Computes once what several ops compute.",
        level,
        Need.OPTIMISATION);
    if (level == Level.TORCH) {
      throw new IllegalArgumentException("ops of the torch level may have effects");
    }
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
  protected Rules begin(Function function, PassContext context) {
    return new Merging();
  }

  private static final class Merging implements Rules {
    private final Map<Key, Op> seen = new HashMap<>();

    @Override
    public boolean rewrite(Op op, Scope scope) {
      Op first = seen.putIfAbsent(Key.of(op), op);
      if (first == null) {
        return false;
      }
      List<Value> kept = first.definitions();
      List<Value> gone = op.definitions();
      for (int i = 0; i < gone.size(); i++) {
        scope.replace(gone.get(i), kept.get(i));
      }
      return true;
    }

    @Override
    public String counted(Op op) {
      return "merged";
    }
  }
}
