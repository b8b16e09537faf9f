package org.zkc.ir;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** How an op's record splits into results, operands, regions, attributes and location; see {@link Op}. */
public final class OpSpec {

  /** The role of a record component. */
  public enum Role {
    RESULT,
    OPERAND,
    REGION,
    ATTRIBUTE,
    LOCATION
  }

  /** One component of an op's record. */
  public record Component(String name, Role role, RecordComponent declaration) {

    /** The component's value in {@code op}. */
    public Object get(Op op) {
      try {
        return declaration.getAccessor().invoke(op);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("cannot read " + name + " of " + op.getClass(), e);
      }
    }
  }

  private static final ClassValue<OpSpec> SPECS =
      new ClassValue<>() {
        @Override
        protected OpSpec computeValue(Class<?> type) {
          return new OpSpec(type);
        }
      };

  private final Class<?> type;
  private final List<Component> components;
  private final Constructor<?> constructor;

  private OpSpec(Class<?> type) {
    this.type = type;
    List<Component> found = new ArrayList<>();
    for (RecordComponent c : type.getRecordComponents()) {
      found.add(new Component(c.getName(), roleOf(c), c));
    }
    this.components = List.copyOf(found);
    try {
      this.constructor =
          type.getDeclaredConstructor(
              Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Role roleOf(RecordComponent c) {
    String generic = c.getGenericType().getTypeName();
    if (c.getName().equals("result") || c.getName().equals("results")) {
      return Role.RESULT;
    }
    if (c.getType() == Location.class) {
      return Role.LOCATION;
    }
    if (generic.contains(Value.class.getName())) {
      return Role.OPERAND;
    }
    return generic.contains(Region.class.getName()) ? Role.REGION : Role.ATTRIBUTE;
  }

  public static OpSpec of(Op op) {
    return SPECS.get(op.getClass());
  }

  public static OpSpec of(Class<? extends Op> type) {
    return SPECS.get(type);
  }

  public Class<?> type() {
    return type;
  }

  public List<Component> components() {
    return components;
  }

  /** The name without its level: {@code MaxPool} is {@code max_pool}. */
  public String mnemonic() {
    return type.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  public List<Value> results(Op op) {
    return values(op, Role.RESULT);
  }

  public List<Value> operands(Op op) {
    return values(op, Role.OPERAND);
  }

  /** Regions in order of declaration. */
  public List<Region> regions(Op op) {
    List<Region> out = new ArrayList<>();
    for (Component c : components) {
      if (c.role() == Role.REGION) {
        Object v = c.get(op);
        if (v instanceof Region r) {
          out.add(r);
        } else {
          for (Object each : (List<?>) v) {
            out.add((Region) each);
          }
        }
      }
    }
    return out;
  }

  /** Attributes by component name, in order of declaration. */
  public Map<String, Object> attributes(Op op) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (Component c : components) {
      if (c.role() == Role.ATTRIBUTE) {
        out.put(c.name(), c.get(op));
      }
    }
    return out;
  }

  private List<Value> values(Op op, Role role) {
    List<Value> out = new ArrayList<>();
    for (Component c : components) {
      if (c.role() == role) {
        Object v = c.get(op);
        switch (v) {
          case Value value -> out.add(value);
          case Optional<?> o -> o.ifPresent(x -> out.add((Value) x));
          case List<?> l -> l.forEach(x -> out.add((Value) x));
          default -> throw new IllegalStateException(c.name() + " of " + type + " is not a value");
        }
      }
    }
    return out;
  }

  /** The same op with its operands replaced (results and regions kept). */
  public static <T extends Op> T mapOperands(T op, UnaryOperator<Value> map) {
    return mapValues(op, UnaryOperator.identity(), map, UnaryOperator.identity());
  }

  /**
   * The same op with operands, regions and results replaced, applied in this order whatever the order of declaration, so
   * that a map extended by results never touches the op's own operands.
   */
  @SuppressWarnings("unchecked")
  public static <T extends Op> T mapValues(
      T op, UnaryOperator<Value> results, UnaryOperator<Value> operands, UnaryOperator<Region> regions) {
    OpSpec spec = of(op);
    Object[] arguments = new Object[spec.components.size()];
    for (Role role : List.of(Role.OPERAND, Role.REGION, Role.RESULT)) {
      for (int i = 0; i < arguments.length; i++) {
        Component c = spec.components.get(i);
        if (c.role() == role) {
          Object v = c.get(op);
          arguments[i] =
              switch (role) {
                case OPERAND -> mapped(v, operands);
                case RESULT -> mapped(v, results);
                case REGION ->
                    v instanceof Region r
                        ? regions.apply(r)
                        : ((List<?>) v).stream().map(r -> regions.apply((Region) r)).toList();
                case ATTRIBUTE, LOCATION -> v;
              };
        }
      }
    }
    for (int i = 0; i < arguments.length; i++) {
      Component c = spec.components.get(i);
      if (c.role() == Role.ATTRIBUTE || c.role() == Role.LOCATION) {
        arguments[i] = c.get(op);
      }
    }
    return (T) spec.create(arguments);
  }

  private static Object mapped(Object v, UnaryOperator<Value> map) {
    return switch (v) {
      case Value value -> map.apply(value);
      case Optional<?> o -> o.map(x -> map.apply((Value) x));
      case List<?> l -> l.stream().map(x -> map.apply((Value) x)).toList();
      default -> throw new IllegalStateException();
    };
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
