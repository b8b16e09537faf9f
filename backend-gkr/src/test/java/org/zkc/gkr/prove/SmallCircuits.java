package org.zkc.gkr.prove;

import java.util.Collections;
import java.util.List;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.ViewStep;

/**
 * Circuits that together use every relation and every view, with extents that are not powers of
 * two.
 */
public enum SmallCircuits {
  LINEAR_ONLY {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-100, 100, 3, 5);
      int w = b.model(-20, 20, 7, 5);
      return b.output(b.matMul(x, w));
    }
  },
  NO_MODEL {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-100, 100, 3, 5);
      return b.output(b.requantize(x, 3, 1, -5, 5));
    }
  },
  MLP {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-128, 127, 1, 13);
      int h = b.addBias(b.matMul(x, b.model(-50, 50, 11, 13)), b.model(-900, 900, 11));
      int a = b.requantize(h, 7, 2, 0, 127);
      return b.output(b.addBias(b.matMul(a, b.model(-50, 50, 3, 11)), b.model(-900, 900, 3)));
    }
  },
  CONVOLUTIONAL {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-128, 127, 1, 2, 7, 6);
      int c1 =
          b.requantize(
              b.addBias(b.conv(x, b.model(-30, 30, 5, 2, 3, 3), 1, 1, 1, 1), b.model(-500, 500, 5)),
              8,
              1,
              0,
              127);
      int c2 = b.requantize(b.conv(c1, b.model(-30, 30, 6, 5, 3, 3), 2, 1, 1, 1), 9, 2, -128, 127);
      // Residual: a strided slice of c1 through a 1x1 convolution.
      int side =
          b.requantize(b.conv(c1, b.model(-30, 30, 6, 5, 1, 1), 2, 0, 1, 1), 7, 1, -128, 127);
      int sum =
          b.affine(b.shape(c2), List.of(CircuitBuilder.term(c2, 3), CircuitBuilder.term(side, -2)));
      int r = b.requantize(sum, 2, 1, 0, 127);
      // Depthwise with dilation, then grouped.
      int d = b.requantize(b.conv(r, b.model(-30, 30, 6, 1, 2, 2), 1, 1, 2, 6), 6, 1, 0, 127);
      int g = b.requantize(b.conv(d, b.model(-30, 30, 9, 2, 1, 1), 1, 0, 1, 3), 5, 1, 0, 127);
      int pooled =
          b.max(8, window(b, g, 0, 0), window(b, g, 0, 1), window(b, g, 1, 0), window(b, g, 1, 1));
      int flat =
          b.view(
              pooled,
              new ViewStep.Reshape(
                  List.of(
                      1,
                      b.shape(pooled).get(1) * b.shape(pooled).get(2) * b.shape(pooled).get(3))));
      int out =
          b.addBias(
              b.matMul(flat, b.model(-30, 30, 4, b.shape(flat).get(1))), b.model(-500, 500, 4));
      return b.output(out);
    }

    private int window(CircuitBuilder b, int x, int dy, int dx) {
      int h = b.shape(x).get(2) / 2;
      int w = b.shape(x).get(3) / 2;
      return b.view(
          x, new ViewStep.Window(2, h, 2, 1, dy, 1), new ViewStep.Window(3, w, 2, 1, dx, 1));
    }
  },
  PLACES {
    /** Tensors whose cells are in another order than their axes, with weights of every kind. */
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-128, 127, 1, 3, 21, 21);
      int c1 = b.requantize(b.conv(x, b.model(-30, 30, 20, 3, 3, 3), 1, 1, 1, 1), 8, 1, 0, 127);
      int c2 = b.requantize(b.conv(c1, b.model(-30, 30, 32, 20, 1, 1), 1, 0, 1, 1), 9, 2, -90, 90);
      // A vector on an axis that is cut, and one on all axes together.
      ViewStep sums = new ViewStep.Ranges(1, List.of(0, 10), List.of(10, 10), List.of(1, -1));
      int differences = b.requantize(b.view(c1, sums), 4, 1, -80, 80);
      int flat = b.view(c2, new ViewStep.Reshape(List.of(1, 14112)));
      int tokens = b.requantize(b.input(-100, 100, 45, 192), 3, 1, -12, 12);
      return b.output(b.matMul(flat, b.model(-3, 3, 2, 14112)))
          .output(b.view(differences, new ViewStep.Window(3, 1, 0, 1, 0, 21)))
          .output(b.view(b.product(tokens, tokens), new ViewStep.Window(1, 1, 0, 1, 0, 192)));
    }
  },
  FOURIER {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-128, 127, 2, 3, 6, 5);
      // A claim at a point, two claims to be merged, and one with a view's weights on an axis.
      int c1 =
          b.requantize(
              b.addBias(
                  b.fftConv(conv(x, b.model(-30, 30, 6, 3, 3, 3), 1, 1, 1, 1), List.of(6, 5)),
                  b.model(-500, 500, 6)),
              8,
              1,
              0,
              127);
      int grouped = b.fftConv(conv(c1, b.model(-30, 30, 9, 2, 2, 3), 2, 1, 2, 3), List.of(3, 2));
      int flipped =
          b.view(grouped, new ViewStep.Ranges(3, List.of(1, 0), List.of(1, 1), List.of(1, 1)));
      int sum =
          b.affine(
              b.shape(grouped),
              List.of(CircuitBuilder.term(grouped, 2), CircuitBuilder.term(flipped, -1)));
      int c2 = b.requantize(sum, 9, 2, -128, 127);
      int line = b.view(c2, new ViewStep.Reshape(List.of(1, 6, 1, 18)));
      // One axis, a kernel longer than the line, points to spare.
      int c3 =
          b.fftConv(
              new Conv(
                  -1,
                  line,
                  b.model(-30, 30, 4, 6, 1, 21),
                  List.of(1, 3),
                  List.of(0, 11),
                  List.of(1, 1),
                  1),
              List.of(1, 6),
              List.of(1, 64));
      int pooled = b.requantize(b.view(c3, new ViewStep.Window(3, 3, 2, 1, 0, 2)), 9, 1, -128, 127);
      int flat = b.view(pooled, new ViewStep.Reshape(List.of(1, 12)));
      return b.output(b.matMul(flat, b.model(-30, 30, 4, 12)));
    }

    private static Conv conv(
        int source, int weight, int stride, int padding, int dilation, int groups) {
      return new Conv(
          -1,
          source,
          weight,
          List.of(stride, stride),
          List.of(padding, padding),
          List.of(dilation, dilation),
          groups);
    }
  },
  MANY_ROWS {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-128, 127, 1, 9, 6, 5);
      int c = b.requantize(b.conv(x, b.model(-100, 100, 40, 9, 3, 3), 1, 1, 1, 1), 9, 1, -128, 127);
      // Grouped, in several rows: its claim is brought to a point first.
      int g = b.requantize(b.conv(c, b.model(-100, 100, 60, 20, 3, 3), 2, 0, 1, 2), 9, 2, 0, 127);
      int flat = b.view(g, new ViewStep.Reshape(List.of(1, 60 * 2 * 2)));
      return b.output(b.matMul(flat, b.model(-100, 100, 72, 240)));
    }
  },
  SOFTMAX {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-128, 127, 3, 5);
      int[] slices = new int[5];
      for (int k = 0; k < 5; k++) {
        slices[k] = b.view(x, new ViewStep.Window(1, 1, 1, 1, k, 1));
      }
      int m1 = b.max(8, slices[0], slices[1], slices[2]);
      int m = b.max(8, m1, slices[3], slices[4]);
      int shifted =
          b.affine(
              List.of(3, 5),
              List.of(
                  CircuitBuilder.term(m, 1, new ViewStep.Window(1, 5, 0, 1, 0, 1)),
                  CircuitBuilder.term(x, -1)));
      int[] exp = new int[512];
      for (int k = 0; k < exp.length; k++) {
        exp[k] = k < 256 ? 0 : (int) Math.rint(1000 * StrictMath.exp((256 - k) / 16.0));
      }
      int e = b.requantize(shifted, 0, 0, b.table(new Table.Entries(-256, exp)));
      int s =
          b.affine(
              List.of(3, 5),
              List.of(
                  CircuitBuilder.term(
                      e,
                      1,
                      new ViewStep.Window(1, 1, 0, 1, 0, 5),
                      new ViewStep.Window(1, 5, 0, 1, 0, 1))),
              new Affine.Box(1, List.of(0, 0), List.of(3, 5)));
      return b.output(b.quotient(e, s, 8));
    }
  },
  /**
   * Numerators of softmax: of products of two data tensors, of which several products say that the
   * greatest is among them; along another axis; of sums, in one step; of what is put out.
   */
  EXPONENTIALS {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int q = b.requantize(b.input(-60, 60, 2, 3, 7), 1, 1, -31, 31);
      int k = b.requantize(b.input(-60, 60, 2, 19, 7), 1, 1, -31, 31);
      int scores = b.matMul(q, k);
      int e = b.exponentials(scores, 2, 9, 2, 250, 140, 83, 50, 30, 18, 11, 7, 4, 2, 1, 1, 0);
      int across = b.exponentials(scores, 1, 4, 1, 99, 70, 40, 0, 3);
      int raised =
          b.affine(
              List.of(2, 3, 19),
              List.of(CircuitBuilder.term(e, 1), CircuitBuilder.term(across, -1)),
              new Affine.Box(5, List.of(0, 0, 3), List.of(2, 3, 11)));
      int once = b.exponentials(raised, 0, 0, 0, 9, 5, 2);
      return b.output(across)
          .output(b.exponentials(once, 2, 1, 1, 7, 3))
          .output(b.matMul(e, b.model(-9, 9, 4, 19)));
    }
  },
  /** Means weighted by computed weights, as attention has them: quotients of either sign. */
  WEIGHTED_MEAN {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int weights = b.requantize(b.input(0, 200, 3, 5), 1, 1, 1, 99);
      int values = b.requantize(b.input(-100, 100, 6, 5), 1, 1, -31, 31);
      int sums = b.matMul(weights, values);
      int total =
          b.affine(
              List.of(3, 6),
              List.of(
                  CircuitBuilder.term(
                      weights,
                      1,
                      new ViewStep.Window(1, 1, 0, 1, 0, 5),
                      new ViewStep.Window(1, 6, 0, 1, 0, 1))));
      return b.output(b.requantize(b.quotient(sums, total, 4, -512, 511), 1, 1, -200, 200))
          .output(b.quotient(sums, total, 0, -31, 31));
    }
  },
  /** Norms whose radicand is one element of the field, and whose radicand is two. */
  NORMS {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-60, 60, 3, 5);
      int norm = b.euclideanNorm(x, 7);
      int y = b.requantize(b.normalize(x, b.reciprocal(norm, 28)), 21, 2, -100, 100);
      int wide = b.input(-20000, 20000, 2, 3, 6);
      int copy = b.affine(List.of(2, 3, 6), List.of(CircuitBuilder.term(wide, 1)));
      int wideNorm = b.euclideanNorm(copy, (3 << 20) + 5);
      int wideY = b.normalize(copy, b.reciprocal(wideNorm, 27));
      return b.output(b.matMul(y, b.model(-9, 9, 4, 5)))
          .output(b.requantize(wideY, 18, 1, -1000, 1000))
          .output(wideNorm);
    }
  },
  /** Norms of channels with exponents: every number of limbs. */
  NORMS_OF_CHANNELS {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-60, 60, 3, 5);
      Integer[] low = {1, 0, 3, 2, 0};
      int norm = b.euclideanNorm(x, 7, low);
      int y = b.normalize(x, b.reciprocal(norm, 28), low);
      int z = b.input(-1800, 1800, 2, 3, 6);
      int copy = b.affine(List.of(2, 3, 6), List.of(CircuitBuilder.term(z, 1)));
      Integer[] high = {0, 9, 6, 8, 6, 5};
      int wideNorm = b.euclideanNorm(copy, (3 << 20) + 5, high);
      int wideY = b.normalize(copy, b.reciprocal(wideNorm, 27), high);
      return b.output(b.matMul(b.requantize(y, 21, 2, -100, 100), b.model(-9, 9, 4, 5)))
          .output(b.requantize(wideY, 18, 1, -1000, 1000))
          .output(wideNorm);
    }
  },
  VIEWS {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-20, 20, 3, 5, 6);
      int a = b.requantize(x, 1, 1, -10, 10);
      int w = b.model(-9, 9, 5, 3, 4);
      int permuted =
          b.view(a, new ViewStep.Permute(List.of(2, 0, 1)), new ViewStep.Reshape(List.of(6, 15)));
      int ranges =
          b.view(
              permuted,
              new ViewStep.Ranges(1, List.of(0, 3, 5), List.of(4, 2, 9), List.of(1, -2, 3)));
      int unfolded =
          b.view(
              a, new ViewStep.Unfold(2, 4, 3, 2, 1, -1), new ViewStep.Permute(List.of(1, 3, 0, 2)));
      int weights =
          b.view(
              w,
              new ViewStep.Permute(List.of(0, 1, 2)),
              new ViewStep.Reshape(List.of(5, 1, 3, 4)),
              new ViewStep.Window(1, 3, 0, 1, 0, 1));
      int p = b.product(unfolded, weights);
      int summed =
          b.view(
              p,
              new ViewStep.Window(1, 1, 0, 1, 0, 3),
              new ViewStep.Window(3, 1, 0, 1, 0, 4),
              new ViewStep.Reshape(List.of(15)));
      int mixed =
          b.affine(
              List.of(15),
              List.of(
                  CircuitBuilder.term(summed, 2),
                  CircuitBuilder.term(
                      ranges,
                      7,
                      new ViewStep.Reshape(List.of(18)),
                      new ViewStep.Window(0, 15, 1, 1, -2, 1)),
                  CircuitBuilder.term(summed, -1, new ViewStep.Window(0, 15, 1, 2, -3, 3))),
              new Affine.Box(11, List.of(3), List.of(9)));
      int square = b.product(ranges, ranges);
      return b.output(mixed).output(b.requantize(square, 4, 1, 0, 60)).output(summed);
    }
  },
  /** Maxima of wide integers, whose differences are looked up in limbs. */
  WIDE_MAXIMA {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-30_000_000, 60_000_000, 3, 5);
      int y = b.input(-50_000_000, 20_000_000, 3, 5);
      int z = b.affine(List.of(3, 5), List.of(CircuitBuilder.term(x, -2)));
      return b.output(b.max(28, x, y, z));
    }
  },
  /**
   * Rows of a parameter of several rows of the commitment, of a small one and of a computed table.
   */
  GATHER {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int ids = b.input(0, 18, 2, 3);
      int others = b.input(1, 6, 5);
      int x = b.gather(b.model(-100, 100, 19, 3, 25), ids);
      int a = b.requantize(b.view(x, new ViewStep.Reshape(List.of(6, 75))), 3, 1, -9, 9);
      int scalars = b.gather(b.model(-5, 5, 7), others);
      // A claim that is no point and one that is, on rows of what was computed from rows.
      int table = b.view(a, new ViewStep.Window(0, 7, 1, 1, 0, 1));
      int again = b.gather(table, others);
      int reversed =
          b.view(
              again,
              new ViewStep.Ranges(
                  0, List.of(4, 3, 2, 1, 0), List.of(1, 1, 1, 1, 1), List.of(1, 2, 1, 1, 3)));
      int sum =
          b.affine(
              b.shape(again),
              List.of(CircuitBuilder.term(again, 2), CircuitBuilder.term(reversed, -1)));
      return b.output(b.requantize(sum, 1, 1, -50, 50)).output(scalars).output(again);
    }
  },
  /** Products of two data tensors, as attention has them, and kernels that are no parameters. */
  ATTENTION {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      // Tokens [5, 6] to queries, keys and values of 3 heads of 2, heads in front.
      int x = b.input(-60, 60, 5, 6);
      int[] heads = new int[3];
      for (int k = 0; k < heads.length; k++) {
        int projected = b.requantize(b.matMul(x, b.model(-9, 9, 6, 6)), 5, 1, -60, 60);
        heads[k] =
            b.view(
                projected,
                new ViewStep.Reshape(List.of(5, 3, 2)),
                new ViewStep.Permute(List.of(1, 0, 2)));
      }
      int scores = b.matMul(heads[0], heads[1]);
      int weights = b.requantize(scores, 7, 1, 0, 40);
      int mixed = b.matMul(weights, b.view(heads[2], new ViewStep.Permute(List.of(0, 2, 1))));
      // Claims on a product that are no points, more than one on it, and a claim on its output.
      int reversed =
          b.view(
              mixed,
              new ViewStep.Ranges(1, List.of(4, 3, 2, 1, 0), ones(5), List.of(1, 2, 1, 1, 3)));
      int sum =
          b.affine(
              b.shape(mixed),
              List.of(CircuitBuilder.term(mixed, 2), CircuitBuilder.term(reversed, -1)));
      int folded = b.requantize(sum, 9, 1, -30, 30);
      // One tensor on both sides, without shared axes; an input as a factor; a product as a factor.
      int flat = b.view(folded, new ViewStep.Reshape(List.of(3, 10)));
      int gram = b.matMul(flat, flat);
      int input = b.input(-3, 3, 3, 3, 4);
      int chained =
          b.matMul(b.view(input, new ViewStep.Permute(List.of(0, 2, 1))), b.view(gram, stack()));
      // Parameters on the left with shared axes, and on the right.
      int ofLeft = b.matMul(b.model(-5, 5, 3, 2, 2), folded);
      int ofRight = b.matMul(folded, b.model(-5, 5, 3, 4, 2));
      // Convolutions whose kernels are computed, one in groups, one in FFT form.
      int image = b.view(folded, new ViewStep.Reshape(List.of(1, 2, 3, 5)));
      int kernel = b.requantize(b.view(folded, new ViewStep.Window(1, 4, 1, 1, 1, 1)), 1, 1, -9, 9);
      int plain = b.view(kernel, new ViewStep.Reshape(List.of(3, 2, 2, 2)));
      int grouped = b.view(kernel, new ViewStep.Reshape(List.of(12, 1, 1, 2)));
      int c1 = b.conv(image, plain, 1, 1, 1, 1);
      int c2 = b.conv(image, grouped, 2, 0, 1, 2);
      Conv fft = new Conv(-1, image, plain, List.of(1, 2), List.of(1, 0), List.of(1, 1), 1);
      int c3 = b.fftConv(fft, List.of(4, 2));
      return b.output(chained)
          .output(ofLeft)
          .output(b.requantize(ofRight, 3, 1, -20, 20))
          .output(c1)
          .output(b.requantize(c2, 3, 1, -20, 20))
          .output(c3);
    }

    private static List<Integer> ones(int count) {
      return Collections.nCopies(count, 1);
    }

    // Three copies of a matrix.
    private static ViewStep[] stack() {
      return new ViewStep[] {
        new ViewStep.Reshape(List.of(1, 3, 3)), new ViewStep.Window(0, 3, 0, 1, 0, 1)
      };
    }
  },
  /**
   * Forms that are allowed but never come from a compiler: odd roles of tensors, the same one
   * twice, extents and ranks of nothing.
   */
  UNUSUAL {
    @Override
    public CircuitBuilder build(long seed) {
      CircuitBuilder b = new CircuitBuilder(seed);
      int x = b.input(-20, 20, 5, 1);
      int unread = b.input(-3, 3);
      int model = b.model(0, 9, 5, 3);
      // A MODEL tensor as the source of a product of matrices, of a table, of a maximum and of both
      // sides of a product.
      int square = b.matMul(model, b.model(-9, 9, 6, 3));
      int looked = b.requantize(model, 0, 0, -1, 4);
      int greatest = b.max(6, model, model, looked);
      int squared = b.product(model, model);
      // Outputs of every kind that are used inside as well.
      int column = b.view(square, new ViewStep.Window(1, 1, 1, 1, 2, 1));
      int sum =
          b.affine(
              List.of(5, 1),
              List.of(
                  CircuitBuilder.term(column, 1),
                  CircuitBuilder.term(x, 5),
                  // These cancel, but not term by term; this one reads nothing.
                  CircuitBuilder.term(x, 2, new ViewStep.Permute(List.of(0, 1))),
                  CircuitBuilder.term(x, -2, new ViewStep.Reshape(List.of(5, 1))),
                  CircuitBuilder.term(x, 3, new ViewStep.Window(0, 5, 1, 1, 70, 1))));
      int rounded = b.requantize(sum, 3, 3, -9, 9);
      int scalar =
          b.view(rounded, new ViewStep.Window(0, 1, 0, 1, 0, 5), new ViewStep.Reshape(List.of()));
      int clamped = b.requantize(scalar, 1, 1, -2, 2);
      // A quotient of a tensor by itself plus zeros.
      int one =
          b.affine(
              List.of(5, 3),
              List.of(CircuitBuilder.term(greatest, 1)),
              new Affine.Box(1, List.of(0, 0), List.of(5, 3)));
      int whole = b.quotient(one, one, 3);
      int constant = b.affine(List.of(), List.of(), new Affine.Box(7, List.of(), List.of()));
      int again =
          b.requantize(
              b.affine(
                  List.of(5, 3),
                  List.of(CircuitBuilder.term(whole, 2), CircuitBuilder.term(squared, 1))),
              2,
              1,
              0,
              30);
      return b.output(square)
          .output(greatest)
          .output(rounded)
          .output(sum)
          .output(whole)
          .output(constant)
          .output(clamped)
          .output(again)
          .output(b.product(unread, unread));
    }
  };

  public abstract CircuitBuilder build(long seed);
}
