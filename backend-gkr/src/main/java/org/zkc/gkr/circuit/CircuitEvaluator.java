package org.zkc.gkr.circuit;

import java.util.List;
import java.util.Map;

/**
 * The meaning of a circuit: its relations on integers, one element at a time. This evaluator is the
 * reference for every executor.
 */
public final class CircuitEvaluator {
  private final Circuit circuit;
  private final int[][] elements;

  private CircuitEvaluator(Circuit circuit) {
    this.circuit = circuit;
    elements = new int[circuit.tensors().size()][];
  }

  /**
   * The elements of every tensor, row-major, by tensor index.
   *
   * @param given the elements of every INPUT and MODEL tensor, inside their declared bounds; those
   *     of any other tensor are taken as they are instead of being computed
   */
  public static int[][] evaluate(CheckedCircuit checked, Map<Integer, int[]> given) {
    CircuitEvaluator e = new CircuitEvaluator(checked.circuit());
    given.forEach((t, values) -> e.elements[t] = values);
    for (Relation r : checked.circuit().relations()) {
      if (e.elements[r.result()] == null) {
        e.elements[r.result()] = e.relation(r);
      }
    }
    return e.elements;
  }

  private List<Integer> shape(int tensor) {
    return circuit.tensors().get(tensor).shape();
  }

  private int[] relation(Relation relation) {
    return switch (relation) {
      case Affine a -> affine(a);
      case Conv c -> conv(c);
      case FftConv c -> conv(c.conv());
      case Gather g -> gather(g);
      case MatMul m -> matMul(m);
      case Product p -> {
        int[] out = new int[elements[p.left()].length];
        for (int k = 0; k < out.length; k++) {
          out[k] = elements[p.left()][k] * elements[p.right()][k];
        }
        yield out;
      }
      case Requantize r -> {
        Table table = circuit.tables().get(r.table());
        long half = r.shift() == 0 ? 0 : 1L << (r.shift() - 1);
        int[] out = new int[elements[r.source()].length];
        for (int k = 0; k < out.length; k++) {
          out[k] =
              (int)
                  table.value(
                      (int) ((elements[r.source()][k] + half >> r.shift()) - table.first()));
        }
        yield out;
      }
      case Max m -> {
        int[] out = elements[m.sources().get(0)].clone();
        for (int t : m.sources()) {
          for (int k = 0; k < out.length; k++) {
            out[k] = Math.max(out[k], elements[t][k]);
          }
        }
        yield out;
      }
      case RoundedQuotient q -> {
        int[] out = new int[elements[q.numerator()].length];
        for (int k = 0; k < out.length; k++) {
          long d = elements[q.denominator()][k];
          long n = elements[q.numerator()][k];
          out[k] = (int) Math.floorDiv((1L << q.bits() + 1) * n + d, 2 * d);
        }
        yield out;
      }
      case EuclideanNorm n -> {
        int[] source = elements[n.source()];
        int extent = shape(n.source()).getLast();
        int[] out = new int[source.length / extent];
        for (int k = 0; k < out.length; k++) {
          long radicand = n.constant();
          for (int i = 0; i < extent; i++) {
            radicand += (long) source[k * extent + i] * source[k * extent + i];
          }
          while ((out[k] + 1L) * (out[k] + 1L) <= radicand) {
            out[k]++;
          }
        }
        yield out;
      }
      case Reciprocal r -> {
        int[] out = new int[elements[r.source()].length];
        for (int k = 0; k < out.length; k++) {
          long x = elements[r.source()][k];
          out[k] = (int) (((1L << r.bits() + 1) + x) / (2 * x));
        }
        yield out;
      }
      case Normalize n -> {
        int[] out = elements[n.source()].clone();
        int extent = shape(n.source()).getLast();
        for (int k = 0; k < out.length; k++) {
          out[k] *= elements[n.reciprocal()][k / extent];
        }
        yield out;
      }
    };
  }

  private int[] affine(Affine affine) {
    TensorDeclaration d = circuit.tensors().get(affine.result());
    long[] sum = new long[(int) d.elementCount()];
    for (Affine.Term term : affine.terms()) {
      long[] seen = new long[elements[term.source()].length];
      for (int k = 0; k < seen.length; k++) {
        seen[k] = elements[term.source()][k];
      }
      List<Integer> shape = shape(term.source());
      for (ViewStep step : term.steps()) {
        seen = ViewSemantics.apply(seen, shape, step);
        shape = ViewSemantics.outcomeShape(shape, step);
      }
      for (int k = 0; k < sum.length; k++) {
        sum[k] += term.coefficient() * seen[k];
      }
    }
    int[] index = new int[d.rank()];
    int[] out = new int[sum.length];
    for (int k = 0; k < sum.length; k++) {
      for (Affine.Box box : affine.constants()) {
        boolean inside = true;
        for (int a = 0; a < index.length; a++) {
          inside &= box.starts().get(a) <= index[a] && index[a] < box.limits().get(a);
        }
        sum[k] += inside ? box.value() : 0;
      }
      out[k] = Math.toIntExact(sum[k]);
      for (int a = index.length - 1; a >= 0 && ++index[a] == d.extent(a); a--) {
        index[a] = 0;
      }
    }
    return out;
  }

  private int[] conv(Conv c) {
    List<Integer> x = shape(c.source());
    List<Integer> w = shape(c.weight());
    List<Integer> y = shape(c.result());
    int outputsPerGroup = w.get(0) / c.groups();
    int[] out = new int[y.get(0) * y.get(1) * y.get(2) * y.get(3)];
    int at = 0;
    for (int n = 0; n < y.get(0); n++) {
      for (int o = 0; o < y.get(1); o++) {
        for (int row = 0; row < y.get(2); row++) {
          for (int column = 0; column < y.get(3); column++) {
            long sum = 0;
            for (int k = 0; k < w.get(1); k++) {
              int channel = o / outputsPerGroup * w.get(1) + k;
              for (int dy = 0; dy < w.get(2); dy++) {
                int sy =
                    row * c.strides().get(0) + dy * c.dilations().get(0) - c.paddingLow().get(0);
                for (int dx = 0; dx < w.get(3); dx++) {
                  int sx =
                      column * c.strides().get(1)
                          + dx * c.dilations().get(1)
                          - c.paddingLow().get(1);
                  if (sy >= 0 && sy < x.get(2) && sx >= 0 && sx < x.get(3)) {
                    int weight =
                        elements[c.weight()][((o * w.get(1) + k) * w.get(2) + dy) * w.get(3) + dx];
                    int source =
                        elements[c.source()][
                            ((n * x.get(1) + channel) * x.get(2) + sy) * x.get(3) + sx];
                    sum += (long) weight * source;
                  }
                }
              }
            }
            out[at++] = Math.toIntExact(sum);
          }
        }
      }
    }
    return out;
  }

  private int[] gather(Gather g) {
    int size = elements[g.table()].length / shape(g.table()).getFirst();
    int[] indices = elements[g.indices()];
    int[] out = new int[indices.length * size];
    for (int k = 0; k < out.length; k++) {
      out[k] = elements[g.table()][indices[k / size] * size + k % size];
    }
    return out;
  }

  private int[] matMul(MatMul m) {
    List<Integer> right = shape(m.right());
    int inner = right.getLast();
    int outputs = right.get(right.size() - 2);
    int rows = elements[m.left()].length / inner;
    // As many rows of the left factor meet each matrix of the right one.
    int matrices = elements[m.right()].length / (outputs * inner);
    int[] out = new int[rows * outputs];
    for (int t = 0; t < rows; t++) {
      int matrix = t / (rows / matrices);
      for (int o = 0; o < outputs; o++) {
        long sum = 0;
        for (int i = 0; i < inner; i++) {
          long l = elements[m.left()][t * inner + i];
          sum += l * elements[m.right()][(matrix * outputs + o) * inner + i];
        }
        out[t * outputs + o] = Math.toIntExact(sum);
      }
    }
    return out;
  }
}
