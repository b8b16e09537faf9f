package org.zkc.gkr.prove;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.zkc.gkr.circuit.Circuit;

/** Model elements held as ints, without shifts. */
public record SmallModel(Circuit circuit, Map<Integer, int[]> elements) implements ModelTensors {
  @Override
  public MemorySegment mantissas(int tensor) {
    int[] values = elements.get(tensor);
    MemorySegment out = MemorySegment.ofArray(new byte[4 * values.length]);
    MemorySegment.copy(values, 0, out, ValueLayout.JAVA_INT_UNALIGNED, 0, values.length);
    return out;
  }

  @Override
  public int elementBytes(int tensor) {
    return 4;
  }

  @Override
  public byte[] channelShifts(int tensor) {
    return new byte[circuit.tensors().get(tensor).extent(0)];
  }
}
