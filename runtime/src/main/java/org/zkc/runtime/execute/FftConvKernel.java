package org.zkc.runtime.execute;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.fourier.FourierTransform;
import org.zkc.passes.cost.ConvolutionWork;

/**
 * One FftConv relation. Each channel of the source is transformed once; its products with the
 * spectra of kernels are summed over channels, and transformed back two outputs at a time: with the
 * kernel of one output as real and that of the next as imaginary part, the transform back has the
 * two outputs there. All is exact modulo p, and outputs lie in (-2^30, 2^30).
 *
 * <p>Indices are taken modulo the points, so indices that differ by a whole transform share one.
 * The relation has enough points that this does not affect its outputs.
 *
 * <p>Spectra of kernels are made when the model is loaded, not stored with it: they take up to 4 N
 * / taps bytes for each byte of weights, and transforming them costs less than reading so much from
 * a file. Where they would fill more than {@link ConvolutionWork#MOST_KEPT_POINTS} they are made
 * anew in each run.
 */
final class FftConvKernel {
  private static final int P = M31.P;

  private final Conv conv;
  private final FourierTransform transform;
  private final int rows;
  private final int columns;
  private final int points;
  private final int batch;
  private final int channels;
  private final int height;
  private final int width;
  private final int outputs;
  private final int outHeight;
  private final int outWidth;
  private final int kernelHeight;
  private final int kernelWidth;

  /** Channels and outputs of a group. */
  private final int groupChannels;

  private final int groupOutputs;

  /** Pairs of outputs of a group, the last perhaps of one. */
  private final int groupPairs;

  /** Empty when the spectra are prepared. */
  private final int[] weights;

  /** [pairs of outputs, C / groups, points], two parts; empty when they are made in each run. */
  private final int[] spectraRe;

  private final int[] spectraIm;

  /**
   * @param source shape [N, C, H, W]
   * @param weight shape [O, C / groups, kh, kw], with its elements
   * @param result shape [N, O, Ho, Wo]
   */
  FftConvKernel(
      FftConv relation,
      List<Integer> source,
      List<Integer> weight,
      int[] elements,
      List<Integer> result) {
    this(relation, source, weight, elements, result, ConvolutionWork.MOST_KEPT_POINTS);
  }

  FftConvKernel(
      FftConv relation,
      List<Integer> source,
      List<Integer> weight,
      int[] elements,
      List<Integer> result,
      long mostPrepared) {
    conv = relation.conv();
    rows = relation.sizes().get(0);
    columns = relation.sizes().get(1);
    transform = FourierTransform.of(rows, columns);
    points = transform.points();
    batch = source.get(0);
    channels = source.get(1);
    height = source.get(2);
    width = source.get(3);
    outputs = weight.get(0);
    groupChannels = weight.get(1);
    kernelHeight = weight.get(2);
    kernelWidth = weight.get(3);
    outHeight = result.get(2);
    outWidth = result.get(3);
    groupOutputs = outputs / conv.groups();
    groupPairs = (groupOutputs + 1) / 2;
    long prepared = (long) conv.groups() * groupPairs * groupChannels * points;
    int length = prepared <= mostPrepared ? (int) prepared : 0;
    spectraRe = new int[length];
    spectraIm = new int[length];
    for (int k = 0; k < length / points; k++) {
      kernel(elements, k / groupChannels, k % groupChannels, spectraRe, spectraIm, k * points);
    }
    weights = length > 0 ? new int[0] : elements;
  }

  /** The result's elements. */
  int[] run(int[] source, Workers workers) {
    int[] result = new int[batch * outputs * outHeight * outWidth];
    int[] re = new int[channels * points];
    int[] im = new int[channels * points];
    for (int image = 0; image < batch; image++) {
      int n = image;
      workers.forEach(
          channels, c -> source(source, (n * channels + c) * height * width, re, im, c));
      workers.forEach(
          conv.groups() * groupPairs, pair -> outputs(re, im, pair, result, n * outputs));
    }
    return result;
  }

  /** The spectrum of one channel, at channel * points. */
  private void source(int[] source, int plane, int[] re, int[] im, int channel) {
    int at = channel * points;
    Arrays.fill(re, at, at + points, 0);
    Arrays.fill(im, at, at + points, 0);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        add(source[plane + y * width + x], re, at + (y & rows - 1) * columns + (x & columns - 1));
      }
    }
    transform.forward(re, im, at);
  }

  /** The outputs of one pair, from the spectra of all channels. */
  private void outputs(int[] re, int[] im, int pair, int[] result, int firstOutput) {
    int group = pair / groupPairs;
    int[] sumRe = new int[points];
    int[] sumIm = new int[points];
    boolean isPrepared = spectraRe.length > 0;
    int[] kernelRe = isPrepared ? spectraRe : new int[points];
    int[] kernelIm = isPrepared ? spectraIm : new int[points];
    for (int c = 0; c < groupChannels; c++) {
      int at = isPrepared ? (pair * groupChannels + c) * points : 0;
      if (!isPrepared) {
        Arrays.fill(kernelRe, 0);
        Arrays.fill(kernelIm, 0);
        kernel(weights, pair, c, kernelRe, kernelIm, 0);
      }
      transform.multiplyAdd(
          re, im, (group * groupChannels + c) * points, kernelRe, kernelIm, at, sumRe, sumIm, 0);
    }
    transform.inverse(sumRe, sumIm, 0);
    int first = group * groupOutputs + pair % groupPairs * 2;
    window(sumRe, result, firstOutput + first);
    if (pair % groupPairs * 2 + 1 < groupOutputs) {
      window(sumIm, result, firstOutput + first + 1);
    }
  }

  /** The elements of one output, where they stand among the points. */
  private void window(int[] plane, int[] result, int output) {
    int at = output * outHeight * outWidth;
    for (int y = 0; y < outHeight; y++) {
      int row = (y * conv.strides().get(0) - conv.paddingLow().get(0) & rows - 1) * columns;
      int strideX = conv.strides().get(1);
      int lowX = conv.paddingLow().get(1);
      for (int x = 0; x < outWidth; x++) {
        int value = plane[row + (x * strideX - lowX & columns - 1)];
        result[at + y * outWidth + x] = value > P / 2 ? value - P : value;
      }
    }
  }

  /**
   * The spectrum of the reversed kernels of a pair of outputs for one channel of their group, the
   * arrays being zero from {@code at} on.
   */
  private void kernel(int[] elements, int pair, int channel, int[] re, int[] im, int at) {
    int inGroup = pair % groupPairs * 2;
    int first = pair / groupPairs * groupOutputs + inGroup;
    place(elements, first, channel, re, at);
    if (inGroup + 1 < groupOutputs) {
      place(elements, first + 1, channel, im, at);
    }
    transform.forward(re, im, at);
  }

  private void place(int[] elements, int output, int channel, int[] part, int at) {
    int taps = (output * groupChannels + channel) * kernelHeight * kernelWidth;
    int dilationY = conv.dilations().get(0);
    int dilationX = conv.dilations().get(1);
    for (int y = 0; y < kernelHeight; y++) {
      int row = at + (-y * dilationY & rows - 1) * columns;
      for (int x = 0; x < kernelWidth; x++) {
        add(elements[taps + y * kernelWidth + x], part, row + (-x * dilationX & columns - 1));
      }
    }
  }

  /** Adds an integer in (-2^30, 2^30) to a point, modulo p. */
  private static void add(int value, int[] part, int point) {
    int sum = part[point] - P + value + (value >> 31 & P);
    part[point] = sum + (sum >> 31 & P);
  }
}
