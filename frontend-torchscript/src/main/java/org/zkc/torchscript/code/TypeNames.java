package org.zkc.torchscript.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.TorchType;

/**
 * Types of the dialect, from names and from expressions such as {@code annotate(List[int], [])}.
 */
public final class TypeNames {
  private static final Set<String> CONSTRUCTORS =
      Set.of("List", "Dict", "Tuple", "Optional", "Union", "Final", "Future", "Await", "RRef");

  private TypeNames() {}

  static TorchType named(String dotted) {
    if (dotted.equals("Tensor")) {
      return new TorchType.Tensor();
    }
    return dotted.contains(".") ? new TorchType.Named(dotted) : new TorchType.Simple(dotted);
  }

  /** A type with arguments. Work that is not waited for yet has the type of its result. */
  static TorchType type(String constructor, List<TorchType> arguments) {
    boolean pending = constructor.equals("Future") || constructor.equals("Await");
    return pending && arguments.size() == 1
        ? arguments.getFirst()
        : new TorchType.Generic(constructor, arguments);
  }

  static boolean isConstructor(String name) {
    return CONSTRUCTORS.contains(name);
  }

  /** The type that an expression spells, or empty where it spells none. */
  public static Optional<TorchType> ofExpression(Expression e) {
    return switch (e) {
      case Expression.Name n -> Optional.of(named(n.name()));
      case Expression.Attribute a -> dotted(a).map(TypeNames::named);
      case Expression.NoneLiteral _ -> Optional.of(new TorchType.Simple("NoneType"));
      case Expression.Subscript s -> generic(s);
      case Expression.IntLiteral _,
          Expression.FloatLiteral _,
          Expression.ComplexLiteral _,
          Expression.StringLiteral _,
          Expression.BoolLiteral _,
          Expression.ListLiteral _,
          Expression.TupleLiteral _,
          Expression.DictLiteral _,
          Expression.Call _,
          Expression.Slice _,
          Expression.Negation _ ->
          Optional.empty();
    };
  }

  private static Optional<TorchType> generic(Expression.Subscript s) {
    if (!(s.base() instanceof Expression.Name n) || !isConstructor(n.name())) {
      return Optional.empty();
    }
    List<TorchType> arguments = new ArrayList<>();
    for (Expression index : s.indices()) {
      if (index instanceof Expression.TupleLiteral t
          && t.elements().isEmpty()
          && s.indices().size() == 1) {
        break;
      }
      Optional<TorchType> argument = ofExpression(index);
      if (argument.isEmpty()) {
        return Optional.empty();
      }
      arguments.add(argument.get());
    }
    return Optional.of(type(n.name(), arguments));
  }

  /** {@code a.b.c} of a chain of attributes that starts at a name. */
  public static Optional<String> dotted(Expression e) {
    return switch (e) {
      case Expression.Name n -> Optional.of(n.name());
      case Expression.Attribute a -> dotted(a.base()).map(b -> b + "." + a.name());
      default -> Optional.empty();
    };
  }

  /** The dialect's text of a type, {@code Optional[List[int]]}. */
  public static String text(TorchType type) {
    return switch (type) {
      case TorchType.Tensor _ -> "Tensor";
      case TorchType.Simple s -> s.name();
      case TorchType.Named n -> n.qualifiedName();
      case TorchType.Generic g ->
          g.constructor()
              + "["
              + (g.arguments().isEmpty()
                  ? "()"
                  : String.join(", ", g.arguments().stream().map(TypeNames::text).toList()))
              + "]";
    };
  }
}
