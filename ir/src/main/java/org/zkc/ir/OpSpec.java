package org.zkc.ir;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;
import org.zkc.ir.integer.IntegerWeights;

/**
 * The parts of an op's record: results, operands, regions, attributes and location; see {@link Op}.
 */
public final class OpSpec {

  /** The role of a record component. */
  public enum Role {
    RESULT,
    OPERAND,
    REGION,
    ATTRIBUTE,
    LOCATION
  }

  /** The multiplicity of a component: how many values of its element type it holds. */
  public enum Cardinality {
    /** Exactly one. */
    ONE,
    /** An Optional. */
    OPTIONAL,
    /** A List. */
    MANY
  }

  /**
   * One component of an op's record. {@code element} is the class of the component's values,
   * primitives boxed: Value, Region, or for attributes Integer, Long, Double, Number (a Double at
   * the tensor level, a Long below), Boolean, String, TensorData, IntegerWeights or an enum.
   */
  public record Component(
      String name, Role role, Cardinality cardinality, Class<?> element, MethodHandle reading) {

    private static Component of(RecordComponent declaration) {
      Type generic = declaration.getGenericType();
      Cardinality cardinality = Cardinality.ONE;
      if (generic instanceof ParameterizedType p && p.getRawType() == Optional.class) {
        cardinality = Cardinality.OPTIONAL;
        generic = p.getActualTypeArguments()[0];
      } else if (generic instanceof ParameterizedType p && p.getRawType() == List.class) {
        cardinality = Cardinality.MANY;
        generic = p.getActualTypeArguments()[0];
      }
      if (!(generic instanceof Class<?> plain)) {
        throw new IllegalStateException(
            "component " + declaration + " has a type that ops may not have");
      }
      Class<?> element = MethodType.methodType(plain).wrap().returnType();
      return new Component(
          declaration.getName(),
          roleOf(declaration, element),
          cardinality,
          element,
          reading(declaration));
    }

    /** The accessor, whose access is checked here once and not at each reading. */
    private static MethodHandle reading(RecordComponent declaration) {
      try {
        return MethodHandles.lookup()
            .unreflect(declaration.getAccessor())
            .asType(MethodType.methodType(Object.class, Op.class));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("cannot read " + declaration, e);
      }
    }

    private static Role roleOf(RecordComponent declaration, Class<?> element) {
      if (element == Location.class) {
        return Role.LOCATION;
      }
      if (element == Region.class) {
        return Role.REGION;
      }
      if (element == Value.class) {
        String name = declaration.getName();
        return name.equals("result") || name.equals("results") ? Role.RESULT : Role.OPERAND;
      }
      if (element.isEnum() || ATTRIBUTE_TYPES.contains(element)) {
        return Role.ATTRIBUTE;
      }
      throw new IllegalStateException(
          "component " + declaration + " has a type that ops may not have");
    }

    /** The component's value in {@code op}. */
    public Object get(Op op) {
      try {
        return reading.invokeExact(op);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("cannot read " + name + " of " + op.getClass(), e);
      }
    }
  }

  private static final Set<Class<?>> ATTRIBUTE_TYPES =
      Set.of(
          Integer.class,
          Long.class,
          Double.class,
          Number.class,
          Boolean.class,
          String.class,
          TensorData.class,
          IntegerWeights.class);

  private static final ClassValue<OpSpec> SPECS =
      new ClassValue<>() {
        @Override
        protected OpSpec computeValue(Class<?> type) {
          return new OpSpec(type);
        }
      };

  private final Class<?> type;
  private final String mnemonic;
  private final List<Component> components;
  private final Map<Role, List<Component>> byRole;
  private final Constructor<?> constructor;

  private OpSpec(Class<?> type) {
    this.type = type;
    this.mnemonic =
        type.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    List<Component> found = new ArrayList<>();
    for (RecordComponent c : type.getRecordComponents()) {
      found.add(Component.of(c));
    }
    this.components = List.copyOf(found);
    Map<Role, List<Component>> grouped = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      grouped.put(role, found.stream().filter(c -> c.role() == role).toList());
    }
    this.byRole = grouped;
    try {
      this.constructor =
          type.getDeclaredConstructor(
              Arrays.stream(type.getRecordComponents())
                  .map(RecordComponent::getType)
                  .toArray(Class<?>[]::new));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  public static OpSpec of(Op op) {
    return SPECS.get(op.getClass());
  }

  public static OpSpec of(Class<? extends Op> type) {
    return SPECS.get(type);
  }

  public List<Component> components() {
    return components;
  }

  /** The components of one role, in order of declaration. */
  public List<Component> components(Role role) {
    return Objects.requireNonNull(byRole.get(role), "every role has its list");
  }

  /** The name without its level: {@code MaxPool} is {@code max_pool}. */
  public String mnemonic() {
    return mnemonic;
  }

  /** The line of the op's {@link Describes}, which says what the op does. */
  public String description() {
    Describes line = type.getAnnotation(Describes.class);
    if (line == null) {
      throw new IllegalStateException(type + " has no @Describes line for zkc ops");
    }
    return line.value();
  }

  /**
   * The op's operands, attributes and regions as its text shows them: {@code (input, weight, bias =
   * ?) {strides = [Integer], groups = Integer}}.
   */
  public String signature() {
    StringJoiner operands = new StringJoiner(", ", "(", ")");
    StringJoiner attributes = new StringJoiner(", ", " {", "}").setEmptyValue("");
    StringBuilder regions = new StringBuilder();
    for (Component c : components) {
      String type = c.element().getSimpleName();
      switch (c.role()) {
        case OPERAND ->
            operands.add(
                switch (c.cardinality()) {
                  case ONE -> c.name();
                  case OPTIONAL -> c.name() + " = ?";
                  case MANY ->
                      components(Role.OPERAND).size() == 1
                          ? c.name() + "..."
                          : "[" + c.name() + "...]";
                });
        case ATTRIBUTE ->
            attributes.add(
                c.name()
                    + " = "
                    + switch (c.cardinality()) {
                      case ONE -> type;
                      case OPTIONAL -> type + "?";
                      case MANY -> "[" + type + "]";
                    });
        case REGION -> regions.append(" ").append(c.name()).append("() {}");
        case RESULT, LOCATION -> {}
      }
    }
    return operands + attributes.toString() + regions;
  }

  public List<Value> results(Op op) {
    return values(op, Role.RESULT);
  }

  public List<Value> operands(Op op) {
    return values(op, Role.OPERAND);
  }

  /** Whether ops of this type hold regions. */
  public boolean hasRegions() {
    return !components(Role.REGION).isEmpty();
  }

  /** Regions in order of declaration. */
  public List<Region> regions(Op op) {
    if (!hasRegions()) {
      return List.of();
    }
    List<Region> out = new ArrayList<>();
    for (Component c : components(Role.REGION)) {
      collect(c, op, Region.class, out);
    }
    return out;
  }

  /** Attributes by component name, in order of declaration. */
  public Map<String, Object> attributes(Op op) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (Component c : components(Role.ATTRIBUTE)) {
      out.put(c.name(), c.get(op));
    }
    return out;
  }

  private List<Value> values(Op op, Role role) {
    List<Value> out = new ArrayList<>();
    for (Component c : components(role)) {
      collect(c, op, Value.class, out);
    }
    return out;
  }

  /** The values that a result or operand component holds. */
  public static List<Value> values(Component component, Op op) {
    List<Value> out = new ArrayList<>();
    collect(component, op, Value.class, out);
    return out;
  }

  /** The regions that a region component holds. */
  public static List<Region> regions(Component component, Op op) {
    List<Region> out = new ArrayList<>();
    collect(component, op, Region.class, out);
    return out;
  }

  private static <T> void collect(Component component, Op op, Class<T> element, List<T> out) {
    Object v = component.get(op);
    switch (component.cardinality()) {
      case ONE -> out.add(element.cast(v));
      case OPTIONAL -> ((Optional<?>) v).ifPresent(e -> out.add(element.cast(e)));
      case MANY -> ((List<?>) v).forEach(e -> out.add(element.cast(e)));
    }
  }

  /**
   * The same op with operands, regions and results replaced, applied in this order whatever the
   * order of declaration, so that a map extended by results never touches the op's own operands.
   */
  @SuppressWarnings("unchecked")
  public static <T extends Op> T mapValues(
      T op,
      UnaryOperator<Value> results,
      UnaryOperator<Value> operands,
      UnaryOperator<Region> regions) {
    OpSpec spec = of(op);
    Object[] arguments = new Object[spec.components.size()];
    spec.replace(op, arguments, Role.OPERAND, v -> operands.apply((Value) v));
    spec.replace(op, arguments, Role.REGION, r -> regions.apply((Region) r));
    spec.replace(op, arguments, Role.RESULT, v -> results.apply((Value) v));
    spec.replace(op, arguments, Role.ATTRIBUTE, a -> a);
    spec.replace(op, arguments, Role.LOCATION, l -> l);
    return (T) spec.create(arguments);
  }

  private void replace(Op op, Object[] arguments, Role role, UnaryOperator<Object> map) {
    for (int i = 0; i < arguments.length; i++) {
      Component c = components.get(i);
      if (c.role() == role) {
        Object v = c.get(op);
        arguments[i] =
            switch (c.cardinality()) {
              case ONE -> map.apply(v);
              case OPTIONAL -> ((Optional<?>) v).map(map);
              case MANY -> ((List<?>) v).stream().map(map).toList();
            };
      }
    }
  }

  /** Builds an op from its components in order of declaration; the record's own checks apply. */
  public Op create(Object... arguments) {
    try {
      return (Op) constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (InstantiationException | IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
