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
final class MemoryAliases {

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

    /** Values read from attributes of objects, with the attributes' names. */
    private final Map<Value, String> attributeNames = new HashMap<>();

    /** Classes of which a member was written. */
    private final List<Node> written = new ArrayList<>();

    /** Containers read from lists and dictionaries, by what they were read from. */
    private final Map<Value, List<Value>> elements = new HashMap<>();

    /** Objects, lists and dictionaries that may hold one container in two places. */
    private final Set<Value> tangled = new LinkedHashSet<>();

    /** Values looked at for all writes together. */
    private long work;
  }

  /** Ends archives whose writes and views multiply; real models stay far below. */
  private static final long MAX_WORK = 1_000_000;

  private final Shared shared;
  private final Map<Value, Value> replaced;
  private final Map<Value, Location> stale;

  MemoryAliases() {
    this(new Shared(), new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  private MemoryAliases(Shared shared, Map<Value, Value> replaced, Map<Value, Location> stale) {
    this.shared = shared;
    this.replaced = replaced;
    this.stale = stale;
  }

  /** The state at the start of an arm or a loop's body. */
  MemoryAliases fork() {
    return new MemoryAliases(shared, new LinkedHashMap<>(replaced), new LinkedHashMap<>(stale));
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

  /** The number of values defined so far; see {@link #replacedSince}. */
  int definedCount() {
    return shared.origins.size();
  }

  /** Marks a value as read from the model itself, which may not be written. */
  void markAttribute(Value value, String name) {
    shared.attributes.put(value, name);
  }

  /**
   * Records that an operator's result is a view of its first argument, or a container in it: a
   * write to that one makes a new value of the other.
   */
  void recordView(Value result, Operator operator) {
    Value source = operator.arguments().isEmpty() ? result : operator.arguments().getFirst();
    boolean isItem = operator.operator().equals("aten.__getitem__");
    boolean isElement = isItem && isContainer(result) && !isTangled(source);
    if (isElement || (isItem && isSplit(source)) || Views.isView(operator)) {
      setView(result, operator);
    }
  }

  private void setView(Value result, Operator operator) {
    shared.views.put(result, operator);
    if (isContainer(result) && !shared.attributeNames.containsKey(result)) {
      Value source = operator.arguments().getFirst();
      shared.elements.computeIfAbsent(source, _ -> new ArrayList<>()).add(result);
    }
  }

  /** Records the view that has become of another one. */
  private void renew(Value before, Value now, Operator operator) {
    String attribute = shared.attributeNames.get(before);
    if (attribute != null) {
      shared.attributeNames.put(now, attribute);
    }
    setView(now, operator);
  }

  private static boolean isContainer(Value value) {
    return value.type() instanceof TorchType type && StaticTypes.isContainer(type);
  }

  /**
   * Notes that the places of a list's or dictionary's elements are about to change: containers read
   * from it are no longer what is in their place.
   */
  void forgetElements(Value container) {
    List<Value> read = shared.elements.remove(container);
    if (read != null) {
      read.forEach(shared.views::remove);
    }
  }

  /** Notes that a list or dictionary may hold one container in two places, if it holds any. */
  void tangleElements(Value container) {
    if (container.type() instanceof TorchType.Generic type
        && StaticTypes.isContainer(type.arguments().getLast())) {
      tangle(container);
    }
  }

  /** The element is put into the container, which may hold it already. */
  void put(Value container, Value element) {
    if (isContainer(element) && mayHold(container, element)) {
      tangle(container);
    }
    hold(container, element);
  }

  /** Records that a value is an attribute of an object, the first argument of the operator. */
  void recordAttribute(Value result, Operator operator, String name) {
    if (!isTangled(operator.arguments().getFirst())) {
      shared.views.put(result, operator);
      shared.attributeNames.put(result, name);
    }
  }

  /**
   * Notes that {@code changed} is the object with another value as an attribute. Values read from
   * that attribute before belong to it no longer; those of its other attributes belong to the
   * changed object.
   */
  void setAttribute(Value object, Value changed, String name, Value element) {
    if (mayHold(object, element)) {
      tangle(object);
    }
    hold(object, element);
    for (Value read : List.copyOf(shared.attributeNames.keySet())) {
      Operator operator = shared.views.get(read);
      if (operator != null && operator.arguments().getFirst() == object) {
        if (name.equals(shared.attributeNames.get(read))) {
          shared.views.remove(read);
        } else {
          shared.views.put(read, Views.over(operator, changed, read));
        }
      }
    }
  }

  /**
   * Notes that the object holds one container in two attributes, or the list in two places: a write
   * through one of them cannot be put back.
   */
  void tangle(Value object) {
    shared.tangled.add(object);
    for (Value container : List.copyOf(shared.elements.keySet())) {
      if (container == object || mayShare(container, object)) {
        forgetElements(container);
      }
    }
    for (Value read : List.copyOf(shared.attributeNames.keySet())) {
      Operator operator = shared.views.get(read);
      if (operator != null && mayShare(operator.arguments().getFirst(), object)) {
        shared.views.remove(read);
      }
    }
  }

  boolean hasTangled() {
    return !shared.tangled.isEmpty();
  }

  boolean isTangled(Value object) {
    return shared.tangled.stream().anyMatch(t -> t == object || mayShare(t, object));
  }

  /** Whether the value is the list of all parts of a tensor. */
  boolean isSplit(Value value) {
    Operator operator = shared.views.get(value);
    return operator != null && Views.isSplit(operator);
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
          "This reads a tensor or list whose memory an in-place operation%s changed through another name in a way that zkc cannot follow; %s."
              .formatted(
                  writer.isKnown() ? " at " + writer : "",
                  isContainer(value)
                      ? "give each name a list of its own, and put a list or tensor into another"
                          + " list when it is complete"
                      : "use the operation without the trailing underscore there, and build a"
                          + " tensor from its parts by torch.cat or torch.stack"));
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
    Node node = Objects.requireNonNull(node(latest(value)), "tensors and containers have a class");
    for (Value member : node.members) {
      String attribute = isOutOfReach(member) ? null : shared.attributes.get(member);
      if (attribute != null) {
        throw new UserException(
            at,
            "forward changes the model's own '%s' in place; a proof is about a fixed model: call model.eval() before exporting it, or make forward leave it unchanged."
                .formatted(attribute));
      }
    }
    replaceForGood(value, replacement, region, at);
  }

  /** The same for a write that leaves the model's memory alone when it is repeated. */
  void replaceForGood(Value value, Value replacement, RegionBuilder region, Location at) {
    Value written = latest(value);
    Node node = Objects.requireNonNull(node(written), "tensors and containers have a class");
    shared.written.add(node);
    node.members.removeIf(this::isOutOfReach);
    shared.containers.removeIf(this::isOutOfReach);
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

  /** Whether something that the container holds, at any depth, was written. */
  boolean isWrittenInside(Value container) {
    Set<Node> inside = contentsOf(container);
    return shared.written.stream().anyMatch(node -> inside.contains(find(node)));
  }

  /**
   * Notes that a function wrote something that the container holds: all that may be a part of the
   * contents becomes stale, and so do other containers that hold such a part.
   */
  void writeInside(Value container, Location at) {
    Set<Node> inside = contentsOf(container);
    for (Node node : inside) {
      shared.written.add(node);
      for (Value member : node.members) {
        if (isCurrent(member)) {
          stale.putIfAbsent(member, at);
        }
      }
    }
    for (Value other : shared.containers) {
      if (isCurrent(other)
          && !mayShare(other, container)
          && inside.stream().anyMatch(node -> holdsDeeply(other, node))) {
        stale.putIfAbsent(other, at);
      }
    }
  }

  /** The classes of the container's elements, of their elements, and so on. */
  private Set<Node> contentsOf(Value container) {
    Set<Node> out = new LinkedHashSet<>();
    Node node = node(container);
    for (int depth = 0; depth < 16 && node != null && node.contents != null; depth++) {
      node = find(node.contents);
      out.add(node);
    }
    return out;
  }

  /** Whether a write to what the container holds may be one to the value or in it. */
  boolean mayReach(Value container, Value value) {
    Set<Node> inside = contentsOf(container);
    Node own = node(value);
    return (own != null && inside.contains(own))
        || contentsOf(value).stream().anyMatch(inside::contains);
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
      Optional<Operator> inverse = Views.inverse(operator, base, now, op -> emit(op, region));
      if (inverse.isEmpty() || !isCurrent(base) || updated.containsKey(base)) {
        return;
      }
      Value baseNow = emit(inverse.get(), region);
      renew(view, now, Views.over(operator, baseNow, now));
      updated.put(base, baseNow);
      view = base;
      now = baseNow;
      operator = shared.views.get(view);
    }
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
      Operator again = Views.over(operator, base, new Value(link.name(), link.type()));
      Value result = emit(again, region);
      renew(link, result, again);
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
  List<Value> replacedSince(MemoryAliases before, int definedCount) {
    return replaced.keySet().stream()
        .filter(v -> !before.replaced.containsKey(v) && origin(v).order() < definedCount)
        .toList();
  }

  /**
   * Values defined before {@code definedCount} that became stale here, with the place of the write.
   */
  Map<Value, Location> staleSince(MemoryAliases before, int definedCount) {
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
