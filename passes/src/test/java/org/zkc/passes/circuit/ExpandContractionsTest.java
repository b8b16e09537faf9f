package org.zkc.passes.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Checker;
import org.zkc.ir.ColumnType;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Contraction;
import org.zkc.ir.circuit.Contraction.Axis;
import org.zkc.ir.circuit.Contraction.Plain;
import org.zkc.ir.circuit.Contraction.Window;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.passes.PassContext;

/** A contraction over random indices, and the products and sums that it is written out as. */
class ExpandContractionsTest {
  private static final Interval ELEMENTS = new Interval(-9, 7);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void writtenOutContractionsComputeTheSame(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      Program program = program(random);
      assertEquals(List.of(), Checker.check(program));
      Program expanded = new ExpandContractions().run(program, new PassContext());
      assertEquals(List.of(), Checker.check(expanded));
      assertEquals(0, expanded.main().body().stream().filter(Contract.class::isInstance).count());
      List<long[]> inputs =
          program.main().parameters().stream().map(v -> elements(v, random)).toList();
      assertArrayEquals(
          CircuitInterpreter.run(program, inputs).getFirst(),
          CircuitInterpreter.run(expanded, inputs).getFirst(),
          "seed %d, round %d: %s".formatted(seed, round, program.main().body().getFirst()));
    }
  }

  private static long[] elements(Value value, Random random) {
    return random
        .longs(value.shape().elementCount(), ELEMENTS.low(), ELEMENTS.high() + 1)
        .toArray();
  }

  /** Indices a.. are in both operands and the result, b.. of one, s.. summed; y, u a window. */
  private static Program program(Random random) {
    Map<String, Integer> extents = new LinkedHashMap<>();
    List<String> left = new ArrayList<>();
    List<String> right = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    for (int k = 0; k < random.nextInt(3); k++) {
      add("a" + k, extents, random, left, right, kept);
    }
    for (int k = 0; k < random.nextInt(3); k++) {
      add("b" + k, extents, random, random.nextBoolean() ? left : right, kept);
    }
    for (int k = 0; k < random.nextInt(3); k++) {
      add("s" + k, extents, random, left, right);
    }
    boolean isWindowed = random.nextInt(3) == 0;
    if (isWindowed) {
      add("u", extents, random, right);
      add("y", extents, random, kept);
    }
    List<Axis> leftAxes = axes(left, random);
    List<Axis> rightAxes = axes(right, random);
    if (isWindowed) {
      Window window =
          new Window("y", "u", 1 + random.nextInt(2), 1 + random.nextInt(2), random.nextInt(3));
      leftAxes.add(random.nextInt(leftAxes.size() + 1), window);
    }
    List<Axis> resultAxes = axes(kept, random);
    Contraction notation = new Contraction(leftAxes, rightAxes, resultAxes, extents);
    List<Integer> inOrder =
        Stream.of(leftAxes, rightAxes)
            .flatMap(List::stream)
            .flatMap(axis -> axis.indices().stream())
            .distinct()
            .map(notation::extent)
            .toList();
    Contraction read = Contraction.of(notation.toString(), inOrder);
    FunctionBuilder out = new FunctionBuilder("main", Location.UNKNOWN);
    Value x = out.parameter("x", column(shape(leftAxes, read, random)));
    Value w = out.parameter("w", column(shape(rightAxes, read, random)));
    CircuitBuilder builder = new CircuitBuilder(out);
    Interval sums = ELEMENTS.withZero().times(ELEMENTS.withZero()).times(read.terms());
    Value y = builder.contract(x, w, notation.toString(), inOrder, sums);
    return Program.of(Level.CIRCUIT, out.build(List.of(y)));
  }

  @SafeVarargs
  private static void add(
      String index, Map<String, Integer> extents, Random random, List<String>... lists) {
    extents.put(index, 1 + random.nextInt(3));
    for (List<String> list : lists) {
      list.add(index);
    }
  }

  private static List<Axis> axes(List<String> indices, Random random) {
    List<String> order = new ArrayList<>(indices);
    Collections.shuffle(order, random);
    List<Axis> out = new ArrayList<>();
    for (int from = 0; from < order.size(); ) {
      int to = Math.min(order.size(), from + 1 + random.nextInt(2));
      out.add(new Plain(order.subList(from, to)));
      from = to;
    }
    return out;
  }

  private static Shape shape(List<Axis> axes, Contraction c, Random random) {
    return new Shape(
        axes.stream()
            .map(axis ->
                switch (axis) {
                  case Plain p -> p.indices().stream().map(c::extent).reduce(1, (a, b) -> a * b);
                  case Window _ -> 1 + random.nextInt(5);
                })
            .toList());
  }

  private static ColumnType column(Shape shape) {
    return new ColumnType(ColumnType.Kind.PUBLIC, shape, ELEMENTS.low(), ELEMENTS.high());
  }
}
