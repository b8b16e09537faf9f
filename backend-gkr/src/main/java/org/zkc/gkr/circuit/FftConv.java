package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

/**
 * The integer function of {@link #conv}, proved through discrete Fourier transforms over F[i] of
 * {@code sizes} = (rows, columns) points, powers of two; an axis of one point is not transformed.
 * The relation is for long kernels, for which a sumcheck and a verifier that walk through all taps
 * cost more (docs/protocol.md section 6).
 *
 * <p>Transforms of N points distinguish indices modulo N only, so {@link CircuitCheck} requires at
 * least {@link #leastPoints} points along each axis.
 */
public record FftConv(Conv conv, List<Integer> sizes) implements Relation {
  /** log2 of the most points along an axis. */
  public static final int MAX_LOG_POINTS = 20;

  public FftConv {
    sizes = List.copyOf(sizes);
  }

  @Override
  public int result() {
    return conv.result();
  }

  @Override
  public List<Integer> sources() {
    return conv.sources();
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.VIRTUAL;
  }

  @Override
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    return conv.evaluate(circuit, elements);
  }

  @Override
  public Interval interval(TensorDeclaration d, CheckState state) {
    return ContractionCheck.interval(this, d, state);
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    batch.convolution(this, conv);
  }

  @Override
  public String mnemonic() {
    return "fft-conv";
  }

  @Override
  public String details() {
    return conv.details() + ", transforms of " + sizes;
  }

  @Override
  public String label() {
    return "FftConv";
  }

  /**
   * The least N such that a convolution modulo N is {@code conv} along axis 0 (rows) or 1
   * (columns).
   *
   * <p>Tap d of output p reads q = p stride + d dilation - low, which runs through [a, b], a =
   * -low, b = (positions - 1) stride + (taps - 1) dilation - low. Modulo N the tap would read every
   * real index t in [0, sourceExtent) with t = q mod N. As -b &lt;= t - q &lt;= sourceExtent - 1 -
   * a, N above both b and sourceExtent - 1 - a leaves t = q alone, for all taps and outputs.
   *
   * @param sourceExtent the source's extent along the axis
   * @param taps the kernel's
   * @param positions the result's
   */
  public static long leastPoints(Conv conv, int axis, int sourceExtent, int taps, int positions) {
    long low = conv.paddingLow().get(axis);
    long last =
        (positions - 1L) * conv.strides().get(axis)
            + (taps - 1L) * conv.dilations().get(axis)
            - low;
    return Math.max(last, sourceExtent - 1L + low) + 1;
  }
}
