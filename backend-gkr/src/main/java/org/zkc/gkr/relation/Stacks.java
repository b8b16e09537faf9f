package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zkc.gkr.circuit.EuclideanNorm;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.M31;

/**
 * Tensors of one shape, whose last axis has extent 1, and stacks of them along that axis. Relations
 * of few elements prove products and ranges of several tensors as one.
 */
final class Stacks {
  private final SystemBuilder builder;
  private final List<Integer> shape;

  Stacks(SystemBuilder builder, List<Integer> shape) {
    this.builder = builder;
    this.shape = shape;
  }

  /** A tensor as low + 2^bits high: the low half committed, the high one virtual. */
  record Halves(int low, int high) {}

  /** Splits a tensor; the ranges of the halves are the caller's duty. */
  Halves halves(String name, int tensor, int bits) {
    int low = builder.add(name + " low", shape, Holder.COMMITTED);
    builder.advice.add(new Advice.Bits(low, tensor, 0, 0, bits));
    int inverse = M31.inv(M31.pow(2, bits));
    int high = sum(name + " high", 0, whole(low, M31.neg(inverse)), whole(tensor, inverse));
    return new Halves(low, high);
  }

  /** A tensor as a term. */
  Definition.Term whole(int tensor, int coefficient) {
    return builder.term(tensor, coefficient, List.of());
  }

  /** The part {@code index} of a stack as a term. */
  Definition.Term part(int stack, int index, int coefficient) {
    return builder.term(
        stack, coefficient, List.of(new ViewStep.Window(shape.size() - 1, 1, 1, 1, index, 1)));
  }

  /** The virtual tensor of a constant, 0 included, and terms. */
  int sum(String name, long constant, Definition.Term... terms) {
    return sum(name, constant, List.of(terms));
  }

  /** The virtual tensor of a constant and a list of terms. */
  int sum(String name, long constant, List<Definition.Term> terms) {
    int result = builder.add(name, shape, Holder.VIRTUAL);
    builder.definitions.add(
        new Definition.AffineSum(
            name,
            result,
            terms,
            constant == 0
                ? List.of()
                : List.of(Definition.Constant.everywhere(M31.fromSigned(constant), shape))));
    return result;
  }

  /** The stack of the products of the left and the right tensors, pair by pair. */
  int product(String name, List<Integer> left, List<Integer> right) {
    int a = stack(name + " left", left);
    int b = stack(name + " right", right);
    int result = builder.add(name, stacked(left.size()), Holder.VIRTUAL);
    builder.definitions.add(new Hadamard(name, result, a, b, stacked(left.size())));
    return result;
  }

  /** Asserts that all elements of the tensors are in a range. */
  void lookUp(String name, List<Integer> tensors, LookupTable.Range range) {
    builder.lookUp(name, List.of(stack(name, tensors)), range);
  }

  /** Asserts that all elements of the tensors are in [0, 2^bits). */
  void inRange(String name, List<Integer> tensors, int bits) {
    builder.inRange(name, stack(name, tensors), bits);
  }

  private int stack(String name, List<Integer> tensors) {
    int count = tensors.size();
    if (count == 1) {
      return tensors.getFirst();
    }
    ArrayList<Definition.Term> terms = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      ViewStep step = new ViewStep.Window(shape.size() - 1, count, 1, 1, -k, 1);
      terms.add(builder.term(tensors.get(k), 1, List.of(step)));
    }
    int result = builder.add(name + " stack", stacked(count), Holder.VIRTUAL);
    builder.definitions.add(
        new Definition.AffineSum(name + " stack", result, terms, Collections.emptyList()));
    return result;
  }

  private List<Integer> stacked(int count) {
    return EuclideanNorm.withLast(shape, count);
  }
}
