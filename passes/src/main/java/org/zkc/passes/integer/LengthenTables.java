package org.zkc.passes.integer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Function;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Linear;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.Slice;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;

/**
 * Lengthens tall parameters, such as the embeddings of a vocabulary, by copies of their first
 * channel to a multiple of a power of two of channels. A row of the model commitment has a power of
 * two of channels that divides their number (docs/protocol.md section 5.7), so 30,522 = 2 * 15,261
 * channels would take 15,261 rows, each almost empty.
 *
 * <pre>
 *   %t = parameter [O, I]                     %t' = parameter [O', I]
 *   %r = gather %t, %indices                  %r = gather %t', %indices
 *   %y = linear %x, %t, %b                    %y' = linear %x, %t', %b'    %y = slice %y' to O
 * </pre>
 *
 * Nothing reads the copies: indices stay below O. They are copies rather than zeros so that all
 * intervals stay as they are.
 */
public final class LengthenTables extends Rewrite {
  /** Smaller parameters share rows or have few. */
  private static final long FEWEST_ELEMENTS = 1 << 10;

  /** The wanted length of a row over the root of the number of elements. */
  private static final int ROW = 8;

  /** The greatest part of the channels that is added: 1 / GROWTH. */
  private static final int GROWTH = 16;

  public LengthenTables() {
    super(
        "lengthen-tables",
        "Lengthens tall parameters to a multiple of a power of two, so that commitments' rows"
            + " are full.",
        Level.INTEGER,
        Need.OPTIMISATION);
  }

  @Override
  protected Rules begin(Function function, PassContext context) {
    return new Lengthening(Uses.of(function));
  }

  private static final class Lengthening implements Rules {
    /** Readers in the function as it was. */
    private final Uses uses;

    private final Set<Value> lengthened = Collections.newSetFromMap(new IdentityHashMap<>());

    Lengthening(Uses uses) {
      this.uses = uses;
    }

    @Override
    public boolean rewrite(Op op, Scope scope) {
      return switch (op) {
        case Parameter p when lengthens(p, uses) -> {
          Value longer = longer(p, count(p.weights().shape()), scope);
          lengthened.add(longer);
          scope.replace(p.result(), longer);
          yield true;
        }
        case Linear l when lengthened.contains(l.weight()) -> {
          sliced(l, scope);
          yield true;
        }
        default -> false;
      };
    }

    @Override
    public String counted(Op op) {
      return op instanceof Parameter ? "lengthened" : "sliced";
    }
  }

  /** The outputs that the parameter had, of all that the longer one gives. */
  private static void sliced(Linear op, Scope scope) {
    int count = op.weight().shape().extent(0);
    Optional<Value> bias =
        op.bias()
            .map(b -> longer(scope.definition(b, Parameter.class).orElseThrow(), count, scope));
    Shape shape = op.result().shape();
    int last = shape.rank() - 1;
    Value all =
        scope.fresh(
            op.result().name(), op.result().integerType().withShape(shape.with(last, count)));
    scope.define(new Linear(all, op.input(), op.weight(), bias, op.location()));
    scope.define(
        new Slice(
            op.result(),
            all,
            Collections.nCopies(last + 1, 0),
            shape.extents(),
            Collections.nCopies(last + 1, 1),
            op.location()));
  }

  private static Value longer(Parameter p, int count, Scope scope) {
    IntegerType type = p.result().integerType();
    Value value =
        scope.fresh(p.result().name(), type.withShape(p.weights().shape().with(0, count)));
    return scope.value(
        new Parameter(value, p.name(), p.weights().continuedByFirst(count), p.location()));
  }

  private static boolean lengthens(Parameter p, Uses uses) {
    Shape shape = p.weights().shape();
    if (shape.rank() < 2 || shape.elementCount() < FEWEST_ELEMENTS) {
      return false;
    }
    return count(shape) > shape.extent(0)
        && !uses.isYielded(p.result())
        && uses.users(p.result()).stream().allMatch(op -> takesLonger(op, p.result(), uses));
  }

  private static boolean takesLonger(Op op, Value table, Uses uses) {
    return switch (op) {
      case Gather g -> g.table() == table && g.indices() != table;
      case Linear l ->
          l.weight() == table
              && l.input() != table
              && l.bias().map(b -> isOnlyReader(b, uses)).orElse(true);
      default -> false;
    };
  }

  private static boolean isOnlyReader(Value bias, Uses uses) {
    return uses.count(bias) == 1 && uses.definition(bias).orElse(null) instanceof Parameter;
  }

  /** The number of channels that a parameter of this shape should have. */
  private static int count(Shape shape) {
    int own = shape.extent(0);
    List<Integer> channel = new ArrayList<>(shape.extents().subList(1, shape.rank()));
    long cells = 1;
    for (int extent : channel) {
      cells *= powerOfTwo(extent);
    }
    double root = Math.sqrt(shape.elementCount());
    if (Integer.lowestOneBit(own) * cells >= root) {
      return own;
    }
    int unit = Integer.lowestOneBit(own);
    while (unit * cells < ROW * root && roundedUp(own, 2L * unit) - own <= own / GROWTH) {
      unit *= 2;
    }
    return (int) roundedUp(own, unit);
  }

  private static long roundedUp(long number, long unit) {
    return (number + unit - 1) / unit * unit;
  }

  private static long powerOfTwo(int extent) {
    return extent <= 1 ? 1 : 2L * Integer.highestOneBit(extent - 1);
  }
}
