package org.zkc.runtime.emit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;

/**
 * The elements of one MODEL tensor of a circuit, row-major: element = mantissa <<
 * channelShifts[index on axis 0]. Mantissas are signed, little-endian, of 1, 2 or 4 bytes, possibly
 * memory-mapped.
 */
public final class ModelTensor {
  private static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int tensor;
  private final String name;
  private final int elementBytes;
  private final MemorySegment mantissas;
  private final byte[] channelShifts;

  /**
   * @param tensor index in the circuit's tensors
   * @param name the parameter's qualified name in the user's model, for people only
   * @param channelShifts one for each index of axis 0, each in 0..30
   */
  public ModelTensor(
      int tensor, String name, int elementBytes, MemorySegment mantissas, byte[] channelShifts) {
    if (elementBytes != 1 && elementBytes != 2 && elementBytes != 4) {
      throw new IllegalArgumentException("elements of " + elementBytes + " bytes");
    }
    if (channelShifts.length == 0
        || mantissas.byteSize() % ((long) elementBytes * channelShifts.length) != 0) {
      throw new IllegalArgumentException(
          "%d bytes do not split over %d channels"
              .formatted(mantissas.byteSize(), channelShifts.length));
    }
    for (byte shift : channelShifts) {
      if (shift < 0 || shift > 30) {
        throw new IllegalArgumentException("channel shift " + shift);
      }
    }
    this.tensor = tensor;
    this.name = name;
    this.elementBytes = elementBytes;
    this.mantissas = mantissas.asReadOnly();
    this.channelShifts = channelShifts.clone();
  }

  /**
   * From an IR constant, in the narrowest of the three widths that its type allows without looking
   * at the elements.
   *
   * @param shifts as in {@link org.zkc.ir.circuit.Model}: empty means none
   */
  public static ModelTensor of(int tensor, String name, TensorData data, List<Integer> shifts) {
    int channels = data.shape().rank() == 0 ? 1 : data.shape().extent(0);
    byte[] channelShifts = new byte[channels];
    for (int i = 0; i < shifts.size(); i++) {
      channelShifts[i] = (byte) Math.toIntExact(shifts.get(i));
    }
    return switch (data.dtype()) {
      case I8, I16, I32 ->
          new ModelTensor(tensor, name, data.dtype().bytes(), data.bytes(), channelShifts);
      case I64, U8, I1 -> {
        TensorData narrowed = TensorData.ofLongs(DType.I32, data.shape(), data.toLongs());
        yield new ModelTensor(tensor, name, 4, narrowed.bytes(), channelShifts);
      }
      case F32, F64 ->
          throw new IllegalArgumentException("parameter " + name + " is not an integer tensor");
    };
  }

  public int tensor() {
    return tensor;
  }

  public String name() {
    return name;
  }

  public int elementBytes() {
    return elementBytes;
  }

  /** Read-only. */
  public MemorySegment mantissas() {
    return mantissas;
  }

  public byte[] channelShifts() {
    return channelShifts.clone();
  }

  /** Extent of axis 0; 1 for a scalar. */
  public int channels() {
    return channelShifts.length;
  }

  public int elementCount() {
    return Math.toIntExact(mantissas.byteSize() / elementBytes);
  }

  /** All elements, shifts applied. */
  public int[] elements() {
    int[] out = new int[elementCount()];
    int slice = out.length / channelShifts.length;
    for (int channel = 0; channel < channelShifts.length; channel++) {
      copyChannel(channel, slice, out, channel * slice);
    }
    return out;
  }

  /** The elements at one index of axis 0, shifts applied, into an array of their number. */
  public void copyChannel(int channel, int[] out) {
    copyChannel(channel, elementCount() / channelShifts.length, out, 0);
  }

  private void copyChannel(int channel, int slice, int[] out, int at) {
    int shift = channelShifts[channel];
    long size = (long) slice * elementBytes;
    MemorySegment part = mantissas.asSlice(channel * size, size);
    switch (elementBytes) {
      case 1 -> widen(part.toArray(ValueLayout.JAVA_BYTE), shift, out, at);
      case 2 -> widen(part.toArray(I16), shift, out, at);
      default -> widen(part.toArray(I32), shift, out, at);
    }
  }

  private static void widen(byte[] mantissas, int shift, int[] out, int at) {
    for (int i = 0; i < mantissas.length; i++) {
      out[at + i] = mantissas[i] << shift;
    }
  }

  private static void widen(short[] mantissas, int shift, int[] out, int at) {
    for (int i = 0; i < mantissas.length; i++) {
      out[at + i] = mantissas[i] << shift;
    }
  }

  private static void widen(int[] mantissas, int shift, int[] out, int at) {
    for (int i = 0; i < mantissas.length; i++) {
      out[at + i] = mantissas[i] << shift;
    }
  }
}
