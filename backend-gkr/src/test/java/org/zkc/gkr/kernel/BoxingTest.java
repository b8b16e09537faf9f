package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.RandomElements;

/**
 * Compiled vector loops allocate nothing per element. A loop that C2 could not inline boxes its
 * vectors: it stays right, and becomes a hundred times slower without a word. This is the word. It
 * runs first, in a JVM like that of a prover which has just started: what C2 inlines depends on all
 * that ran before, and the other tests run much that no prover does.
 */
@Order(1)
class BoxingTest {
  private static final int SIZE = 4096;
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  @TestFactory
  Iterable<DynamicTest> vectorLoopsAllocateNothing() {
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
    Map<String, Runnable> work = new LinkedHashMap<>();
    work.put("multiply", () -> loops.multiply(a, b, out));
    work.put("multiplyAdd", () -> loops.multiplyAdd(a, b, b, a, out));
    work.put("dot", () -> loops.dot(a, b));
    work.put("line", () -> loops.line(a, b, c, out));
    work.put("scale", () -> loops.scale(a, c, out));
    work.put("addScaled", () -> loops.addScaled(a, c, out));
    work.put("add", () -> loops.add(a, b, out));
    work.put("subtract", () -> loops.subtract(a, b, out));
    work.put("atTwo", () -> loops.atTwo(a, b, out));
    work.put("atTwoAndThree", () -> loops.atTwoAndThree(a, b, out, out));
    work.put("dotBase", () -> loops.dotBase(base, 0, b));
    work.put("addScaledBase", () -> loops.addScaledBase(out, c, base, 0));
    work.put("lineBase", () -> loops.lineBase(base, 0, SIZE, c, out));
    work.put("atTwoBase", () -> loops.atTwoBase(base, 0, SIZE, baseOut, SIZE));
    // Sums of a fold are allocated: 32 bytes a column, half a byte a weight here.
    work.put("foldRows of bytes", () -> loops.foldRows(weights, 1, SIZE, SIZE, coefficients, out));
    work.put("foldRows of shorts", () -> loops.foldRows(weights, 2, SIZE, SIZE, coefficients, out));
    return work.entrySet().stream()
        .map(e ->
            DynamicTest.dynamicTest(e.getKey(), () -> stopsAllocating(e.getKey(), e.getValue())))
        .toList();
  }

  private static void stopsAllocating(String name, Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    // One boxed vector per iteration is 8 bytes an element and more; sums of a fold are 32 bytes a
    // column.
    long allowed = name.startsWith("foldRows") ? 40L * SIZE : SIZE;
    long start = System.nanoTime();
    long allocated;
    do {
      long before = threads.getCurrentThreadAllocatedBytes();
      work.run();
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    } while (allocated > allowed && System.nanoTime() - start < PATIENCE_NANOS);
    assertTrue(
        allocated <= allowed,
        name + " allocates " + allocated + " bytes for " + SIZE + " elements when warm");
  }
}
