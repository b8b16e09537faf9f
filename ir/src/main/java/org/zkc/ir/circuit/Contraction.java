package org.zkc.ir.circuit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Shape;

/**
 * The index notation of a {@link Contract}, that of einops with windows: each axis of an operand is
 * an index, several indices of which the last runs fastest, or a window.
 *
 * <pre>
 *   b t i, o i -> b t o                                                a linear map
 *   n (g c) (2*y+u-1) (2*x+v-1), (g o) c u v -> n (g o) y x            a convolution in groups
 * </pre>
 *
 * Element j of the result is the sum, over the indices that the result lacks, of products of an
 * element of each operand. Both operands have every index that is summed over.
 *
 * @param extents how many values each index takes, in order of first appearance
 */
public record Contraction(
    List<Axis> left, List<Axis> right, List<Axis> result, Map<String, Integer> extents) {

  /** The indices that make up one axis of an operand or of the result. */
  public sealed interface Axis {
    /** The indices in order. */
    List<String> indices();
  }

  /** One index or several, of which the last runs fastest. */
  public record Plain(List<String> indices) implements Axis {
    public Plain {
      indices = List.copyOf(indices);
    }

    @Override
    public String toString() {
      return indices.size() == 1 ? indices.getFirst() : "(" + String.join(" ", indices) + ")";
    }
  }

  /** Element {@code stride position + dilation tap - padding} of the axis, 0 outside it. */
  public record Window(String position, String tap, int stride, int dilation, int padding)
      implements Axis {
    @Override
    public List<String> indices() {
      return List.of(position, tap);
    }

    @Override
    public String toString() {
      return "(%s+%s%s)"
          .formatted(
              factor(stride) + position, factor(dilation) + tap, padding == 0 ? "" : "-" + padding);
    }

    private static String factor(int factor) {
      return factor == 1 ? "" : factor + "*";
    }
  }

  private static final Pattern SIDES = Pattern.compile("([^,]*), ([^,]*) -> ([^,]*)");
  private static final Pattern AXIS = Pattern.compile("\\([^()]*\\)|[^ ()]+");
  private static final String INDEX = "[a-z][0-9]*";
  private static final Pattern PLAIN = Pattern.compile("%1$s|\\(%1$s( %1$s)+\\)".formatted(INDEX));
  private static final Pattern WINDOW =
      Pattern.compile(
          "\\(((\\d{1,9})\\*)?(?<position>%1$s)\\+((\\d{1,9})\\*)?(?<tap>%1$s)(-(\\d{1,9}))?\\)"
              .formatted(INDEX));

  public Contraction {
    left = List.copyOf(left);
    right = List.copyOf(right);
    result = List.copyOf(result);
    extents = Collections.unmodifiableMap(new LinkedHashMap<>(extents));
  }

  /**
   * Reads the notation.
   *
   * @param text as {@link #toString} writes it
   * @param extents of the indices in order of first appearance
   * @throws IllegalArgumentException with one sentence when it is not well formed
   */
  public static Contraction of(String text, List<Integer> extents) {
    Matcher sides = SIDES.matcher(text);
    require(sides.matches(), "indices must read 'left, right -> result', got '%s'", text);
    List<Axis> left = axes(sides.group(1));
    List<Axis> right = axes(sides.group(2));
    List<Axis> result = axes(sides.group(3));
    Set<String> leftIndices = indices(left);
    Set<String> rightIndices = indices(right);
    Set<String> resultIndices = indices(result);
    List<String> all =
        Stream.of(left, right)
            .flatMap(List::stream)
            .flatMap(a -> a.indices().stream())
            .distinct()
            .toList();
    require(
        result.stream().allMatch(Plain.class::isInstance), "the result of '%s' has a window", text);
    require(
        all.containsAll(resultIndices),
        "the result of '%s' has an index that neither operand has",
        text);
    for (String index : all) {
      require(
          resultIndices.contains(index)
              || (leftIndices.contains(index) && rightIndices.contains(index)),
          "index %s of '%s' is in one operand only, and not in the result",
          index,
          text);
    }
    require(
        extents.size() == all.size(),
        "%d extents are given for the %d indices of '%s'",
        extents.size(),
        all.size(),
        text);
    Map<String, Integer> byName = new LinkedHashMap<>();
    for (int k = 0; k < all.size(); k++) {
      require(extents.get(k) >= 0, "the extent %d of %s is negative", extents.get(k), all.get(k));
      byName.put(all.get(k), extents.get(k));
    }
    Contraction found = new Contraction(left, right, result, byName);
    require(found.toString().equals(text), "indices '%s' must be written '%s'", text, found);
    return found;
  }

  private static List<Axis> axes(String side) {
    List<Axis> axes = new ArrayList<>();
    Matcher each = AXIS.matcher(side);
    int read = 0;
    while (each.find()) {
      String axis = each.group();
      read += axis.length();
      Matcher window = WINDOW.matcher(axis);
      if (window.matches()) {
        axes.add(
            new Window(
                window.group("position"),
                window.group("tap"),
                number(window.group(2), 1),
                number(window.group(5), 1),
                number(window.group(7), 0)));
      } else {
        require(PLAIN.matcher(axis).matches(), "'%s' is no axis of a contraction", axis);
        axes.add(new Plain(List.of(axis.replaceAll("[()]", "").split(" "))));
      }
    }
    require(
        read + Math.max(0, axes.size() - 1) == side.length(),
        "axes '%s' must be separated by one space each",
        side);
    return axes;
  }

  private static int number(@Nullable String digits, int whenNone) {
    return digits == null ? whenNone : Integer.parseInt(digits.replaceAll("\\D", ""));
  }

  private static Set<String> indices(List<Axis> axes) {
    Set<String> found = new HashSet<>();
    for (Axis axis : axes) {
      for (String index : axis.indices()) {
        require(found.add(index), "index %s stands twice in one operand", index);
      }
    }
    return found;
  }

  /** The indices that the result lacks, in order of first appearance. */
  public List<String> summed() {
    Set<String> kept = indices(result);
    return extents.keySet().stream().filter(index -> !kept.contains(index)).toList();
  }

  /** The indices of the result, in its order. */
  public List<String> kept() {
    return result.stream().flatMap(axis -> axis.indices().stream()).toList();
  }

  /** Products that are added for one element of the result. */
  public long terms() {
    long terms = 1;
    for (String index : summed()) {
      terms = Math.multiplyExact(terms, (long) extent(index));
    }
    return terms;
  }

  public int extent(String index) {
    Integer extent = extents.get(index);
    if (extent == null) {
      throw new IllegalArgumentException("the contraction has no index " + index);
    }
    return extent;
  }

  /** Whether an axis is read through windows, which may reach outside it. */
  public boolean hasWindows() {
    return Stream.concat(left.stream(), right.stream()).anyMatch(Window.class::isInstance);
  }

  /**
   * The result's shape.
   *
   * @throws IllegalArgumentException with one sentence when the operands' shapes are not those of
   *     the indices
   */
  public Shape shape(Shape leftShape, Shape rightShape) {
    check(left, leftShape);
    check(right, rightShape);
    return new Shape(result.stream().map(axis -> plainExtent(axis.indices())).toList());
  }

  private void check(List<Axis> axes, Shape shape) {
    require(
        axes.size() == shape.rank(),
        "'%s' names %d axes, the operand has shape %s",
        text(axes),
        axes.size(),
        shape);
    for (int k = 0; k < axes.size(); k++) {
      int found = shape.extent(k);
      switch (axes.get(k)) {
        case Plain p ->
            require(
                plainExtent(p.indices()) == found,
                "%s takes %d values, axis %d of %s has %d",
                p,
                plainExtent(p.indices()),
                k,
                shape,
                found);
        case Window w ->
            require(
                w.stride >= 1 && w.dilation >= 1,
                "stride and dilation of %s must be at least 1",
                w);
      }
    }
  }

  private int plainExtent(List<String> indices) {
    int extent = 1;
    for (String index : indices) {
      extent = Math.multiplyExact(extent, extent(index));
    }
    return extent;
  }

  /** The extents in order of first appearance: the other half of what {@link #of} reads. */
  public List<Integer> extentList() {
    return List.copyOf(extents.values());
  }

  @Override
  public String toString() {
    return text(left) + ", " + text(right) + " -> " + text(result);
  }

  private static String text(List<Axis> axes) {
    return axes.stream().map(Axis::toString).collect(Collectors.joining(" "));
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
