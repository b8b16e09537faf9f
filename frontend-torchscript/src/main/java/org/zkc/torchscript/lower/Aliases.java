package org.zkc.torchscript.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.torch.Operator;
import org.zkc.torchscript.schema.StaticTypes;

/**
 * Which values may share memory, and what has become of values that were changed in place.
 *
 * <p>A write to {@code v} makes a new value {@code v'}; from then on {@code v} reads as {@code v'}.
 * If v is a view of b by an operator that can be inverted, b reads as {@code v'} brought back to
 * b's form; if v is a part of b (a slice, an index), b reads as b with {@code v'} in its place.
 * Other views of b are taken again. Any other value that may share v's memory becomes stale:
 * reading it is refused, so a program is never wrong, at worst not accepted.
 *
 * <p>May-share is an equivalence over values and over the contents of containers (a list's elements
 * share one class). It only grows, and is common to all arms of control flow; what was replaced and
 * what is stale is kept per arm.
 */
final class Aliases {

  /** Views whose result has the same elements in the same order as their first argument. */
  private static final Set<String> SAME_ELEMENTS =
      Set.of(
          "aten.view",
          "aten.view_as",
          "aten.unsqueeze",
          "aten.squeeze",
          "aten.detach",
          "aten.alias");

  /** Views that are their own inverse. */
  private static final Set<String> INVOLUTIONS =
      Set.of("aten.transpose", "aten.t", "aten.swapaxes", "aten.swapdims");

  /**
   * Views that always share memory, so that they can be taken again; others (reshape) may have
   * copied.
   */
  private static final Set<String> ALWAYS_VIEWS =
      Set.of(
          "aten.view",
          "aten.view_as",
          "aten.unsqueeze",
          "aten.squeeze",
          "aten.detach",
          "aten.alias",
          "aten.transpose",
          "aten.t",
          "aten.swapaxes",
          "aten.swapdims",
          "aten.permute",
          "aten.select",
          "aten.slice",
          "aten.narrow",
          "aten.expand",
          "aten.expand_as");

  /**
   * Operators whose result is the list of all parts of their first argument, with the place of the
   * axis among their arguments. A part is a view of the list, the list one of the whole.
   */
  private static final Map<String, Integer> SPLITS =
      Map.of(
          "aten.chunk", 2,
          "aten.unsafe_chunk", 2,
          "aten.split", 2,
          "aten.split_with_sizes", 2,
          "aten.tensor_split", 2,
          "aten.unsafe_split", 2,
          "aten.unsafe_split_with_sizes", 2,
          "aten.unbind", 1);

  /**
   * A class of the equivalence; {@code contents} is the class of what the members hold, if they
   * hold anything.
   */
  private static final class Node {
    private Node parent = this;
    private @Nullable Node contents;
    private List<Value> members = new ArrayList<>();
  }

  private record Origin(int order, RegionBuilder region) {}

  private static final class Shared {
    private final Map<Value, Node> nodes = new HashMap<>();
    private final Map<Value, Origin> origins = new HashMap<>();
    private final Map<Value, Operator> views = new HashMap<>();
    private final Map<Value, String> attributes = new HashMap<>();
    private final Set<Value> containers = new LinkedHashSet<>();

    /** Values looked at for all writes together. */
    private long work;
  }

  /** Ends archives whose writes and views multiply; real models stay far below. */
  private static final long MAX_WORK = 1_000_000;

  private final Shared shared;
  private final Map<Value, Value> replaced;
  private final Map<Value, Location> stale;

  Aliases() {
    this(new Shared(), new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  private Aliases(Shared shared, Map<Value, Value> replaced, Map<Value, Location> stale) {
    this.shared = shared;
    this.replaced = replaced;
    this.stale = stale;
  }

  /** The state at the start of an arm or a loop's body. */
  Aliases fork() {
    return new Aliases(shared, new LinkedHashMap<>(replaced), new LinkedHashMap<>(stale));
  }

  /** Must be called for every value when it is defined. */
  void define(Value value, RegionBuilder region) {
    shared.origins.put(value, new Origin(shared.origins.size(), region));
    if (value.type() instanceof TorchType type && StaticTypes.isMutable(type)) {
      Node node = new Node();
      node.members.add(value);
      shared.nodes.put(value, node);
      if (!(type instanceof TorchType.Tensor)) {
        shared.containers.add(value);
      }
    }
  }

  /** The number of things that {@link #fork} copies. */
  int size() {
    return replaced.size() + stale.size();
  }

  boolean isDefined(Value value) {
    return shared.origins.containsKey(value);
  }

  /** How many values are defined so far; see {@link #replacedSince}. */
  int definedCount() {
    return shared.origins.size();
  }

  /** Marks a value as read from the model itself, which may not be written. */
  void markAttribute(Value value, String name) {
    shared.attributes.put(value, name);
  }

  /** Records that an operator's result is a view of its first argument. */
  void recordView(Value result, Operator operator) {
    boolean reinterprets = operator.overload().equals("dtype");
    boolean isPart =
        operator.operator().equals("aten.__getitem__")
            && isSplit(operator.arguments().getFirst());
    boolean isView =
        ALWAYS_VIEWS.contains(operator.operator())
            || SPLITS.containsKey(operator.operator())
            || isPart;
    if (isView && !reinterprets) {
      shared.views.put(result, operator);
    }
  }

  /** Whether the value is the list of all parts of a tensor. */
  boolean isSplit(Value value) {
    Operator operator = shared.views.get(value);
    return operator != null && SPLITS.containsKey(operator.operator());
  }

  /** The value that reads of {@code value} give now. */
  Value latest(Value value) {
    Value now = value;
    while (replaced.containsKey(now)) {
      now = replaced.get(now);
    }
    return now;
  }

  /**
   * The value to use where the code reads {@code value}.
   *
   * @throws UserException when its memory was changed through another value in a way that cannot be
   *     followed
   */
  Value read(Value value, Location at) {
    Value now = latest(value);
    Location writer = stale.get(now);
    if (writer != null) {
      throw new UserException(
          at.isKnown() ? at : writer,
          "This reads a tensor or list whose memory an in-place operation%s changed through another name in a way that zkc cannot follow; use the operation without the trailing underscore there, and build a tensor from its parts by torch.cat or torch.stack."
              .formatted(writer.isKnown() ? " at " + writer : ""));
    }
    return now;
  }

  boolean isStale(Value value) {
    return stale.containsKey(latest(value));
  }

  void markStale(Value value, Location writer) {
    stale.putIfAbsent(latest(value), writer);
  }

  /** The two may share memory. */
  void share(Value a, Value b) {
    Node left = node(a);
    Node right = node(b);
    if (left != null && right != null) {
      union(left, right);
    }
  }

  /** The container may hold the element. */
  void hold(Value container, Value element) {
    Node holder = node(container);
    Node held = node(element);
    if (holder != null && held != null) {
      union(contents(holder), held);
    }
  }

  /** The two containers may hold common elements. */
  void shareContents(Value a, Value b) {
    Node left = node(a);
    Node right = node(b);
    if (left != null && right != null) {
      union(contents(left), contents(right));
    }
  }

  boolean mayShare(Value a, Value b) {
    Node left = node(a);
    return left != null && left == node(b);
  }

  boolean mayShareContents(Value a, Value b) {
    Node left = node(a);
    Node right = node(b);
    return left != null
        && right != null
        && left.contents != null
        && right.contents != null
        && find(left.contents) == find(right.contents);
  }

  boolean mayHold(Value container, Value element) {
    Node holder = node(container);
    Node held = node(element);
    return holder != null
        && held != null
        && holder.contents != null
        && find(holder.contents) == held;
  }

  private @Nullable Node node(Value value) {
    Node node = shared.nodes.get(value);
    return node == null ? null : find(node);
  }

  private static Node find(Node node) {
    Node root = node;
    while (root.parent != root) {
      root = root.parent;
    }
    Node at = node;
    while (at.parent != root) {
      Node next = at.parent;
      at.parent = root;
      at = next;
    }
    return root;
  }

  private static Node contents(Node node) {
    if (node.contents == null) {
      node.contents = new Node();
    }
    return find(node.contents);
  }

  private static void union(Node a, Node b) {
    Node left = find(a);
    Node right = find(b);
    while (left != right) {
      Node large = left.members.size() >= right.members.size() ? left : right;
      Node small = large == left ? right : left;
      small.parent = large;
      large.members.addAll(small.members);
      small.members = new ArrayList<>();
      Node contents = large.contents;
      large.contents = contents == null ? small.contents : contents;
      if (contents == null || small.contents == null) {
        return;
      }
      left = find(contents);
      right = find(small.contents);
    }
  }

  /**
   * Notes that {@code value} was written and now reads as {@code replacement}, a value defined
   * already. Emits what brings bases and other views up to date.
   *
   * @throws UserException when the written memory belongs to the model itself
   */
  void replace(Value value, Value replacement, RegionBuilder region, Location at) {
    Value written = latest(value);
    Node node = Objects.requireNonNull(node(written), "tensors and containers have a class");
    node.members.removeIf(this::isOutOfReach);
    shared.containers.removeIf(this::isOutOfReach);
    for (Value member : node.members) {
      String attribute = shared.attributes.get(member);
      if (attribute != null) {
        throw new UserException(
            at,
            "forward changes the model's own '%s' in place; a proof is about a fixed model: call model.eval() before exporting it, or make forward leave it unchanged."
                .formatted(attribute));
      }
    }
    Map<Value, Value> updated = new LinkedHashMap<>();
    updated.put(written, replacement);
    updateBases(written, replacement, updated, region);
    List<Value> members = List.copyOf(node.members);
    shared.work += members.size();
    if (shared.work > MAX_WORK) {
      throw new UserException(
          at, "The model's in-place operations write tensors that too many others are views of.");
    }
    for (Value member : members) {
      if (isCurrent(member)) {
        takeAgain(member, updated, region);
      }
    }
    updated.forEach((old, now) -> {
      share(old, now);
      replaced.put(old, now);
    });
    for (Value member : members) {
      if (isCurrent(member) && !updated.containsKey(member) && !updated.containsValue(member)) {
        stale.putIfAbsent(member, at);
      }
    }
    for (Value container : shared.containers) {
      if (isCurrent(container)
          && !updated.containsValue(container)
          && holdsDeeply(container, find(node))) {
        stale.putIfAbsent(container, at);
      }
    }
  }

  private boolean isCurrent(Value value) {
    return !replaced.containsKey(value) && !isOutOfReach(value);
  }

  private Origin origin(Value value) {
    return Objects.requireNonNull(shared.origins.get(value), "the value was never defined here");
  }

  private boolean isOutOfReach(Value value) {
    return !origin(value).region().isOpen();
  }

  private boolean holdsDeeply(Value container, Node target) {
    Node node = node(container);
    for (int depth = 0; depth < 16 && node != null && node.contents != null; depth++) {
      node = find(node.contents);
      if (node == target) {
        return true;
      }
    }
    return false;
  }

  private void updateBases(
      Value written, Value replacement, Map<Value, Value> updated, RegionBuilder region) {
    Value view = written;
    Value now = replacement;
    Operator operator = shared.views.get(view);
    while (operator != null) {
      Value base = operator.arguments().get(0);
      Optional<Operator> inverse = inverse(operator, base, now, region);
      if (inverse.isEmpty() || !isCurrent(base) || updated.containsKey(base)) {
        return;
      }
      Value baseNow = emit(inverse.get(), region);
      shared.views.put(now, over(operator, baseNow, now));
      updated.put(base, baseNow);
      view = base;
      now = baseNow;
      operator = shared.views.get(view);
    }
  }

  /** The operator that makes of a view's new value that of its base; defines the latter. */
  private Optional<Operator> inverse(
      Operator operator, Value base, Value now, RegionBuilder region) {
    Value result = new Value(base.name(), base.type());
    List<Value> arguments = new ArrayList<>(operator.arguments());
    arguments.add(1, now);
    switch (operator.operator()) {
      case "aten.select" -> {
        return scatter("aten.select_scatter", arguments, result, operator.location());
      }
      case "aten.slice" -> {
        return scatter("aten.slice_scatter", arguments, result, operator.location());
      }
      case "aten.narrow" -> { // (self, dim, start, length)
        Value end = new Value("end", StaticTypes.INT);
        List<Value> sum = List.of(operator.arguments().get(2), operator.arguments().get(3));
        emit(new Operator(List.of(end), "aten.add", "int", sum, operator.location()), region);
        arguments.set(4, end);
        return scatter("aten.slice_scatter", arguments, result, operator.location());
      }
      case "aten.__getitem__" -> { // a part of a tensor that was split
        List<Value> item = List.of(base, operator.arguments().get(1), now);
        return scatter("aten._set_item", item, result, operator.location());
      }
      case "aten.permute" -> {
        return Optional.of(unpermuted(operator, now, result, region));
      }
      default -> {}
    }
    Integer axis = SPLITS.get(operator.operator());
    if (axis != null) {
      String join = operator.operator().equals("aten.unbind") ? "aten.stack" : "aten.cat";
      List<Value> parts = List.of(now, operator.arguments().get(axis));
      return scatter(join, parts, result, operator.location());
    }
    if (SAME_ELEMENTS.contains(operator.operator())) {
      return Optional.of(
          new Operator(
              List.of(result), "aten.reshape_as", "", List.of(now, base), operator.location()));
    }
    return INVOLUTIONS.contains(operator.operator())
        ? Optional.of(over(operator, now, result))
        : Optional.empty();
  }

  /** Axis i of {@code now} back to where the permutation took it from. */
  private Operator unpermuted(Operator permute, Value now, Value result, RegionBuilder region) {
    Value order = permute.arguments().get(1);
    Value rank = new Value("rank", StaticTypes.INT);
    Value axes = new Value("axes", StaticTypes.list(StaticTypes.INT));
    Location at = permute.location();
    emit(new Operator(List.of(rank), "aten.len", "t", List.of(order), at), region);
    emit(new Operator(List.of(axes), "prim.rangelist", "", List.of(rank), at), region);
    return new Operator(
        List.of(result), "aten.movedim", "intlist", List.of(now, axes, order), at);
  }

  private static Optional<Operator> scatter(
      String name, List<Value> arguments, Value result, Location at) {
    return Optional.of(new Operator(List.of(result), name, "", arguments, at));
  }

  /** The same operator with another first argument and result. */
  private static Operator over(Operator operator, Value first, Value result) {
    List<Value> arguments = new ArrayList<>(operator.arguments());
    arguments.set(0, first);
    return new Operator(
        List.of(result), operator.operator(), operator.overload(), arguments, operator.location());
  }

  /** Takes a view again if its base was updated; bases first. */
  private void takeAgain(Value view, Map<Value, Value> updated, RegionBuilder region) {
    List<Value> chain = new ArrayList<>();
    Value at = view;
    while (!updated.containsKey(at)) {
      Operator operator = shared.views.get(at);
      if (operator == null || !isCurrent(at)) {
        return;
      }
      chain.add(at);
      at = operator.arguments().get(0);
    }
    for (Value link : chain.reversed()) {
      Operator operator =
          Objects.requireNonNull(shared.views.get(link), "the chain has views only");
      Value base =
          Objects.requireNonNull(
              updated.get(operator.arguments().get(0)), "bases are taken again first");
      Operator again = over(operator, base, new Value(link.name(), link.type()));
      Value result = emit(again, region);
      shared.views.put(result, again);
      updated.put(link, result);
    }
  }

  private Value emit(Operator operator, RegionBuilder region) {
    Value result = operator.results().get(0);
    define(result, region);
    region.add(operator);
    return result;
  }

  /**
   * Values defined before {@code definedCount} that are replaced here but are not in {@code
   * before}.
   */
  List<Value> replacedSince(Aliases before, int definedCount) {
    return replaced.keySet().stream()
        .filter(v -> !before.replaced.containsKey(v) && origin(v).order() < definedCount)
        .toList();
  }

  /**
   * Values defined before {@code definedCount} that became stale here, with the place of the write.
   */
  Map<Value, Location> staleSince(Aliases before, int definedCount) {
    Map<Value, Location> out = new LinkedHashMap<>();
    stale.forEach((value, at) -> {
      if (!before.stale.containsKey(value) && origin(value).order() < definedCount) {
        out.put(value, at);
      }
    });
    return out;
  }

  /** Notes that {@code value}, current here, reads as the result of control flow from now on. */
  void forward(Value value, Value result) {
    share(value, result);
    replaced.put(value, result);
  }
}
