package org.zkc.runtime.emit;

import java.lang.foreign.MemorySegment;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.integer.IntegerWeights;

/**
 * The elements of one MODEL tensor of a circuit.
 *
 * @param tensor index in the circuit's tensors
 * @param name the parameter's qualified name in the user's model, for people only
 * @param weights with mantissas of 1, 2 or 4 bytes, signed
 */
public record ModelTensor(int tensor, String name, IntegerWeights weights) {

  /** Mantissas of another type are narrowed to 4 bytes. */
  public ModelTensor {
    weights =
        switch (weights.dtype()) {
          case I8, I16, I32 -> weights;
          case I64, U8, I1, U16, U32, U64 ->
              IntegerWeights.of(
                  TensorData.ofLongs(DType.I32, weights.shape(), weights.mantissas().toLongs()),
                  weights.channelShifts());
          case F32, F64, F16, BF16 -> throw new AssertionError("weights are integers");
        };
  }

  /** Bytes of a mantissa. */
  public int elementBytes() {
    return weights.dtype().bytes();
  }

  /** Row-major, little-endian, read-only. */
  public MemorySegment mantissas() {
    return weights.mantissas().bytes();
  }

  /** One for each index of axis 0, each in 0..29. */
  public byte[] channelShifts() {
    byte[] out = new byte[weights.channels()];
    for (int c = 0; c < out.length; c++) {
      out[c] = (byte) weights.shift(c);
    }
    return out;
  }

  public long elementCount() {
    return weights.elementCount();
  }

  /** All elements, shifts applied. */
  public int[] elements() {
    int[] out = new int[Math.toIntExact(elementCount())];
    weights.copyElements(0, out, 0, out.length);
    return out;
  }

  /** The elements at one index of axis 0, shifts applied, into an array of their number. */
  public void copyChannel(int channel, int[] out) {
    weights.copyElements(channel * weights.channelSize(), out, 0, out.length);
  }
}
