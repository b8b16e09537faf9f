package org.zkc.gkr.prove;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.zkc.gkr.circuit.Circuit;

/** Model elements: in one byte where they fit, else in four; without shifts. */
public final class SmallModel implements ModelTensors {
  private final Circuit circuit;
  private final Map<Integer, MemorySegment> segments = new HashMap<>();

  public SmallModel(Circuit circuit, Map<Integer, int[]> elements) {
    this.circuit = circuit;
    elements.forEach(
        (tensor, values) -> {
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
    return new byte[circuit.tensors().get(tensor).extent(0)];
  }
}
