package org.zkc.gkr.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Cases for the check's findings and for every condition that it enforces. */
class CircuitCheckTest {
  private static final List<Integer> SHAPE = List.of(2, 3);

  private static void refused(String part, Circuit circuit) {
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(circuit), part);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private static Circuit of(
      List<TensorDeclaration> tensors, List<Table> tables, Relation... relations) {
    return new Circuit(
        tensors, tables, List.of(relations), List.of(0), List.of(tensors.size() - 1));
  }

  /** The same, whose statement lists every INPUT. */
  private static Circuit ofInputs(List<TensorDeclaration> tensors, Relation relation) {
    List<Integer> inputs =
        IntStream.range(0, tensors.size())
            .filter(t -> tensors.get(t).role() == TensorDeclaration.Role.INPUT)
            .boxed()
            .toList();
    return new Circuit(tensors, List.of(), List.of(relation), inputs, List.of(tensors.size() - 1));
  }

  private static TensorDeclaration input(long low, long high) {
    return TensorDeclaration.input(SHAPE, low, high);
  }

  private static TensorDeclaration witness(long low, long high) {
    return TensorDeclaration.witness(SHAPE, low, high);
  }

  private static TensorDeclaration virtual(long low, long high) {
    return TensorDeclaration.virtual(SHAPE, low, high);
  }

  private static Affine copy(int result, int source) {
    return new Affine(result, List.of(new Affine.Term(source, 1, List.of())), List.of());
  }

  private static Circuit requantize(long low, long high, int shift, Table table) {
    return of(
        List.of(input(low, high), witness(-1000, 1000)),
        List.of(table),
        new Requantize(1, 0, shift, shift == 0 ? List.of() : List.of(shift), 0));
  }

  @Test
  void intervalsOfViewsAreUnionsOverTheElements() {
    // A concatenation ranges over the union, not over the sum, of its parts.
    CircuitBuilder b = new CircuitBuilder(1);
    int x = b.input(-5, 7, 2, 3);
    int y = b.input(10, 20, 2, 4);
    int c =
        b.affine(
            List.of(2, 7),
            List.of(
                CircuitBuilder.term(x, 1, new ViewStep.Window(1, 7, 1, 1, 0, 1)),
                CircuitBuilder.term(y, -1, new ViewStep.Window(1, 7, 1, 1, -3, 1))),
            new Affine.Box(3, List.of(0, 0), List.of(2, 3)));
    int s = b.view(x, new ViewStep.Ranges(1, List.of(0, 1), List.of(3, 2), List.of(2, -1)));
    CheckedCircuit checked = CircuitCheck.check(b.output(c).output(s).circuit());
    assertEquals(new Interval(-20, 10), checked.interval(c));
    assertEquals(new Interval(-30, 42), checked.interval(s));
  }

  /** Constants on boxes add up element by element: against a count of every index. */
  @Test
  void intervalsOfConstantsAreThoseOfTheirOverlaps() {
    List<Integer> shape = List.of(3, 2, 4);
    Random random = new Random(6);
    for (int trial = 0; trial < 50; trial++) {
      long[] sums = new long[24];
      List<Affine.Box> boxes = new ArrayList<>();
      for (int j = 0; j < 3; j++) {
        List<Integer> starts = shape.stream().map(e -> random.nextInt(e)).toList();
        List<Integer> limits = new ArrayList<>();
        for (int a = 0; a < 3; a++) {
          limits.add(random.nextInt(starts.get(a), shape.get(a)) + 1);
        }
        int value = random.nextInt(-9, 10);
        boxes.add(new Affine.Box(value, starts, limits));
        for (int k = 0; k < 24; k++) {
          int[] index = {k / 8, k / 4 % 2, k % 4};
          boolean inside = true;
          for (int a = 0; a < 3; a++) {
            inside &= starts.get(a) <= index[a] && index[a] < limits.get(a);
          }
          sums[k] += inside ? value : 0;
        }
      }
      Circuit c =
          new Circuit(
              List.of(TensorDeclaration.virtual(shape, -100, 100)),
              List.of(),
              List.of(new Affine(0, List.of(), boxes)),
              List.of(),
              List.of(0));
      Interval expected =
          new Interval(
              Arrays.stream(sums).min().getAsLong(), Arrays.stream(sums).max().getAsLong());
      assertEquals(expected, CircuitCheck.check(c).interval(0), "seed 6 trial " + trial);
    }
  }

  @Test
  void intervalOfAConvolutionUsesTheChannelSums() {
    CircuitBuilder b = new CircuitBuilder(2);
    int x = b.input(-3, 5, 1, 1, 4, 4);
    int w = b.model(1, 1, 2, 1, 2, 2);
    int y = b.conv(x, w, 1, 0, 1, 1);
    assertEquals(new Interval(-12, 20), CircuitCheck.check(b.output(y).circuit()).interval(y));
  }

  private static Circuit fourier(List<Integer> sizes, int low, int stride, int dilation) {
    return of(
        List.of(
            TensorDeclaration.input(List.of(1, 1, 1, 16), -5, 5),
            new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(1, 1, 1, 3), -1, 1, 3, 3),
            TensorDeclaration.virtual(List.of(1, 1, 1, 8), -30, 30)),
        List.of(),
        new FftConv(
            new Conv(2, 0, 1, List.of(1, stride), List.of(0, low), List.of(1, dilation), 1),
            sizes));
  }

  @Test
  void pointsOfTransforms() {
    // Indices -low .. 7 stride + 2 dilation - low of a source of 16.
    CircuitCheck.check(fourier(List.of(1, 16), 0, 1, 1));
    CircuitCheck.check(fourier(List.of(1, 16), 0, 1, 4));
    CircuitCheck.check(fourier(List.of(4, 1 << 20), 0, 1, 1));
    refused("aliasing", fourier(List.of(1, 8), 0, 1, 1));
    // Index 16 is not 0; index -1 is not 15.
    refused("aliasing", fourier(List.of(1, 16), 0, 2, 1));
    CircuitCheck.check(fourier(List.of(1, 32), 0, 2, 1));
    refused("aliasing", fourier(List.of(1, 16), 1, 1, 1));
    CircuitCheck.check(fourier(List.of(1, 32), 1, 1, 1));
    refused("aliasing", fourier(List.of(1, 1 << 19), 0, (1 << 20) - 1, 1));
    // Cropped: indices 6 to 15.
    refused("aliasing", fourier(List.of(1, 8), -6, 1, 1));
    CircuitCheck.check(fourier(List.of(1, 16), -6, 1, 1));
    refused("aliasing", fourier(List.of(1, 16), -7, 1, 1));
    refused("not a power of two", fourier(List.of(1, 24), 0, 1, 1));
    refused("not a power of two", fourier(List.of(0, 16), 0, 1, 1));
    refused("not a power of two", fourier(List.of(1, -16), 0, 1, 1));
    refused("not a power of two", fourier(List.of(1, Integer.MIN_VALUE), 0, 1, 1));
    refused("not a power of two", fourier(List.of(1, 1 << 21), 0, 1, 1));
    refused("transforms of", fourier(List.of(1 << 13, 1 << 12), 0, 1, 1));
    refused("two numbers of points", fourier(List.of(16), 0, 1, 1));
    refused("two numbers of points", fourier(List.of(1, 16, 1), 0, 1, 1));
    refused("stride out of range", fourier(List.of(1, 16), 0, 0, 1));
  }

  @Test
  void aConvolutionInFftFormIsCheckedAsAConvolution() {
    CircuitBuilder b = new CircuitBuilder(2);
    int x = b.input(-3, 5, 1, 1, 4, 4);
    int w = b.model(1, 1, 2, 1, 2, 2);
    Conv c = new Conv(-1, x, w, List.of(1, 1), List.of(0, 0), List.of(1, 1), 1);
    int y = b.fftConv(c, List.of(3, 3));
    assertEquals(new Interval(-12, 20), CircuitCheck.check(b.output(y).circuit()).interval(y));
    Circuit good = fourier(List.of(1, 16), 0, 1, 1);
    ArrayList<TensorDeclaration> tensors = new ArrayList<>(good.tensors());
    tensors.set(2, TensorDeclaration.virtual(List.of(1, 1, 1, 8), -14, 30));
    refused("declared", of(tensors, List.of(), good.relations().get(0)));
    tensors.set(2, TensorDeclaration.virtual(List.of(1, 2, 1, 8), -30, 30));
    refused("output channels", of(tensors, List.of(), good.relations().get(0)));
    tensors.set(2, TensorDeclaration.witness(List.of(1, 1, 1, 8), -30, 30));
    refused("must be VIRTUAL", of(tensors, List.of(), good.relations().get(0)));
    // A kernel that is no parameter: 3 taps, each up to 5 times 1.
    tensors.set(1, TensorDeclaration.input(List.of(1, 1, 1, 3), 0, 1));
    tensors.set(2, TensorDeclaration.virtual(List.of(1, 1, 1, 8), -15, 15));
    CircuitCheck.check(ofInputs(tensors, good.relations().get(0)));
    tensors.set(2, TensorDeclaration.virtual(List.of(1, 1, 1, 8), -15, 14));
    refused("declared", ofInputs(tensors, good.relations().get(0)));
  }

  private static Circuit matMul(List<Integer> left, List<Integer> right, List<Integer> result) {
    return ofInputs(
        List.of(
            TensorDeclaration.input(left, -5, 3),
            TensorDeclaration.input(right, 0, 7),
            TensorDeclaration.virtual(result, -Interval.BOUND + 1, Interval.BOUND - 1)),
        new MatMul(2, 0, 1));
  }

  @Test
  void shapesOfMatrixProducts() {
    CircuitCheck.check(matMul(List.of(4), List.of(2, 4), List.of(2)));
    CircuitCheck.check(matMul(List.of(5, 6, 3, 4), List.of(2, 4), List.of(5, 6, 3, 2)));
    CircuitCheck.check(matMul(List.of(6, 3, 4), List.of(6, 2, 4), List.of(6, 3, 2)));
    CircuitCheck.check(matMul(List.of(5, 6, 3, 4), List.of(5, 6, 2, 4), List.of(5, 6, 3, 2)));
    refused("2 axes or more", matMul(List.of(4), List.of(4), List.of(1)));
    refused("2 axes or more", matMul(List.of(), List.of(), List.of()));
    refused("differ in rank", matMul(List.of(), List.of(2, 4), List.of()));
    refused("differ in rank", matMul(List.of(3, 4), List.of(2, 4), List.of(2)));
    refused("one rank", matMul(List.of(5, 6, 3, 4), List.of(6, 2, 4), List.of(5, 6, 3, 2)));
    refused("one rank", matMul(List.of(3, 4), List.of(6, 2, 4), List.of(3, 2)));
    refused("shared axes differ", matMul(List.of(6, 3, 4), List.of(1, 2, 4), List.of(6, 3, 2)));
    refused("shared axes differ", matMul(List.of(1, 3, 4), List.of(6, 2, 4), List.of(6, 3, 2)));
    refused("leading axes", matMul(List.of(6, 3, 4), List.of(6, 2, 4), List.of(6, 4, 2)));
    refused("leading axes", matMul(List.of(6, 3, 4), List.of(6, 2, 4), List.of(1, 3, 2)));
    refused("inner extents", matMul(List.of(6, 3, 4), List.of(6, 2, 5), List.of(6, 3, 2)));
    refused("output extents", matMul(List.of(6, 3, 4), List.of(6, 2, 4), List.of(6, 3, 1)));
  }

  /** Every index of i adds the extreme product of both intervals. */
  @Test
  void intervalOfAProductOfTwoTensors() {
    Circuit c = matMul(List.of(6, 3, 4), List.of(6, 2, 4), List.of(6, 3, 2));
    assertEquals(new Interval(-4 * 35, 4 * 21), CircuitCheck.check(c).interval(2));
    List<TensorDeclaration> t = new ArrayList<>(c.tensors());
    t.set(0, TensorDeclaration.input(List.of(6, 3, 4), -(1 << 14), 1 << 14));
    t.set(1, TensorDeclaration.input(List.of(6, 2, 4), -(1 << 14), 1 << 14));
    refused("outside (-2^30, 2^30)", ofInputs(t, c.relations().get(0)));
    t.set(1, TensorDeclaration.input(List.of(6, 2, 4), -(1 << 14) + 1, (1 << 14) - 1));
    CircuitCheck.check(ofInputs(t, c.relations().get(0)));
    t.set(0, TensorDeclaration.input(List.of(6, 3, 4), -Interval.BOUND + 1, Interval.BOUND - 1));
    t.set(1, TensorDeclaration.input(List.of(6, 2, 4), -Interval.BOUND + 1, Interval.BOUND - 1));
    refused("outside (-2^30, 2^30)", ofInputs(t, c.relations().get(0)));
    // The sums of a MODEL tensor are known, on whichever side it is.
    TensorDeclaration model =
        new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(6, 2, 4), -9, 9, 2, 1);
    t.set(0, TensorDeclaration.input(List.of(6, 3, 4), -5, 3));
    t.set(1, model);
    Circuit right = ofInputs(t, c.relations().get(0));
    assertEquals(new Interval(-13, 11), CircuitCheck.check(right).interval(2));
    t.set(2, TensorDeclaration.virtual(List.of(6, 2, 3), -13, 11));
    assertEquals(
        new Interval(-13, 11), CircuitCheck.check(ofInputs(t, new MatMul(2, 1, 0))).interval(2));
    // Sums of a whole slice allow more than 4 terms reach; bounds that no model keeps are refused.
    t.set(1, new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(6, 2, 4), 1, 2, 16, 0));
    t.set(0, TensorDeclaration.input(List.of(6, 3, 4), 2, 3));
    t.set(2, TensorDeclaration.virtual(List.of(6, 3, 2), 8, 24));
    assertEquals(
        new Interval(8, 24), CircuitCheck.check(ofInputs(t, c.relations().get(0))).interval(2));
    t.set(1, new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(6, 2, 4), 1, 2, 0, 0));
    refused("contradict each other", ofInputs(t, c.relations().get(0)));
  }

  @Test
  void windowOfARequantize() {
    CircuitCheck.check(requantize(-1000, 1000, 4, new Table.Clamp(-63, 128, -50, 50)));
    refused("the table covers", requantize(-1000, 1000, 4, new Table.Clamp(-61, 128, -50, 50)));
    refused("the table covers", requantize(-1000, 1000, 4, new Table.Clamp(-63, 126, -50, 50)));
    // s = 16 with a table of 2^16: several integers for one residue.
    refused(
        "window condition",
        requantize(-1000, 1000, 16, new Table.Clamp(-(1 << 15), 1 << 16, -50, 50)));
    // Only the table's low end, or only its high end, is p away from the source's other end.
    refused(
        "window condition",
        requantize(-1000, 1000, 16, new Table.Clamp(-(1 << 15), (1 << 15) + 4, -50, 50)));
    refused(
        "window condition",
        requantize(-1000, 1000, 16, new Table.Clamp(-2, (1 << 15) + 4, -50, 50)));
    refused(
        "the limbs have",
        of(
            List.of(input(-100, 100), witness(-1000, 1000)),
            List.of(new Table.Clamp(-63, 128, -50, 50)),
            new Requantize(1, 0, 4, List.of(3), 0)));
    refused(
        "no such table",
        of(
            List.of(input(-100, 100), witness(-1000, 1000)),
            List.of(new Table.Clamp(-63, 128, -50, 50)),
            new Requantize(1, 0, 4, List.of(4), 1)));
    refused(
        "a limb of",
        of(
            List.of(input(-100, 100), witness(-1000, 1000)),
            List.of(new Table.Clamp(-63, 128, -50, 50)),
            new Requantize(1, 0, 22, List.of(22), 0)));
  }

  @Test
  void rangeOfAMaximum() {
    List<TensorDeclaration> t = List.of(input(-100, 100), virtual(-50, 300), witness(-50, 300));
    Affine shifted =
        new Affine(
            1,
            List.of(new Affine.Term(0, 1, List.of())),
            List.of(new Affine.Box(150, List.of(0, 0), List.of(2, 3))));
    CircuitCheck.check(of(t, List.of(), shifted, new Max(2, List.of(0, 1), 9)));
    refused("a difference reaches", of(t, List.of(), shifted, new Max(2, List.of(0, 1), 8)));
    refused("2 to 4 sources", of(t, List.of(), shifted, new Max(2, List.of(0), 9)));
    CircuitCheck.check(of(t, List.of(), shifted, new Max(2, List.of(0, 1), 29)));
    refused("bits out of range", of(t, List.of(), shifted, new Max(2, List.of(0, 1), 30)));
  }

  @Test
  void rangesOfAQuotient() {
    RoundedQuotient q = new RoundedQuotient(2, 0, 1, 8, 0, 256);
    Affine den =
        new Affine(
            1,
            List.of(new Affine.Term(0, 1, List.of())),
            List.of(new Affine.Box(1, List.of(0, 0), List.of(2, 3))));
    CircuitCheck.check(
        of(List.of(input(0, 1000), virtual(1, 1001), witness(0, 256)), List.of(), den, q));
    refused(
        "the denominator is at most",
        ofInputs(List.of(input(0, 1000), input(-9, 0), witness(0, 256)), q));
    refused(
        "window condition",
        of(
            List.of(input(0, 1 << 22), virtual(1, (1 << 22) + 1), witness(0, 256)),
            List.of(),
            den,
            q));
    for (RoundedQuotient bad :
        List.of(
            new RoundedQuotient(2, 0, 1, -1, 0, 256),
            new RoundedQuotient(2, 0, 1, 21, 0, 256),
            new RoundedQuotient(2, 0, 1, 8, 5, 4),
            new RoundedQuotient(2, 0, 1, 8, Long.MIN_VALUE, Long.MAX_VALUE),
            new RoundedQuotient(2, 0, 1, 8, 0, (1 << 20) + 1))) {
      refused(
          bad.bits() == 8 ? "quotient" : "bits out of range",
          of(List.of(input(0, 1000), virtual(1, 1001), witness(0, 256)), List.of(), den, bad));
    }
  }

  @Test
  void windowOfASignedQuotient() {
    RoundedQuotient q = new RoundedQuotient(2, 0, 1, 8, -1024, 1023);
    // 2^9 2^15 + d + 2 1024 d must stay below p.
    long limit = (Integer.MAX_VALUE - (1L << 24)) / 2049;
    TensorDeclaration n = input(-(1 << 15), 1 << 15);
    CircuitCheck.check(ofInputs(List.of(n, input(1, limit), witness(-1024, 1023)), q));
    refused(
        "window condition: the remainder",
        ofInputs(List.of(n, input(1, limit + 1), witness(-1024, 1023)), q));
  }

  @Test
  void everyTensorStaysBelowTwoToTheThirty() {
    refused(
        "outside (-2^30, 2^30)",
        of(
            List.of(input(-100, 100), virtual(-(1 << 29), 1 << 29)),
            List.of(),
            new Affine(1, List.of(new Affine.Term(0, 1 << 25, List.of())), List.of())));
    refused("declared is", of(List.of(input(-100, 100), virtual(-99, 100)), List.of(), copy(1, 0)));
    refused(
        "bounds outside",
        of(List.of(input(-(1L << 30), 100), virtual(-99, 100)), List.of(), copy(1, 0)));
    refused("empty bounds", of(List.of(input(5, 4), virtual(-99, 100)), List.of(), copy(1, 0)));
    refused(
        "coefficient",
        of(
            List.of(input(0, 0), virtual(0, 0)),
            List.of(),
            new Affine(1, List.of(new Affine.Term(0, Long.MIN_VALUE, List.of())), List.of())));
    refused(
        "64 bits",
        of(
            List.of(input(-(1 << 29), 1 << 29), virtual(0, 0)),
            List.of(),
            new Affine(
                1,
                List.of(
                    new Affine.Term(
                        0,
                        (1 << 29) - 1,
                        List.of(
                            new ViewStep.Ranges(
                                1, List.of(0, 0, 0), List.of(3, 3, 3), List.of(1 << 29, 1, 1))))),
                List.of())));
  }

  @Test
  void degreeOfUncommittedChains() {
    List<TensorDeclaration> t = new ArrayList<>(List.of(input(-1, 1)));
    List<Relation> r = new ArrayList<>();
    for (int k = 1; k <= 5; k++) {
      t.add(virtual(-1, 1));
      r.add(new Product(k, k - 1, k - 1));
    }
    refused("multiplicative degree 32", of(t, List.of(), r.toArray(Relation[]::new)));
    CircuitCheck.check(of(t.subList(0, 5), List.of(), r.subList(0, 4).toArray(Relation[]::new)));
  }

  /**
   * The sums of a parameter with one axis are those of single elements, while a product sums along
   * that axis: honest bounds of a hostile key would otherwise let sums wrap around p.
   */
  @Test
  void aVectorOfTheModelIsSummedAlongItsAxis() {
    List<TensorDeclaration> t = new ArrayList<>();
    t.add(new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(64), 0, 1 << 20, 1 << 20, 0));
    t.add(TensorDeclaration.input(List.of(1, 64), 0, (1 << 9) - 1));
    t.add(TensorDeclaration.virtual(List.of(1), 0, (1 << 29) - 1));
    refused("outside (-2^30, 2^30)", ofInputs(t, new MatMul(2, 0, 1)));
    t.set(0, new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(64), 0, 3, 3, 0));
    assertEquals(
        new Interval(0, 64 * 3 * 511),
        CircuitCheck.check(ofInputs(t, new MatMul(2, 0, 1))).interval(2));
  }

  /** Products with weights raise the degree as well. */
  @Test
  void degreeOfProductsWithWeights() {
    List<Integer> one = List.of(1, 1, 1, 1);
    Conv conv = new Conv(7, 4, 5, List.of(1, 1), List.of(0, 0), List.of(1, 1), 1);
    for (Relation last : List.of(conv, new FftConv(conv, List.of(1, 1)), new MatMul(7, 4, 6))) {
      List<TensorDeclaration> t = new ArrayList<>(List.of(TensorDeclaration.input(one, -1, 1)));
      List<Relation> r = new ArrayList<>();
      for (int k = 1; k <= 4; k++) {
        t.add(TensorDeclaration.virtual(one, -1, 1));
        r.add(new Product(k, k - 1, k - 1));
      }
      t.add(new TensorDeclaration(TensorDeclaration.Role.MODEL, one, 0, 1, 1, 0));
      t.add(new TensorDeclaration(TensorDeclaration.Role.MODEL, List.of(1, 1), 0, 1, 1, 0));
      t.add(TensorDeclaration.virtual(one, -1, 1));
      r.add(last);
      refused("multiplicative degree 17", of(t, List.of(), r.toArray(Relation[]::new)));
    }
    // The degrees of two tensors add up.
    List<TensorDeclaration> t =
        new ArrayList<>(List.of(TensorDeclaration.input(List.of(1, 1), -1, 1)));
    List<Relation> r = new ArrayList<>();
    for (int k = 1; k <= 5; k++) {
      t.add(TensorDeclaration.virtual(List.of(1, 1), -1, 1));
      r.add(new MatMul(k, k - 1, k - 1));
    }
    refused("multiplicative degree 32", of(t, List.of(), r.toArray(Relation[]::new)));
    CircuitCheck.check(of(t.subList(0, 5), List.of(), r.subList(0, 4).toArray(Relation[]::new)));
  }

  /** The product that is zero multiplies the degrees of all sources of a maximum. */
  @Test
  void degreeOfAMaximum() {
    List<TensorDeclaration> t = new ArrayList<>(List.of(input(0, 1)));
    List<Relation> r = new ArrayList<>();
    for (int k = 1; k <= 3; k++) {
      t.add(virtual(0, 1));
      r.add(new Product(k, k - 1, k - 1));
    }
    t.add(witness(0, 1));
    r.add(new Max(4, List.of(0, 3), 1));
    CircuitCheck.check(of(t, List.of(), r.toArray(Relation[]::new)));
    r.set(3, new Max(4, List.of(0, 3, 3), 1));
    refused("multiplicative degree 17", of(t, List.of(), r.toArray(Relation[]::new)));
  }

  @Test
  void definitions() {
    refused(
        "already defined",
        of(List.of(input(-1, 1), virtual(-1, 1)), List.of(), copy(1, 0), copy(1, 0)));
    refused(
        "used before",
        of(
            List.of(input(-1, 1), virtual(-1, 1), virtual(-1, 1)),
            List.of(),
            copy(1, 2),
            copy(2, 0)));
    refused("no tensor 7", of(List.of(input(-1, 1), virtual(-1, 1)), List.of(), copy(1, 7)));
    refused("no tensor -1", of(List.of(input(-1, 1), virtual(-1, 1)), List.of(), copy(1, -1)));
    refused("must be VIRTUAL", of(List.of(input(-1, 1), witness(-1, 1)), List.of(), copy(1, 0)));
    refused("already defined", of(List.of(input(-1, 1), virtual(-1, 1)), List.of(), copy(0, 0)));
    refused(
        "is not used",
        of(
            List.of(input(-1, 1), virtual(-1, 1), virtual(-1, 1)),
            List.of(),
            copy(1, 0),
            copy(2, 0)));
    refused("defined by no relation", of(List.of(input(-1, 1), virtual(-1, 1)), List.of()));
    refused(
        "cancel",
        of(
            List.of(input(-1, 1), virtual(-2, 2)),
            List.of(),
            new Affine(
                1,
                List.of(new Affine.Term(0, 2, List.of()), new Affine.Term(0, -2, List.of())),
                List.of())));
    List<TensorDeclaration> t = List.of(input(-1, 1), virtual(-1, 1));
    refused("no outputs", new Circuit(t, List.of(), List.of(copy(1, 0)), List.of(0), List.of()));
    refused(
        "listed twice", new Circuit(t, List.of(), List.of(copy(1, 0)), List.of(0), List.of(1, 1)));
    refused("not an INPUT", new Circuit(t, List.of(), List.of(copy(1, 0)), List.of(1), List.of(1)));
    refused(
        "no statement lists",
        new Circuit(t, List.of(), List.of(copy(1, 0)), List.of(), List.of(1)));
    refused(
        "is not defined by a relation",
        new Circuit(t, List.of(), List.of(copy(1, 0)), List.of(0), List.of(0, 1)));
  }

  @Test
  void sizes() {
    for (List<Integer> shape :
        List.of(
            List.of(1 << 30, 1 << 30),
            List.of(0, 2),
            List.of(-1),
            List.of((1 << 21) + 1),
            List.of((1 << 12) + 1, 1 << 12),
            List.of(1, 1, 1, 1, 1, 1, 1, 1, 1))) {
      Circuit c =
          new Circuit(
              List.of(TensorDeclaration.input(shape, 0, 1)),
              List.of(),
              List.of(),
              List.of(0),
              List.of(0));
      assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(c), shape.toString());
    }
    // A MODEL tensor may have more elements than others, but never 2^31 with its padding.
    for (List<Integer> shape : List.of(List.of((1 << 16) - 1, 1 << 15), List.of(1 << 30, 3))) {
      TensorDeclaration d =
          new TensorDeclaration(TensorDeclaration.Role.MODEL, shape, 0, 1, 1 << 20, 0);
      refused("too many elements", of(List.of(d), List.of()));
    }
    refused("size out of range", requantize(-10, 10, 0, new Table.Clamp(-10, -5, 0, 1)));
    refused("size out of range", requantize(-10, 10, 0, new Table.Clamp(-10, 1 << 21, 0, 1)));
    refused("empty clamp", requantize(-10, 10, 0, new Table.Clamp(-10, 21, 1, 0)));
    refused("empty clamp", requantize(-10, 10, 0, new Table.Excess(-10, 21, 1, 0)));
    long far = (1 << 30) - 1;
    refused("clamp outside", requantize(-10, 10, 0, new Table.Excess(-10, 21, -2 * far, far)));
    refused("excess outside", requantize(-10, 10, 0, new Table.Excess(-10, 21, far, far)));
    refused(
        "entry outside",
        requantize(-10, 10, 0, new Table.Entries(-10, new int[] {Integer.MIN_VALUE})));
    refused(
        "too many elements",
        of(
            List.of(input(0, 1), virtual(0, 1)),
            List.of(),
            new Affine(
                1,
                List.of(
                    new Affine.Term(0, 1, List.of(new ViewStep.Window(0, 1 << 24, 1, 1, 0, 1)))),
                List.of())));
  }

  @Test
  void viewsThatDoNotFit() {
    for (ViewStep step :
        List.of(
            new ViewStep.Permute(List.of(0, 0)),
            new ViewStep.Permute(List.of(0)),
            new ViewStep.Reshape(List.of(5)),
            new ViewStep.Reshape(List.of(1 << 16, 1 << 16)),
            new ViewStep.Window(2, 3, 1, 1, 0, 1),
            new ViewStep.Window(-1, 3, 1, 1, 0, 1),
            new ViewStep.Window(0, 0, 1, 1, 0, 1),
            new ViewStep.Window(0, 2, -1, 1, 0, 1),
            new ViewStep.Window(0, 2, 1, 1, Integer.MIN_VALUE, 1),
            new ViewStep.Ranges(1, List.of(0, 1, 2), List.of(1, 1, 2), List.of(1, 1, 1)),
            new ViewStep.Ranges(1, List.of(0), List.of(1, 1), List.of(1)),
            new ViewStep.Unfold(0, 2, 0, 1, 1, 0))) {
      Circuit c =
          of(
              List.of(input(0, 1), virtual(-9, 9)),
              List.of(),
              new Affine(1, List.of(new Affine.Term(0, 1, List.of(step))), List.of()));
      assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(c), step.toString());
    }
    refused(
        "box",
        of(
            List.of(input(0, 1), virtual(-9, 9)),
            List.of(),
            new Affine(1, List.of(), List.of(new Affine.Box(1, List.of(0, 0), List.of(2, 4))))));
  }

  @Test
  void lookupsAreFewerThanTheField() {
    ArrayList<TensorDeclaration> t =
        new ArrayList<>(List.of(TensorDeclaration.input(List.of(8, 1 << 21), 0, 1)));
    ArrayList<Relation> r = new ArrayList<>();
    for (int k = 1; k <= 20; k++) {
      t.add(TensorDeclaration.witness(List.of(8, 1 << 21), 0, 1));
      r.add(new Requantize(k, k - 1, 0, List.of(), 0));
    }
    refused(
        "lookups and table rows",
        of(t, List.of(new Table.Clamp(0, 2, 0, 1)), r.toArray(Relation[]::new)));
  }
}
