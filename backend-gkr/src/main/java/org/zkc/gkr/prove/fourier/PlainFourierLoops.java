package org.zkc.gkr.prove.fourier;

import org.zkc.gkr.field.M31;

/** The reference loops, without vector instructions. */
final class PlainFourierLoops implements FourierLoops {
  @Override
  public void forward(
      int[] re, int[] im, int at, int half, int groups, int runs, Roots roots, int first) {
    for (int block = 0; block < groups * runs; block++) {
      int low = at + 2 * block * half;
      int g = first + (block & groups - 1);
      forward(re, im, low, half, roots.re()[g], roots.im()[g]);
    }
  }

  private static void forward(int[] re, int[] im, int at, int half, int tr, int ti) {
    int minusTi = M31.P - ti;
    for (int k = at; k < at + half; k++) {
      int br = re[k + half];
      int bi = im[k + half];
      int cr = M31.reduce((long) br * tr + (long) bi * minusTi);
      int ci = M31.reduce((long) br * ti + (long) bi * tr);
      int ar = re[k];
      int ai = im[k];
      re[k] = M31.add(ar, cr);
      im[k] = M31.add(ai, ci);
      re[k + half] = M31.sub(ar, cr);
      im[k + half] = M31.sub(ai, ci);
    }
  }

  @Override
  public void inverse(
      int[] re, int[] im, int at, int half, int groups, int runs, Roots roots, int first) {
    for (int block = 0; block < groups * runs; block++) {
      int low = at + 2 * block * half;
      int g = first + (block & groups - 1);
      inverse(re, im, low, half, roots.re()[g], M31.neg(roots.im()[g]));
    }
  }

  private static void inverse(int[] re, int[] im, int at, int half, int tr, int ti) {
    int minusTi = M31.P - ti;
    for (int k = at; k < at + half; k++) {
      int ar = re[k];
      int ai = im[k];
      int br = re[k + half];
      int bi = im[k + half];
      re[k] = M31.add(ar, br);
      im[k] = M31.add(ai, bi);
      int dr = M31.sub(ar, br);
      int di = M31.sub(ai, bi);
      re[k + half] = M31.reduce((long) dr * tr + (long) di * minusTi);
      im[k + half] = M31.reduce((long) dr * ti + (long) di * tr);
    }
  }

  @Override
  public void multiply(
      int[] aRe,
      int[] aIm,
      int aAt,
      int[] bRe,
      int[] bIm,
      int bAt,
      int[] outRe,
      int[] outIm,
      int outAt,
      int count,
      boolean add) {
    for (int k = 0; k < count; k++) {
      int ar = aRe[aAt + k];
      int ai = aIm[aAt + k];
      int br = bRe[bAt + k];
      int bi = bIm[bAt + k];
      int cr = M31.reduce((long) ar * br + (long) ai * (M31.P - bi));
      int ci = M31.reduce((long) ar * bi + (long) ai * br);
      outRe[outAt + k] = add ? M31.add(outRe[outAt + k], cr) : cr;
      outIm[outAt + k] = add ? M31.add(outIm[outAt + k], ci) : ci;
    }
  }
}
