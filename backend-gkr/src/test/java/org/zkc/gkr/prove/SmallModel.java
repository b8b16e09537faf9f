package org.zkc.gkr.prove;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.TensorDeclaration;

/**
 * Model elements as mantissas of one byte where they fit, else of four, with the largest shifts
 * that all elements of a channel allow.
 */
public final class SmallModel implements ModelTensors {
  private final Circuit circuit;
  private final Map<Integer, byte[]> shifts = new HashMap<>();
  private final Map<Integer, MemorySegment> segments = new HashMap<>();

  public SmallModel(Circuit circuit, Map<Integer, int[]> elements) {
    this.circuit = circuit;
    elements.forEach((tensor, elementsOfTensor) -> {
      if (circuit.tensors().get(tensor).role() != TensorDeclaration.Role.MODEL) {
        return;
      }
      int[] values = elementsOfTensor.clone();
      byte[] own = new byte[circuit.tensors().get(tensor).extent(0)];
      int rest = values.length / own.length;
      for (int o = 0; o < own.length; o++) {
        int all = 1 << 3;
        for (int k = 0; k < rest; k++) {
          all |= values[o * rest + k];
        }
        own[o] = (byte) Integer.numberOfTrailingZeros(all);
        for (int k = 0; k < rest; k++) {
          values[o * rest + k] >>= own[o];
        }
      }
      shifts.put(tensor, own);
      if (Arrays.stream(values).allMatch(v -> v == (byte) v)) {
        byte[] bytes = new byte[values.length];
        for (int k = 0; k < bytes.length; k++) {
          bytes[k] = (byte) values[k];
        }
        segments.put(tensor, MemorySegment.ofArray(bytes));
      } else {
        MemorySegment wide = MemorySegment.ofArray(new byte[4 * values.length]);
        MemorySegment.copy(values, 0, wide, ValueLayout.JAVA_INT_UNALIGNED, 0, values.length);
        segments.put(tensor, wide);
      }
    });
  }

  @Override
  public MemorySegment mantissas(int tensor) {
    return segments.get(tensor);
  }

  @Override
  public int elementBytes(int tensor) {
    return (int) (segments.get(tensor).byteSize() / circuit.tensors().get(tensor).elementCount());
  }

  @Override
  public byte[] channelShifts(int tensor) {
    return shifts.get(tensor);
  }
}
