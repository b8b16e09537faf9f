package org.zkc.ir.kernel;

import java.util.Optional;

/**
 * A convolution as a blocked matrix product: weights [O, depth] times the matrix that holds, in
 * column p, the inputs under the kernel at output position p, made panel by panel (an "im2col"
 * matrix that never exists as a whole). With {@value #BLOCK} columns and {@value #DEPTH} terms at a
 * time, the panels stay in the second-level cache, and one panel in the first.
 *
 * <p>Each output element is the sum of its {@value #DEPTH}-term blocks, each summed from the first
 * term to the last: over floats that order is the definition of the result, whatever the machine
 * and the number of threads.
 */
final class BlockedConvolution<A> {
  /** Terms summed before the partial sum joins the total. */
  static final int DEPTH = 256;

  private static final int BLOCK = 128;

  /** Blocks from which on the weights are interleaved once, not again for each block. */
  private static final int MANY_BLOCKS = 4;

  /** A group with fewer outputs than this is done output by output, without panels. */
  private static final int FEW_OUTPUTS = 4;

  /** Elements of an output plane that are summed at a time where there are no panels. */
  private static final int STRIP = 4096;

  private final ConvolutionGeometry geometry;
  private final SourcePlanes planes;
  private final int[] offsets;
  private final MatrixLoops<A> loops;

  BlockedConvolution(ConvolutionGeometry geometry, MatrixLoops<A> loops) {
    this.geometry = geometry;
    this.loops = loops;
    planes = new SourcePlanes(geometry);
    offsets = planes.tapOffsets();
  }

  /**
   * @param input [N, C, H, W]
   * @param weight [O, C / groups, kernelHeight, kernelWidth]
   * @return [N, O, outHeight, outWidth]
   */
  A run(A input, A weight, TaskRunner tasks) {
    A out = loops.newArray(geometry.resultSize());
    if (geometry.positions() == 0 || geometry.depth() == 0) {
      return out;
    }
    for (int image = 0; image < geometry.batch(); image++) {
      A source = planes.fill(input, image, loops);
      int base = planes.base(image);
      int resultBase = image * geometry.outputs() * geometry.positions();
      if (geometry.groupOutputs() < FEW_OUTPUTS) {
        byOutput(source, base, weight, out, resultBase, tasks);
      } else {
        byPanels(source, base, weight, out, resultBase, tasks);
      }
    }
    return out;
  }

  private void byPanels(A source, int base, A weight, A out, int resultBase, TaskRunner tasks) {
    int blocks = (geometry.positions() + BLOCK - 1) / BLOCK;
    int perGroup = geometry.groupOutputs();
    int items = geometry.groups() * blocks;
    int sets = InterleavedRows.sets(perGroup);
    Optional<InterleavedRows<A>> all =
        blocks < MANY_BLOCKS
            ? Optional.empty()
            : Optional.of(
                InterleavedRows.of(
                    weight, geometry.groups(), perGroup, geometry.depth(), loops, tasks));
    // Threads share outputs where positions are few; each then makes its panels itself.
    int splits = Math.min((tasks.threads() + items - 1) / items, sets);
    int pieces = items * splits;
    int workers = Math.min(tasks.threads(), pieces);
    tasks.forEach(
        workers,
        worker -> {
          Block block = new Block(source, weight, all, out);
          int end = (int) ((long) pieces * (worker + 1) / workers);
          for (int piece = (int) ((long) pieces * worker / workers); piece < end; piece++) {
            int split = piece % splits;
            int item = piece / splits;
            int group = item / blocks;
            block.run(
                base + planes.groupOffset(group),
                item % blocks * BLOCK,
                group,
                (int) ((long) sets * split / splits),
                (int) ((long) sets * (split + 1) / splits),
                resultBase);
          }
        });
  }

  /** One thread's work on blocks of positions, with its buffers. */
  private final class Block {
    private final A source;
    private final A weight;
    private final Optional<InterleavedRows<A>> interleaved;
    private final A out;
    private final int columns = loops.columns();
    private final int depth = Math.min(DEPTH, geometry.depth());
    private final Runs[] runs;
    private final A panels;
    private final A edge;
    private final A left;

    Block(A source, A weight, Optional<InterleavedRows<A>> interleaved, A out) {
      this.source = source;
      this.weight = weight;
      this.interleaved = interleaved;
      this.out = out;
      int most = (Math.min(BLOCK, geometry.positions()) + columns - 1) / columns;
      runs = new Runs[most];
      for (int p = 0; p < most; p++) {
        runs[p] = new Runs(columns);
      }
      panels = loops.newArray((most * depth + 1) * columns);
      edge = loops.newArray(MatrixLoops.ROWS * columns);
      left = loops.newArray(interleaved.isPresent() ? 0 : MatrixLoops.ROWS * depth);
    }

    /** Sets [firstSet, endSet) of a group's outputs at the positions from {@code first} on. */
    void run(int base, int first, int group, int firstSet, int endSet, int resultBase) {
      int positions = geometry.positions();
      int end = Math.min(positions, first + BLOCK);
      int count = (end - first + columns - 1) / columns;
      for (int p = 0; p < count; p++) {
        int from = first + p * columns;
        runs[p].set(from, Math.min(columns, end - from), geometry.outWidth(), planes.rowStride());
      }
      for (int k = 0; k < geometry.depth(); k += DEPTH) {
        int terms = Math.min(DEPTH, geometry.depth() - k);
        for (int p = 0; p < count; p++) {
          loops.pack(source, base, offsets, k, terms, runs[p], panels, p * terms * columns);
        }
        if (interleaved.isPresent()) {
          InterleavedRows<A> all = interleaved.get();
          for (int p = 0; p < count; p++) {
            for (int set = firstSet; set < endSet; set++) {
              int at = all.at(group, set, k, terms);
              tile(all.elements(), at, group, set, p, first, resultBase, k, terms);
            }
          }
        } else {
          for (int set = firstSet; set < endSet; set++) {
            int from = output(group, set) * geometry.depth() + k;
            loops.interleave(weight, from, geometry.depth(), rows(set), terms, left, 0);
            for (int p = 0; p < count; p++) {
              tile(left, 0, group, set, p, first, resultBase, k, terms);
            }
          }
        }
      }
    }

    private int output(int group, int set) {
      return group * geometry.groupOutputs() + set * MatrixLoops.ROWS;
    }

    private int rows(int set) {
      return Math.min(MatrixLoops.ROWS, geometry.groupOutputs() - set * MatrixLoops.ROWS);
    }

    /** A set's outputs at a panel's positions: what terms [k, k + terms) give joins the total. */
    private void tile(
        A a, int at, int group, int set, int p, int first, int resultBase, int k, int terms) {
      int positions = geometry.positions();
      int from = first + p * columns;
      int wide = Math.min(columns, Math.min(positions, first + BLOCK) - from);
      int outAt = resultBase + output(group, set) * positions + from;
      int rows = rows(set);
      int panelAt = p * terms * columns;
      boolean add = k > 0;
      if (wide == columns) {
        loops.tile(a, at, rows, panels, panelAt, terms, out, outAt, positions, add);
      } else {
        loops.tile(a, at, rows, panels, panelAt, terms, edge, 0, columns, false);
        for (int i = 0; i < rows; i++) {
          loops.store(edge, i * columns, out, outAt + i * positions, wide, add);
        }
      }
    }
  }

  /**
   * Depthwise and other narrow convolutions: per output, tap by tap over strips of the plane, rows
   * at the source's distance from each other; what lies between the rows is not kept.
   */
  private void byOutput(A source, int base, A weight, A out, int resultBase, TaskRunner tasks) {
    int workers = Math.min(tasks.threads(), geometry.outputs());
    tasks.forEach(
        workers,
        worker -> {
          int rowsAtOnce = Math.clamp(STRIP / planes.rowStride(), 1, geometry.outHeight());
          A sums = loops.newArray(rowsAtOnce * planes.rowStride());
          int end = (int) ((long) geometry.outputs() * (worker + 1) / workers);
          for (int o = (int) ((long) geometry.outputs() * worker / workers); o < end; o++) {
            int from = base + planes.groupOffset(o / geometry.groupOutputs());
            for (int y = 0; y < geometry.outHeight(); y += rowsAtOnce) {
              int rows = Math.min(rowsAtOnce, geometry.outHeight() - y);
              strip(source, from, weight, o, y, rows, sums, out, resultBase);
            }
          }
        });
  }

  private void strip(
      A source, int base, A weight, int o, int y, int rows, A sums, A out, int resultBase) {
    int stride = planes.rowStride();
    int width = geometry.outWidth();
    int to = resultBase + o * geometry.positions() + y * width;
    for (int k = 0; k < geometry.depth(); k += DEPTH) {
      loops.taps(
          source,
          base + y * stride,
          offsets,
          k,
          Math.min(DEPTH, geometry.depth() - k),
          weight,
          o * geometry.depth() + k,
          sums,
          (rows - 1) * stride + width);
      for (int r = 0; r < rows; r++) {
        loops.store(sums, r * stride, out, to + r * width, width, k > 0);
      }
    }
  }
}
