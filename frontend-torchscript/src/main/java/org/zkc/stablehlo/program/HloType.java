package org.zkc.stablehlo.program;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** The type of a value, or the type that an attribute names. */
public sealed interface HloType {

  /** The type as the text writes it, {@code tensor<1x16xf32>}. */
  String text();

  /**
   * A tensor of known rank.
   *
   * @param extents {@link #DYNAMIC} where the text has a question mark
   * @param encoding what follows the element type, such as bounds of dynamic extents
   */
  record TensorOf(List<Long> extents, HloElementType element, Optional<HloAttribute> encoding)
      implements HloType {
    /** The extent {@code ?}. */
    public static final long DYNAMIC = -1;

    public TensorOf {
      extents = List.copyOf(extents);
      Objects.requireNonNull(element);
      Objects.requireNonNull(encoding);
    }

    public TensorOf(List<Long> extents, HloElementType element) {
      this(extents, element, Optional.empty());
    }

    public int rank() {
      return extents.size();
    }

    /** Whether every extent is known. */
    public boolean isStatic() {
      return !extents.contains(DYNAMIC);
    }

    /**
     * The product of the extents.
     *
     * @throws ArithmeticException when it exceeds 64 bits
     * @throws IllegalStateException when an extent is not known
     */
    public long elementCount() {
      if (!isStatic()) {
        throw new IllegalStateException(text() + " has no number of elements");
      }
      if (extents.contains(0L)) {
        return 0;
      }
      long count = 1;
      for (long extent : extents) {
        count = Math.multiplyExact(count, extent);
      }
      return count;
    }

    @Override
    public String text() {
      StringBuilder out = new StringBuilder("tensor<");
      for (long extent : extents) {
        out.append(extent == DYNAMIC ? "?" : Long.toString(extent)).append('x');
      }
      return out.append(element.text()).append(encoding.isPresent() ? ", ...>" : ">").toString();
    }
  }

  /** A tensor of unknown rank, {@code tensor<*xf32>}. */
  record Unranked(HloElementType element) implements HloType {
    public Unranked {
      Objects.requireNonNull(element);
    }

    @Override
    public String text() {
      return "tensor<*x" + element.text() + ">";
    }
  }

  /** A number that is no tensor: the type of attributes and of ops of other dialects. */
  record Scalar(HloElementType element) implements HloType {
    public Scalar {
      Objects.requireNonNull(element);
    }

    @Override
    public String text() {
      return element.text();
    }
  }

  /** {@code tuple<...>}. */
  record TupleOf(List<HloType> elements) implements HloType {
    public TupleOf {
      elements = List.copyOf(elements);
    }

    @Override
    public String text() {
      return "tuple<" + list(elements) + ">";
    }
  }

  /** {@code !stablehlo.token}. */
  record Token() implements HloType {
    @Override
    public String text() {
      return "!stablehlo.token";
    }
  }

  /** {@code (inputs) -> (results)}. */
  record FunctionOf(List<HloType> inputs, List<HloType> results) implements HloType {
    public FunctionOf {
      inputs = List.copyOf(inputs);
      results = List.copyOf(results);
    }

    @Override
    public String text() {
      return "(" + list(inputs) + ") -> (" + list(results) + ")";
    }
  }

  /** A type that the reader passes over, as it stands in the text. */
  record Opaque(String text) implements HloType {
    public Opaque {
      Objects.requireNonNull(text);
    }
  }

  private static String list(List<HloType> types) {
    return types.stream().map(HloType::text).collect(Collectors.joining(", "));
  }
}
