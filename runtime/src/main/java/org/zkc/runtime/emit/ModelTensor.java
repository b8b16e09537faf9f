package org.zkc.runtime.emit;

import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;

/**
 * The elements of one MODEL tensor of a circuit: element = data << channelShifts[index on axis 0], an empty list meaning
 * no shifts. Row-major over the declared shape.
 *
 * @param tensor index in the circuit's tensors
 * @param name the parameter's qualified name in the user's model, for people only
 */
public record ModelTensor(int tensor, String name, TensorData data, List<Integer> channelShifts) {
  public ModelTensor {
    channelShifts = List.copyOf(channelShifts);
    if (!channelShifts.isEmpty() && (data.shape().rank() == 0 || channelShifts.size() != data.shape().extent(0))) {
      throw new IllegalArgumentException(
          "%d channel shifts for a parameter of shape %s".formatted(channelShifts.size(), data.shape()));
    }
  }

  /** All elements, shifts applied. */
  public int[] elements() {
    int[] out = new int[Math.toIntExact(data.elementCount())];
    switch (data.dtype()) {
      case I8 -> {
        var bytes = data.bytes();
        for (int i = 0; i < out.length; i++) {
          out[i] = bytes.get(java.lang.foreign.ValueLayout.JAVA_BYTE, i);
        }
      }
      case I64, I32, I16, U8, I1, F32, F64 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = Math.toIntExact(data.getLong(i));
        }
      }
    }
    if (!channelShifts.isEmpty()) {
      int slice = out.length / channelShifts.size();
      for (int channel = 0; channel < channelShifts.size(); channel++) {
        int shift = channelShifts.get(channel);
        for (int i = channel * slice; shift > 0 && i < (channel + 1) * slice; i++) {
          out[i] <<= shift;
        }
      }
    }
    return out;
  }

  /** Whether the elements are stored in one byte each, before shifts. */
  public boolean isBytes() {
    return data.dtype() == DType.I8;
  }
}
