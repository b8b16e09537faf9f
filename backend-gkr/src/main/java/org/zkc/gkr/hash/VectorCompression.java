package org.zkc.gkr.hash;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Compression of as many lanes as an int vector has, then of single lanes. The sixteen state words
 * stay in registers over the seven rounds; message words are loaded where a round wants them. The
 * round is written out: helpers past C2's inlining limits would box every vector. So would state
 * words that methods are called on as a round begins: C2 knows their class from a profile alone.
 */
final class VectorCompression implements Compression {
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int LANES = I.length();

  @Override
  public void compress(
      int[] chaining,
      int chainingBase,
      int chainingStride,
      int[] message,
      int messageBase,
      int messageStride,
      int lanes,
      long counter,
      int blockLength,
      int flags) {
    int[] offsets = new int[Blake3.SCHEDULE.length];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = messageStride * Blake3.SCHEDULE[i];
    }
    int l = 0;
    for (; l <= lanes - LANES; l += LANES) {
      group(
          chaining,
          chainingBase + l,
          chainingStride,
          message,
          messageBase + l,
          offsets,
          counter,
          blockLength,
          flags);
    }
    for (; l < lanes; l++) {
      Blake3.compress(
          chaining,
          chainingBase + l,
          chainingStride,
          message,
          messageBase + l,
          messageStride,
          counter,
          blockLength,
          flags);
    }
  }

  private static void group(
      int[] chaining,
      int at,
      int stride,
      int[] message,
      int base,
      int[] offsets,
      long counter,
      int blockLength,
      int flags) {
    IntVector v0 = IntVector.fromArray(I, chaining, at);
    IntVector v1 = IntVector.fromArray(I, chaining, at + stride);
    IntVector v2 = IntVector.fromArray(I, chaining, at + 2 * stride);
    IntVector v3 = IntVector.fromArray(I, chaining, at + 3 * stride);
    IntVector v4 = IntVector.fromArray(I, chaining, at + 4 * stride);
    IntVector v5 = IntVector.fromArray(I, chaining, at + 5 * stride);
    IntVector v6 = IntVector.fromArray(I, chaining, at + 6 * stride);
    IntVector v7 = IntVector.fromArray(I, chaining, at + 7 * stride);
    IntVector v8 = IntVector.broadcast(I, Blake3.IV[0]);
    IntVector v9 = IntVector.broadcast(I, Blake3.IV[1]);
    IntVector v10 = IntVector.broadcast(I, Blake3.IV[2]);
    IntVector v11 = IntVector.broadcast(I, Blake3.IV[3]);
    IntVector v12 = IntVector.broadcast(I, (int) counter);
    IntVector v13 = IntVector.broadcast(I, (int) (counter >>> 32));
    IntVector v14 = IntVector.broadcast(I, blockLength);
    IntVector v15 = IntVector.broadcast(I, flags);
    for (int s = 0; s < offsets.length; s += Blake3.BLOCK_WORDS) {
      v0 = IntVector.fromArray(I, message, base + offsets[s + 0]).add(v4).add(v0);
      v1 = IntVector.fromArray(I, message, base + offsets[s + 2]).add(v5).add(v1);
      v2 = IntVector.fromArray(I, message, base + offsets[s + 4]).add(v6).add(v2);
      v3 = IntVector.fromArray(I, message, base + offsets[s + 6]).add(v7).add(v3);
      v12 = v0.lanewise(VectorOperators.XOR, v12).lanewise(VectorOperators.ROR, 16);
      v13 = v1.lanewise(VectorOperators.XOR, v13).lanewise(VectorOperators.ROR, 16);
      v14 = v2.lanewise(VectorOperators.XOR, v14).lanewise(VectorOperators.ROR, 16);
      v15 = v3.lanewise(VectorOperators.XOR, v15).lanewise(VectorOperators.ROR, 16);
      v8 = v12.add(v8);
      v9 = v13.add(v9);
      v10 = v14.add(v10);
      v11 = v15.add(v11);
      v4 = v8.lanewise(VectorOperators.XOR, v4).lanewise(VectorOperators.ROR, 12);
      v5 = v9.lanewise(VectorOperators.XOR, v5).lanewise(VectorOperators.ROR, 12);
      v6 = v10.lanewise(VectorOperators.XOR, v6).lanewise(VectorOperators.ROR, 12);
      v7 = v11.lanewise(VectorOperators.XOR, v7).lanewise(VectorOperators.ROR, 12);
      v0 = IntVector.fromArray(I, message, base + offsets[s + 1]).add(v4).add(v0);
      v1 = IntVector.fromArray(I, message, base + offsets[s + 3]).add(v5).add(v1);
      v2 = IntVector.fromArray(I, message, base + offsets[s + 5]).add(v6).add(v2);
      v3 = IntVector.fromArray(I, message, base + offsets[s + 7]).add(v7).add(v3);
      v12 = v0.lanewise(VectorOperators.XOR, v12).lanewise(VectorOperators.ROR, 8);
      v13 = v1.lanewise(VectorOperators.XOR, v13).lanewise(VectorOperators.ROR, 8);
      v14 = v2.lanewise(VectorOperators.XOR, v14).lanewise(VectorOperators.ROR, 8);
      v15 = v3.lanewise(VectorOperators.XOR, v15).lanewise(VectorOperators.ROR, 8);
      v8 = v12.add(v8);
      v9 = v13.add(v9);
      v10 = v14.add(v10);
      v11 = v15.add(v11);
      v4 = v8.lanewise(VectorOperators.XOR, v4).lanewise(VectorOperators.ROR, 7);
      v5 = v9.lanewise(VectorOperators.XOR, v5).lanewise(VectorOperators.ROR, 7);
      v6 = v10.lanewise(VectorOperators.XOR, v6).lanewise(VectorOperators.ROR, 7);
      v7 = v11.lanewise(VectorOperators.XOR, v7).lanewise(VectorOperators.ROR, 7);
      v0 = IntVector.fromArray(I, message, base + offsets[s + 8]).add(v5).add(v0);
      v1 = IntVector.fromArray(I, message, base + offsets[s + 10]).add(v6).add(v1);
      v2 = IntVector.fromArray(I, message, base + offsets[s + 12]).add(v7).add(v2);
      v3 = IntVector.fromArray(I, message, base + offsets[s + 14]).add(v4).add(v3);
      v15 = v0.lanewise(VectorOperators.XOR, v15).lanewise(VectorOperators.ROR, 16);
      v12 = v1.lanewise(VectorOperators.XOR, v12).lanewise(VectorOperators.ROR, 16);
      v13 = v2.lanewise(VectorOperators.XOR, v13).lanewise(VectorOperators.ROR, 16);
      v14 = v3.lanewise(VectorOperators.XOR, v14).lanewise(VectorOperators.ROR, 16);
      v10 = v15.add(v10);
      v11 = v12.add(v11);
      v8 = v13.add(v8);
      v9 = v14.add(v9);
      v5 = v10.lanewise(VectorOperators.XOR, v5).lanewise(VectorOperators.ROR, 12);
      v6 = v11.lanewise(VectorOperators.XOR, v6).lanewise(VectorOperators.ROR, 12);
      v7 = v8.lanewise(VectorOperators.XOR, v7).lanewise(VectorOperators.ROR, 12);
      v4 = v9.lanewise(VectorOperators.XOR, v4).lanewise(VectorOperators.ROR, 12);
      v0 = IntVector.fromArray(I, message, base + offsets[s + 9]).add(v5).add(v0);
      v1 = IntVector.fromArray(I, message, base + offsets[s + 11]).add(v6).add(v1);
      v2 = IntVector.fromArray(I, message, base + offsets[s + 13]).add(v7).add(v2);
      v3 = IntVector.fromArray(I, message, base + offsets[s + 15]).add(v4).add(v3);
      v15 = v0.lanewise(VectorOperators.XOR, v15).lanewise(VectorOperators.ROR, 8);
      v12 = v1.lanewise(VectorOperators.XOR, v12).lanewise(VectorOperators.ROR, 8);
      v13 = v2.lanewise(VectorOperators.XOR, v13).lanewise(VectorOperators.ROR, 8);
      v14 = v3.lanewise(VectorOperators.XOR, v14).lanewise(VectorOperators.ROR, 8);
      v10 = v15.add(v10);
      v11 = v12.add(v11);
      v8 = v13.add(v8);
      v9 = v14.add(v9);
      v5 = v10.lanewise(VectorOperators.XOR, v5).lanewise(VectorOperators.ROR, 7);
      v6 = v11.lanewise(VectorOperators.XOR, v6).lanewise(VectorOperators.ROR, 7);
      v7 = v8.lanewise(VectorOperators.XOR, v7).lanewise(VectorOperators.ROR, 7);
      v4 = v9.lanewise(VectorOperators.XOR, v4).lanewise(VectorOperators.ROR, 7);
    }
    v0.lanewise(VectorOperators.XOR, v8).intoArray(chaining, at);
    v1.lanewise(VectorOperators.XOR, v9).intoArray(chaining, at + stride);
    v2.lanewise(VectorOperators.XOR, v10).intoArray(chaining, at + 2 * stride);
    v3.lanewise(VectorOperators.XOR, v11).intoArray(chaining, at + 3 * stride);
    v4.lanewise(VectorOperators.XOR, v12).intoArray(chaining, at + 4 * stride);
    v5.lanewise(VectorOperators.XOR, v13).intoArray(chaining, at + 5 * stride);
    v6.lanewise(VectorOperators.XOR, v14).intoArray(chaining, at + 6 * stride);
    v7.lanewise(VectorOperators.XOR, v15).intoArray(chaining, at + 7 * stride);
  }
}
