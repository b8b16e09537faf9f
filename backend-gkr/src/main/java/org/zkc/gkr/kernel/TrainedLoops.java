package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;

/** {@link PlainLoops} until {@link VectorLoops} are compiled. */
final class TrainedLoops implements Loops {
  // Enough for every loop's vector body and tail.
  private static final int EXERCISE = 1024 + 3;

  private final Loops plain = new PlainLoops();
  private final Loops vector = new VectorLoops();
  private final Training training = Training.of(() -> exercise(plain), () -> exercise(vector));

  @Override
  public void expect(long elements) {
    training.isReady(elements);
  }

  private Loops loops(long elements) {
    return training.isReady(elements) ? vector : plain;
  }

  // Runs every loop once.
  private static void exercise(Loops loops) {
    ExtVector a = new ExtVector(EXERCISE);
    a.fill(new Ext(M31.P - 1, 2, 3, 4));
    ExtVector b = a.copy();
    ExtVector out = new ExtVector(EXERCISE);
    loops.multiply(a, b, out);
    loops.multiplyAdd(a, b, out, a, out);
    loops.square(out, out);
    Ext c = loops.dot(out, b);
    loops.line(a, out, c, b);
    loops.scale(b, c, out);
    loops.addScaled(a, c, out);
    loops.add(a, b, out);
    loops.subtract(out, a, b);
    loops.atTwo(a, b, out);
    loops.atTwoAndThree(a, b, out, b);
    int[] base = out.limb(0);
    c = c.add(loops.dotBase(base, 0, b));
    loops.addScaledBase(b, c, base, 0);
    loops.lineBase(base, 0, EXERCISE / 2, c, a.slice(0, EXERCISE / 2));
    loops.atTwoBase(base, 0, EXERCISE / 2, a.limb(1), EXERCISE / 2);
    loops.multiplyBase(base, 0, base, 0, base, 0, EXERCISE);
    loops.addMultipleBase(base, 0, base[1], base, 0, base, 0, EXERCISE);
    MemorySegment weights = MemorySegment.ofArray(new byte[8 * EXERCISE]);
    loops.foldRows(weights, 1, EXERCISE, EXERCISE, a.slice(0, 8), out);
    loops.foldRows(weights, 2, EXERCISE, EXERCISE, a.slice(0, 4), out);
  }

  @Override
  public void multiply(ExtVector a, ExtVector b, ExtVector out) {
    loops(out.length()).multiply(a, b, out);
  }

  @Override
  public void multiplyAdd(ExtVector a, ExtVector b, ExtVector c, ExtVector d, ExtVector out) {
    loops(out.length()).multiplyAdd(a, b, c, d, out);
  }

  @Override
  public void square(ExtVector a, ExtVector out) {
    loops(out.length()).square(a, out);
  }

  @Override
  public void multiplyBase(int[] a, int aAt, int[] b, int bAt, int[] out, int outAt, int count) {
    loops(count).multiplyBase(a, aAt, b, bAt, out, outAt, count);
  }

  @Override
  public void addMultipleBase(
      int[] a, int aAt, int c, int[] b, int bAt, int[] out, int outAt, int count) {
    loops(count).addMultipleBase(a, aAt, c, b, bAt, out, outAt, count);
  }

  @Override
  public Ext dot(ExtVector a, ExtVector b) {
    return loops(b.length()).dot(a, b);
  }

  @Override
  public void line(ExtVector low, ExtVector high, Ext c, ExtVector out) {
    loops(out.length()).line(low, high, c, out);
  }

  @Override
  public void scale(ExtVector v, Ext c, ExtVector out) {
    loops(out.length()).scale(v, c, out);
  }

  @Override
  public void addScaled(ExtVector v, Ext c, ExtVector out) {
    loops(out.length()).addScaled(v, c, out);
  }

  @Override
  public void add(ExtVector a, ExtVector b, ExtVector out) {
    loops(out.length()).add(a, b, out);
  }

  @Override
  public void subtract(ExtVector a, ExtVector b, ExtVector out) {
    loops(out.length()).subtract(a, b, out);
  }

  @Override
  public void atTwo(ExtVector low, ExtVector high, ExtVector out) {
    loops(out.length()).atTwo(low, high, out);
  }

  @Override
  public void atTwoAndThree(ExtVector low, ExtVector high, ExtVector two, ExtVector three) {
    loops(two.length()).atTwoAndThree(low, high, two, three);
  }

  @Override
  public Ext dotBase(int[] base, int offset, ExtVector b) {
    return loops(b.length()).dotBase(base, offset, b);
  }

  @Override
  public void addScaledBase(ExtVector accumulator, Ext c, int[] base, int offset) {
    loops(accumulator.length()).addScaledBase(accumulator, c, base, offset);
  }

  @Override
  public void lineBase(int[] base, int low, int high, Ext c, ExtVector out) {
    loops(out.length()).lineBase(base, low, high, c, out);
  }

  @Override
  public void atTwoBase(int[] base, int low, int high, int[] out, int count) {
    loops(count).atTwoBase(base, low, high, out, count);
  }

  @Override
  public void foldRows(
      MemorySegment weights,
      int width,
      int columns,
      int stride,
      ExtVector coefficients,
      ExtVector accumulator) {
    loops((long) columns * coefficients.length())
        .foldRows(weights, width, columns, stride, coefficients, accumulator);
  }
}
