package org.zkc.torchscript.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zkc.ir.TorchType;
import org.zkc.ir.UserException;

/** TorchScript's subtyping as far as overload resolution needs it. */
public final class StaticTypes {
  public static final TorchType TENSOR = new TorchType.Tensor();
  public static final TorchType INT = new TorchType.Simple("int");
  public static final TorchType FLOAT = new TorchType.Simple("float");
  public static final TorchType COMPLEX = new TorchType.Simple("complex");
  public static final TorchType BOOL = new TorchType.Simple("bool");
  public static final TorchType STRING = new TorchType.Simple("str");
  public static final TorchType NONE = new TorchType.Simple("NoneType");
  public static final TorchType NUMBER = new TorchType.Simple("number");
  public static final TorchType DEVICE = new TorchType.Simple("Device");
  public static final TorchType ANY = new TorchType.Simple("Any");

  private static final Set<String> VARIABLES = Set.of("t", "t1", "t2", "tVal", "v");

  /**
   * Types are trees; a tuple that holds one value twice has its type twice, so that a few lines of
   * code could name a type of any size.
   */
  private static final int MAX_PARTS = 2_000;

  private StaticTypes() {}

  /**
   * @throws UserException when the type has more than {@link #MAX_PARTS} parts
   */
  private static TorchType.Generic bounded(TorchType.Generic type) {
    if (countParts(type, MAX_PARTS) < 0) {
      throw new UserException(
          "The model's code has a tuple or dictionary of more than %d parts; zkc does not read it."
              .formatted(MAX_PARTS));
    }
    return type;
  }

  /** The rest of {@code room} after the type's parts; negative when the room does not suffice. */
  private static int countParts(TorchType type, int room) {
    int left = room - 1;
    if (type instanceof TorchType.Generic g) {
      for (TorchType argument : g.arguments()) {
        if (left < 0) {
          return left;
        }
        left = countParts(argument, left);
      }
    }
    return left;
  }

  public static TorchType dict(TorchType key, TorchType value) {
    return bounded(new TorchType.Generic("Dict", List.of(key, value)));
  }

  public static TorchType list(TorchType element) {
    return new TorchType.Generic("List", List.of(element));
  }

  public static TorchType optional(TorchType type) {
    return isOptional(type) || type.equals(NONE)
        ? type
        : new TorchType.Generic("Optional", List.of(type));
  }

  public static TorchType tuple(List<TorchType> elements) {
    return bounded(new TorchType.Generic("Tuple", elements));
  }

  public static boolean isGeneric(TorchType type, String constructor) {
    return type instanceof TorchType.Generic g && g.constructor().equals(constructor);
  }

  public static boolean isList(TorchType type) {
    return isGeneric(type, "List");
  }

  public static boolean isOptional(TorchType type) {
    return isGeneric(type, "Optional");
  }

  /** The i-th type argument. */
  public static TorchType argument(TorchType type, int i) {
    return ((TorchType.Generic) type).arguments().get(i);
  }

  /**
   * Whether values of the type can share memory or be changed in place: all but numbers, strings
   * and devices.
   */
  public static boolean isMutable(TorchType type) {
    return switch (type) {
      case TorchType.Tensor _, TorchType.Named _ -> true;
      case TorchType.Simple s -> s.equals(ANY);
      case TorchType.Generic g ->
          g.constructor().equals("List")
              || g.constructor().equals("Dict")
              || g.arguments().stream().anyMatch(StaticTypes::isMutable);
    };
  }

  /** Whether values of the type are lists, dictionaries, tuples or objects that can be written. */
  public static boolean isContainer(TorchType type) {
    return isMutable(type) && !(type instanceof TorchType.Tensor);
  }

  /** Whether {@code type}, or what it is besides None, is that of a container's elements. */
  public static boolean isElement(TorchType container, TorchType type) {
    TorchType some = isOptional(type) ? argument(type, 0) : type;
    return container instanceof TorchType.Generic g
        && (g.constructor().equals("List") || g.constructor().equals("Dict"))
        && g.arguments().getLast().equals(some);
  }

  /** Whether a value of the type may be None. */
  public static boolean mayBeNone(TorchType type) {
    return type.equals(NONE)
        || type.equals(ANY)
        || isOptional(type)
        || (isGeneric(type, "Union") && ((TorchType.Generic) type).arguments().contains(NONE));
  }

  /** The smallest type known here that holds values of both. */
  public static TorchType join(TorchType a, TorchType b) {
    if (isSubtype(a, b, new HashMap<>())) {
      return b;
    }
    if (isSubtype(b, a, new HashMap<>())) {
      return a;
    }
    if (a.equals(NONE)) {
      return optional(b);
    }
    if (b.equals(NONE)) {
      return optional(a);
    }
    if (isOptional(a) && isOptional(b)) {
      return optional(join(argument(a, 0), argument(b, 0)));
    }
    if (isGeneric(a, "Tuple")
        && a instanceof TorchType.Generic left
        && b instanceof TorchType.Generic right
        && right.constructor().equals("Tuple")
        && left.arguments().size() == right.arguments().size()) {
      List<TorchType> elements = new ArrayList<>();
      for (int i = 0; i < left.arguments().size(); i++) {
        elements.add(join(left.arguments().get(i), right.arguments().get(i)));
      }
      return tuple(elements);
    }
    return ANY;
  }

  /**
   * Whether {@code actual} can stand for {@code formal} as it is; binds the formal type's
   * variables.
   */
  static boolean isSubtype(TorchType actual, TorchType formal, Map<String, TorchType> variables) {
    if (formal instanceof TorchType.Simple s && VARIABLES.contains(s.name())) {
      TorchType bound = variables.putIfAbsent(s.name(), actual);
      return bound == null || bound.equals(actual);
    }
    if (actual.equals(formal) || formal.equals(ANY)) {
      return true;
    }
    return switch (formal) {
      case TorchType.Generic f when f.constructor().equals("Optional") ->
          actual.equals(NONE)
              || isSubtype(
                  isOptional(actual) ? argument(actual, 0) : actual,
                  f.arguments().get(0),
                  variables);
      case TorchType.Generic f when f.constructor().equals("Union") ->
          f.arguments().stream().anyMatch(option -> isSubtype(actual, option, variables));
      case TorchType.Generic f ->
          actual instanceof TorchType.Generic a
              && a.constructor().equals(f.constructor())
              && a.arguments().size() == f.arguments().size()
              && elementsMatch(a, f, variables);
      case TorchType.Simple f when f.equals(NUMBER) ->
          actual.equals(INT) || actual.equals(FLOAT) || actual.equals(COMPLEX);
      case TorchType.Simple _, TorchType.Tensor _, TorchType.Named _ -> false;
    };
  }

  /** Tuples are covariant; lists and dictionaries, which can be written, are not. */
  private static boolean elementsMatch(
      TorchType.Generic actual, TorchType.Generic formal, Map<String, TorchType> variables) {
    boolean covariant = actual.constructor().equals("Tuple");
    for (int i = 0; i < actual.arguments().size(); i++) {
      TorchType a = actual.arguments().get(i);
      TorchType f = substitute(formal.arguments().get(i), variables);
      boolean matches = covariant || hasVariable(f) ? isSubtype(a, f, variables) : a.equals(f);
      if (!matches) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasVariable(TorchType type) {
    return switch (type) {
      case TorchType.Simple s -> VARIABLES.contains(s.name());
      case TorchType.Generic g -> g.arguments().stream().anyMatch(StaticTypes::hasVariable);
      case TorchType.Tensor _, TorchType.Named _ -> false;
    };
  }

  /** The type with bound variables replaced. */
  static TorchType substitute(TorchType type, Map<String, TorchType> variables) {
    return switch (type) {
      case TorchType.Simple s -> variables.getOrDefault(s.name(), s);
      case TorchType.Generic g ->
          new TorchType.Generic(
              g.constructor(), g.arguments().stream().map(a -> substitute(a, variables)).toList());
      case TorchType.Tensor _, TorchType.Named _ -> type;
    };
  }
}
