package org.zkc.passes.quantize;

import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;

/**
 * Products of an input element and a weight that the linear maps of a tensor- or integer-level
 * program take: what a run costs, on any machine.
 */
public final class Multiplications {
  private Multiplications() {}

  /** The products of one run of main. */
  public static long of(Program program) {
    return program.main().body().stream().mapToLong(Multiplications::of).sum();
  }

  /** The products of one op. */
  public static long of(Op op) {
    return switch (op) {
      case org.zkc.ir.tensor.Conv c -> products(c.result().shape(), c.weight().shape());
      case org.zkc.ir.tensor.Linear l -> products(l.result().shape(), l.weight().shape());
      case org.zkc.ir.tensor.MatMul m -> matMul(m.result().shape(), m.left().shape());
      case org.zkc.ir.integer.MatMul m -> matMul(m.result().shape(), m.left().shape());
      case org.zkc.ir.integer.Conv c -> products(c.result().shape(), c.weight().shape());
      case org.zkc.ir.integer.Linear l -> products(l.result().shape(), l.weight().shape());
      default -> 0;
    };
  }

  private static long matMul(Shape result, Shape left) {
    return result.elementCount() * left.extent(left.rank() - 1);
  }

  private static long products(Shape result, Shape weight) {
    return result.elementCount() * weight.elementCount() / Math.max(1, weight.extent(0));
  }
}
