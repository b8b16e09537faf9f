package org.zkc.passes.torch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zkc.ir.UserException;
import org.zkc.passes.Fault;
import org.zkc.passes.torch.TorchValue.DictOf;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Refused;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * The faults that one walk of {@link PartialEvaluation} meets. A fault counts once something that
 * the proof needs depends on it: an output, a branch or the length of a loop. A value that is not
 * known because of a fault makes no further one: what reads it is refused with the same reason.
 */
final class FaultCollector {
  /**
   * Every reason in the order in which the walk met it, and whether its place is surely reached.
   */
  private final Map<UserException, Boolean> met = new IdentityHashMap<>();

  private final List<UserException> order = new ArrayList<>();
  private final Set<UserException> needed = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Refused> visited = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * For each region around the walk that may not be executed: whether an earlier fault hides it.
   */
  private final Deque<Boolean> hidden = new ArrayDeque<>();

  private int hiding;

  /** The value in place of one that an operation cannot give. */
  Refused refused(UserException reason, List<TorchValue> operands) {
    List<Refused> causes = new ArrayList<>();
    operands.forEach(value -> collect(value, causes));
    boolean isOwn = causes.stream().noneMatch(cause -> cause.reason() == reason);
    if (isOwn) {
      meet(reason);
    }
    return new Refused(reason, causes);
  }

  /** A fault that stands whether or not anything reads what the operation gives. */
  void add(UserException reason) {
    meet(reason);
    needed.add(reason);
  }

  private void meet(UserException reason) {
    if (met.putIfAbsent(reason, hiding == 0) == null) {
      order.add(reason);
    }
  }

  /**
   * Enters a region that may not be executed, or more than once. Faults in it may be none where the
   * decision is open because of another fault. Where the decision is a matter of the input, the
   * mended model computes all of it, so faults in it are certain.
   */
  void enter(TorchValue decision, UserException reason) {
    if (decision instanceof Refused) {
      need(decision);
    } else {
      add(reason);
    }
    boolean hides = !(reason instanceof DataDependence);
    hidden.push(hides);
    hiding += hides ? 1 : 0;
  }

  void leave() {
    hiding -= hidden.pop() ? 1 : 0;
  }

  /** Whether the walk is in a region that may not be executed. */
  boolean isInOpenArm() {
    return !hidden.isEmpty();
  }

  /**
   * Takes everything that is refused in a value for needed.
   *
   * @return whether there is anything
   */
  boolean need(TorchValue value) {
    List<Refused> roots = new ArrayList<>();
    collect(value, roots);
    Deque<Refused> open = new ArrayDeque<>(roots);
    while (!open.isEmpty()) {
      Refused at = open.pop();
      if (visited.add(at)) {
        needed.add(at.reason());
        open.addAll(at.causes());
      }
    }
    return !roots.isEmpty();
  }

  /** The value in place of one whose reason is told elsewhere. */
  static Refused consequence(UserException reason, List<TorchValue> operands) {
    List<Refused> causes = new ArrayList<>();
    operands.forEach(value -> collect(value, causes));
    return new Refused(reason, causes);
  }

  private static void collect(TorchValue value, List<Refused> into) {
    switch (value) {
      case Refused r -> into.add(r);
      case ListOf l -> l.elements().forEach(e -> collect(e, into));
      case Tuple t -> t.elements().forEach(e -> collect(e, into));
      case DictOf d -> d.entries().values().forEach(e -> collect(e, into));
      case TorchValue.Int v -> {}
      case TorchValue.Float v -> {}
      case TorchValue.Bool v -> {}
      case TorchValue.Text v -> {}
      case TorchValue.None v -> {}
      case KnownTensor v -> {}
      case TracedTensor v -> {}
      case TorchValue.QuantizedTensor v -> {}
      case TorchValue.ComplexTensor v -> {}
      case TorchValue.DataDependent v -> {}
    }
  }

  /**
   * The values known where either the one list or the other is meant: a value where the two are
   * alike, else a refused one. Tensors computed from the input are alike in their type.
   */
  List<TorchValue> merged(List<TorchValue> left, List<TorchValue> right, UserException reason) {
    List<TorchValue> out = new ArrayList<>();
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      TorchValue a = left.get(i);
      TorchValue b = right.get(i);
      boolean alike =
          a instanceof TracedTensor t && b instanceof TracedTensor u
              ? t.shape().equals(u.shape()) && t.dtype() == u.dtype()
              : a.equals(b);
      out.add(alike && !(a instanceof Refused) ? a : refused(reason, List.of(a, b)));
    }
    return out;
  }

  /** The faults that count, in the order in which the walk met them, equal ones as one. */
  List<Fault> faults() {
    return Fault.distinct(
        order.stream()
            .filter(needed::contains)
            .map(reason -> Fault.of(reason, Boolean.TRUE.equals(met.get(reason))))
            .toList());
  }
}
