package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/** Each loop of {@link PlainLoops} until that of {@link VectorLoops} is compiled. */
final class TrainedLoops implements Loops {
  // Enough for every loop's vector body and tail.
  private static final int EXERCISE = 1024 + 3;
  // A few calls of loops that are as long make the JVM compile them for their calls, before it
  // would for the loop that
  // is running, which takes the compiler as long again.
  private static final int BRIEF = 256 + 3;

  // What the compiler takes, in 25 ms: sums and products of residues, sums of products with one
  // residue, and products of
  // elements of the extension.
  private static final int SUMS = 1;
  private static final int MIXED = 2;
  private static final int PRODUCTS = 6;

  private final Loops plain = new PlainLoops();
  private final Loops vector = new VectorLoops();
  // Elements that all loops have worked on.
  private final AtomicLong elements = new AtomicLong();
  // The trainer's alone.
  private final Operands operands = new Operands(EXERCISE);
  private final Operands brief = new Operands(BRIEF);

  private final Training multiply = of(PRODUCTS, (loops, x) -> loops.multiply(x.a, x.b, x.out));
  private final Training multiplyAdd =
      of(PRODUCTS, (loops, x) -> loops.multiplyAdd(x.a, x.b, x.out, x.a, x.out));
  private final Training square = of(PRODUCTS, (loops, x) -> loops.square(x.out, x.out));
  private final Training multiplyBase =
      of(SUMS, (loops, x) -> loops.multiplyBase(x.base, 0, x.base, 0, x.base, 0, x.size));
  private final Training addMultipleBase =
      of(
          SUMS,
          (loops, x) -> loops.addMultipleBase(x.base, 0, x.base[1], x.base, 0, x.base, 0, x.size));
  private final Training dot = of(PRODUCTS, (loops, x) -> x.c = loops.dot(x.out, x.b));
  private final Training line = of(PRODUCTS, (loops, x) -> loops.line(x.a, x.out, x.c, x.out));
  private final Training scale = of(PRODUCTS, (loops, x) -> loops.scale(x.b, x.c, x.out));
  private final Training addScaled = of(PRODUCTS, (loops, x) -> loops.addScaled(x.a, x.c, x.out));
  private final Training add = of(SUMS, (loops, x) -> loops.add(x.a, x.b, x.out));
  private final Training subtract = of(SUMS, (loops, x) -> loops.subtract(x.a, x.b, x.out));
  private final Training atTwo = of(SUMS, (loops, x) -> loops.atTwo(x.a, x.b, x.out));
  private final Training atTwoAndThree =
      of(SUMS, (loops, x) -> loops.atTwoAndThree(x.a, x.b, x.out, x.more));
  private final Training dotBase = of(MIXED, (loops, x) -> x.c = loops.dotBase(x.base, 0, x.b));
  private final Training addScaledBase =
      of(MIXED, (loops, x) -> loops.addScaledBase(x.out, x.c, x.base, 0));
  private final Training lineBase =
      of(MIXED, (loops, x) -> loops.lineBase(x.base, 0, x.half, x.c, x.out.slice(0, x.half)));
  private final Training atTwoBase =
      of(SUMS, (loops, x) -> loops.atTwoBase(x.base, 0, x.half, x.integers, x.half));
  private final Training affineOfTwo =
      of(MIXED, (loops, x) -> loops.affine(x.c, x.c, x.base, 0, x.c, x.base, 0, x.out));
  private final Training affineOfFour =
      of(MIXED, (loops, x) -> loops.affine(x.c, x.factors, x.columns, new int[4], x.out));
  private final Training dotPair =
      of(MIXED, (loops, x) -> x.c = loops.dotPair(x.base, 0, x.base, 0, x.b)[1]);
  private final Training foldRows =
      of(
          MIXED,
          (loops, x) -> {
            loops.foldRows(x.weights, 1, x.size, x.size, x.a.slice(0, 8), x.out);
            loops.foldRows(x.weights, 2, x.size, x.size, x.a.slice(0, 4), x.out);
          });

  /** The arguments that the loops are exercised with. */
  private static final class Operands {
    private final int size;
    private final int half;
    private final ExtVector a;
    private final ExtVector b;
    private final ExtVector out;
    private final ExtVector more;
    private final int[] base;
    private final int[] integers;
    private final int[][] columns;
    private final Ext[] factors = new Ext[4];
    private final MemorySegment weights;
    private Ext c = new Ext(4, 3, 2, M31.P - 1);

    Operands(int size) {
      this.size = size;
      half = size / 2;
      a = new ExtVector(size);
      b = new ExtVector(size);
      out = new ExtVector(size);
      more = new ExtVector(size);
      base = new int[size];
      integers = new int[size];
      columns = new int[][] {base, base, base, base};
      weights = MemorySegment.ofArray(new byte[8 * size]);
      a.fill(new Ext(M31.P - 1, 2, 3, 4));
      b.fill(c);
      Arrays.fill(base, M31.P - 2);
      Arrays.fill(factors, c);
    }
  }

  private Training of(int effort, BiConsumer<Loops, Operands> exercise) {
    return Training.of(
        () -> exercise.accept(plain, operands),
        () -> exercise.accept(vector, operands),
        () -> exercise.accept(vector, brief),
        effort,
        elements);
  }

  @Override
  public void expect(long more) {
    elements.addAndGet(more);
  }

  private Loops loops(Training loop, long count) {
    return loop.isReady(count) ? vector : plain;
  }

  @Override
  public void multiply(ExtVector a, ExtVector b, ExtVector out) {
    loops(multiply, out.length()).multiply(a, b, out);
  }

  @Override
  public void multiplyAdd(ExtVector a, ExtVector b, ExtVector c, ExtVector d, ExtVector out) {
    loops(multiplyAdd, out.length()).multiplyAdd(a, b, c, d, out);
  }

  @Override
  public void square(ExtVector a, ExtVector out) {
    loops(square, out.length()).square(a, out);
  }

  @Override
  public void multiplyBase(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count) {
    loops(multiplyBase, count).multiplyBase(a, aAt, b, bAt, out, outAt, count);
  }

  @Override
  public void addMultipleBase(
      int[] a, int aAt, int c, int[] b, int bAt, int[] out, int outAt, int count) {
    loops(addMultipleBase, count).addMultipleBase(a, aAt, c, b, bAt, out, outAt, count);
  }

  @Override
  public Ext dot(ExtVector a, ExtVector b) {
    return loops(dot, b.length()).dot(a, b);
  }

  @Override
  public void line(ExtVector low, ExtVector high, Ext c, ExtVector out) {
    loops(line, out.length()).line(low, high, c, out);
  }

  @Override
  public void scale(ExtVector v, Ext c, ExtVector out) {
    loops(scale, out.length()).scale(v, c, out);
  }

  @Override
  public void addScaled(ExtVector v, Ext c, ExtVector out) {
    loops(addScaled, out.length()).addScaled(v, c, out);
  }

  @Override
  public void add(ExtVector a, ExtVector b, ExtVector out) {
    loops(add, out.length()).add(a, b, out);
  }

  @Override
  public void subtract(ExtVector a, ExtVector b, ExtVector out) {
    loops(subtract, out.length()).subtract(a, b, out);
  }

  @Override
  public void atTwo(ExtVector low, ExtVector high, ExtVector out) {
    loops(atTwo, out.length()).atTwo(low, high, out);
  }

  @Override
  public void atTwoAndThree(ExtVector low, ExtVector high, ExtVector two, ExtVector three) {
    loops(atTwoAndThree, two.length()).atTwoAndThree(low, high, two, three);
  }

  @Override
  public Ext dotBase(int[] base, int offset, ExtVector b) {
    return loops(dotBase, b.length()).dotBase(base, offset, b);
  }

  @Override
  public void addScaledBase(ExtVector accumulator, Ext c, int[] base, int offset) {
    loops(addScaledBase, accumulator.length()).addScaledBase(accumulator, c, base, offset);
  }

  @Override
  public void lineBase(int[] base, int low, int high, Ext c, ExtVector out) {
    loops(lineBase, out.length()).lineBase(base, low, high, c, out);
  }

  @Override
  public void atTwoBase(int[] base, int low, int high, int[] out, int count) {
    loops(atTwoBase, count).atTwoBase(base, low, high, out, count);
  }

  @Override
  public void affine(Ext c, Ext f, int[] x, int xAt, Ext g, int[] y, int yAt, ExtVector out) {
    loops(affineOfTwo, out.length()).affine(c, f, x, xAt, g, y, yAt, out);
  }

  @Override
  public void affine(Ext c, Ext[] f, int[][] x, int[] xAt, ExtVector out) {
    loops(affineOfFour, out.length()).affine(c, f, x, xAt, out);
  }

  @Override
  public Ext[] dotPair(int[] a, int aAt, int[] b, int bAt, ExtVector w) {
    return loops(dotPair, w.length()).dotPair(a, aAt, b, bAt, w);
  }

  @Override
  public void foldRows(
      MemorySegment weights,
      int width,
      int columns,
      int stride,
      ExtVector coefficients,
      ExtVector accumulator) {
    loops(foldRows, (long) columns * coefficients.length())
        .foldRows(weights, width, columns, stride, coefficients, accumulator);
  }
}
