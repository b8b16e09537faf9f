package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.Op;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.LineNorms;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Standardization;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.UnaryView;

/**
 * The sites of a function's residual streams: values that a norm over their channels reads, with
 * what views along whole lines and sums that alone read a value connect to them, so that the
 * channels of all of one site take the same factors. Every op that writes into a site, and every op
 * that reads it, must be able to take the factors up: linear maps, rows of a constant table,
 * products and sums with constants; norms read the site times the inverse, and a sum takes values
 * of another site times the quotient. Sites with any other writer or reader are left out.
 */
final class ResidualSites {
  private final Uses uses;
  private final Map<Value, Value> parents = new IdentityHashMap<>();
  private final Set<Value> computed = identitySet();

  /** Representatives of sites that factors cannot enter or leave. */
  private final Set<Value> fixed = identitySet();

  /** Representatives of sites that a norm reads. */
  private final Set<Value> normed = identitySet();

  private final Map<Value, Integer> numbers = new IdentityHashMap<>();
  private final List<List<Value>> sites = new ArrayList<>();

  private ResidualSites(Uses uses) {
    this.uses = uses;
  }

  static ResidualSites of(Function main) {
    ResidualSites out = new ResidualSites(Uses.of(main));
    out.computed.addAll(main.parameters());
    main.body().forEach(op -> out.connect((TensorOp) op));
    main.parameters().forEach(out::fix);
    main.results().forEach(out::fix);
    main.body().forEach(op -> out.inspect((TensorOp) op));
    out.number(main);
    return out;
  }

  private static Set<Value> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** The values of each site; all have as many channels along their last axis. */
  List<List<Value>> sites() {
    return Collections.unmodifiableList(sites);
  }

  /** The number of the site that the value belongs to; -1 where it belongs to none. */
  int siteOf(Value value) {
    return computed.contains(value) ? numbers.getOrDefault(root(value), -1) : -1;
  }

  /** The constant operand of a product or sum with one, in its small form; null for others. */
  @Nullable Constant constantOperand(TensorOp op) {
    return switch (op) {
      case Multiply m -> constantOf(m.left(), m.right());
      case Add a -> constantOf(a.left(), a.right());
      case Subtract s -> constantOf(s.left(), s.right());
      default -> null;
    };
  }

  /** Whether the value is computed from the inputs. */
  boolean isComputed(Value value) {
    return computed.contains(value);
  }

  private @Nullable Constant constantOf(Value left, Value right) {
    if (computed.contains(left) == computed.contains(right)) {
      return null;
    }
    return small(computed.contains(left) ? right : left).orElse(null);
  }

  /** A constant, or one that is broadcast. */
  private Optional<Constant> small(Value value) {
    Op op = uses.definition(value).orElse(null);
    return found(op instanceof Broadcast b ? b.input() : value);
  }

  /** The constant that the value is. */
  Constant constant(Value value) {
    return found(value).orElseThrow();
  }

  private Optional<Constant> found(Value value) {
    return uses.definition(value).filter(Constant.class::isInstance).map(Constant.class::cast);
  }

  private void connect(TensorOp op) {
    if (op instanceof Constant
        || !op.operands().isEmpty() && op.operands().stream().noneMatch(computed::contains)) {
      return;
    }
    Value result = op.result();
    computed.add(result);
    if (isSum(op) || isWholeLines(op)) {
      op.operands().stream()
          .filter(v -> computed.contains(v) && (uses.count(v) == 1 || isWholeLines(op)))
          .forEach(v -> parents.put(root(v), root(result)));
    }
  }

  private static boolean isSum(TensorOp op) {
    return op instanceof Add || op instanceof Subtract;
  }

  private static boolean isWholeLines(TensorOp op) {
    return op instanceof UnaryView v && LineNorms.leavesLines(v);
  }

  private Value root(Value value) {
    Value root = value;
    for (Value up = parents.get(root); up != null && up != root; up = parents.get(root)) {
      root = up;
    }
    for (Value at = value; at != root; ) {
      Value next = parents.put(at, root);
      at = next == null ? root : next;
    }
    return root;
  }

  private void fix(Value value) {
    if (computed.contains(value)) {
      fixed.add(root(value));
    }
  }

  /** Whether the op absorbs the factors of the sites that it writes and reads. */
  private void inspect(TensorOp op) {
    Value result = op.result();
    if (!computed.contains(result)) {
      return;
    }
    boolean takes =
        result.tensorType().dtype() == DType.F32
            && switch (op) {
              case Linear l ->
                  found(l.weight()).isPresent()
                      && l.bias().map(b -> found(b).isPresent()).orElse(true);
              case Gather g -> found(g.table()).isPresent() && g.table().shape().rank() == 2;
              case Multiply m -> isAlongLast(m);
              case Add _, Subtract _ ->
                  op.operands().stream().allMatch(computed::contains) || isAlongLast(op);
              default -> isWholeLines(op);
            };
    if (takes) {
      return;
    }
    fix(result);
    if (op instanceof Standardization n && n.axis() == n.input().shape().rank() - 1) {
      normed.add(root(n.input()));
    } else {
      op.operands().forEach(this::fix);
    }
  }

  private boolean isAlongLast(TensorOp op) {
    return op.result().shape().rank() > 0 && constantOperand(op) != null;
  }

  private void number(Function main) {
    Map<Value, List<Value>> found = new LinkedHashMap<>();
    for (Op op : main.body()) {
      Value value = op.definitions().getFirst();
      if (computed.contains(value)) {
        Value root = root(value);
        if (normed.contains(root) && !fixed.contains(root)) {
          found.computeIfAbsent(root, r -> new ArrayList<>()).add(value);
        }
      }
    }
    found.forEach((root, values) -> {
      numbers.put(root, sites.size());
      sites.add(List.copyOf(values));
    });
  }
}
