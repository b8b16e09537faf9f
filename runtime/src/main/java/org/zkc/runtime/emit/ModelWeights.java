package org.zkc.runtime.emit;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.prove.ModelTensors;

/** The model's integers, as the prover asks for them. */
public final class ModelWeights implements ModelTensors {
  private final List<ModelTensor> tensors;
  private final Map<Integer, ModelTensor> byIndex = new HashMap<>();

  public ModelWeights(List<ModelTensor> tensors) {
    this.tensors = List.copyOf(tensors);
    for (ModelTensor t : tensors) {
      byIndex.put(t.tensor(), t);
    }
  }

  /** All of them, by ascending tensor index. */
  public List<ModelTensor> tensors() {
    return tensors;
  }

  /** The MODEL tensor with this index in the circuit. */
  public ModelTensor tensor(int index) {
    ModelTensor t = byIndex.get(index);
    if (t == null) {
      throw new IllegalArgumentException("tensor " + index + " is not in the model");
    }
    return t;
  }

  /** Number of parameters. */
  public long elementCount() {
    return tensors.stream().mapToLong(ModelTensor::elementCount).sum();
  }

  @Override
  public MemorySegment mantissas(int tensor) {
    return tensor(tensor).mantissas();
  }

  @Override
  public int elementBytes(int tensor) {
    return tensor(tensor).elementBytes();
  }

  @Override
  public long byteSize(int tensor) {
    return tensor(tensor).weights().byteSize();
  }

  @Override
  public void copyChannel(int tensor, int channel, int[] out, int at, int count) {
    tensor(tensor).weights().copyElements((long) channel * count, out, at, count);
  }

  @Override
  public byte[] channelShifts(int tensor) {
    return tensor(tensor).channelShifts();
  }
}
