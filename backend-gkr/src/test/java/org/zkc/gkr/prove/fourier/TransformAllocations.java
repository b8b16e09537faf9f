package org.zkc.gkr.prove.fourier;

import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.AllocationProbe;

/**
 * Runs the vector loops of transforms for {@link FourierTransformTest}, in a process of its own.
 */
final class TransformAllocations {
  private static final int SIZE = 1 << 13;

  /** The narrow layers split their pairs into a few kilobytes; boxed vectors take megabytes. */
  private static final long ALLOWED = 1 << 18;

  private TransformAllocations() {}

  public static void main(String[] arguments) {
    RandomElements random = new RandomElements(1);
    FourierTransform transform = FourierTransform.of(1, SIZE, new VectorFourierLoops());
    int[] re = random.residues(SIZE);
    int[] im = random.residues(SIZE);
    AllocationProbe.print(
        "transform",
        ALLOWED,
        () -> {
          transform.forward(re, im, 0);
          transform.multiplyAdd(re, im, 0, re, im, 0, re, im, 0);
          transform.inverse(re, im, 0);
        });
  }
}
