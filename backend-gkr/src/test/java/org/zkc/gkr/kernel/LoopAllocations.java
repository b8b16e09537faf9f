package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.RandomElements;

/** Runs every vector loop for {@link BoxingTest}, in a process of its own. */
final class LoopAllocations {
  private static final int SIZE = 4096;

  /** One boxed vector per iteration is 8 bytes an element and more. */
  private static final long ELEMENTWISE = SIZE;

  /**
   * Sums of a fold are allocated, 32 bytes a column, and a tile of at most 64 kB: less than a byte
   * a weight here, where one boxed vector per load would be 8 and more.
   */
  private static final long FOLD = 56L * SIZE;

  private LoopAllocations() {}

  public static void main(String[] arguments) {
    RandomElements random = new RandomElements(1);
    Loops loops = new VectorLoops();
    ExtVector a = random.vector(SIZE);
    ExtVector b = random.vector(SIZE);
    ExtVector out = random.vector(SIZE);
    int[] base = random.residues(2 * SIZE);
    int[] baseOut = new int[SIZE];
    Ext c = random.element();
    ExtVector coefficients = random.vector(64);
    MemorySegment weights = MemorySegment.ofArray(new byte[2 * 64 * SIZE]);
    AllocationProbe.print("multiply", ELEMENTWISE, () -> loops.multiply(a, b, out));
    AllocationProbe.print("multiplyAdd", ELEMENTWISE, () -> loops.multiplyAdd(a, b, b, a, out));
    AllocationProbe.print("square", ELEMENTWISE, () -> loops.square(a, out));
    AllocationProbe.print(
        "multiplyBase",
        ELEMENTWISE,
        () -> loops.multiplyBase(base, 0, base, SIZE, baseOut, 0, SIZE));
    AllocationProbe.print(
        "addMultipleBase",
        ELEMENTWISE,
        () -> loops.addMultipleBase(base, 0, 3, base, SIZE, baseOut, 0, SIZE));
    AllocationProbe.print("dot", ELEMENTWISE, () -> loops.dot(a, b));
    AllocationProbe.print("line", ELEMENTWISE, () -> loops.line(a, b, c, out));
    AllocationProbe.print("scale", ELEMENTWISE, () -> loops.scale(a, c, out));
    AllocationProbe.print("addScaled", ELEMENTWISE, () -> loops.addScaled(a, c, out));
    AllocationProbe.print("add", ELEMENTWISE, () -> loops.add(a, b, out));
    AllocationProbe.print("subtract", ELEMENTWISE, () -> loops.subtract(a, b, out));
    AllocationProbe.print("atTwo", ELEMENTWISE, () -> loops.atTwo(a, b, out));
    AllocationProbe.print("atTwoAndThree", ELEMENTWISE, () -> loops.atTwoAndThree(a, b, out, out));
    AllocationProbe.print("dotBase", ELEMENTWISE, () -> loops.dotBase(base, 0, b));
    AllocationProbe.print("addScaledBase", ELEMENTWISE, () -> loops.addScaledBase(out, c, base, 0));
    AllocationProbe.print("lineBase", ELEMENTWISE, () -> loops.lineBase(base, 0, SIZE, c, out));
    AllocationProbe.print(
        "atTwoBase", ELEMENTWISE, () -> loops.atTwoBase(base, 0, SIZE, baseOut, SIZE));
    AllocationProbe.print(
        "affine of two", ELEMENTWISE, () -> loops.affine(c, c, base, 0, c, base, SIZE, out));
    Ext[] factors = random.elements(4);
    int[][] columns = {base, base, base, base};
    int[] places = {0, SIZE, 1, 2};
    AllocationProbe.print(
        "affine of four", ELEMENTWISE, () -> loops.affine(c, factors, columns, places, out));
    AllocationProbe.print("dotPair", ELEMENTWISE, () -> loops.dotPair(base, 0, base, SIZE, b));
    AllocationProbe.print(
        "foldRows of bytes", FOLD, () -> loops.foldRows(weights, 1, SIZE, SIZE, coefficients, out));
    AllocationProbe.print(
        "foldRows of shorts",
        FOLD,
        () -> loops.foldRows(weights, 2, SIZE, SIZE, coefficients, out));
  }
}
