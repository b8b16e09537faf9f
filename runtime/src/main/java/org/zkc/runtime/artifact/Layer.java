package org.zkc.runtime.artifact;

import java.util.List;
import org.zkc.ir.Location;

/**
 * A layer of the network: one op of the tensor-level program that was quantised, constants
 * excepted. Its number, from 1, is its place in {@link Summary#graph}.
 *
 * @param name the module that its parameters belong to, {@code layer1.0.conv1}; empty for layers
 *     without any
 * @param mnemonic of the tensor-level op
 * @param text the op in the IR's textual form, without the elements of its tensors
 * @param location the line of the user's source
 * @param shape of its result
 * @param inputs numbers of the layers that it reads
 * @param parameters which inputs of the model it reads, from 0
 * @param carrier the layer whose integer-level ops compute this one's integers: itself, another one
 *     that it was merged into, or 0 where no integer stands for its result alone
 * @param bounds the finite bounds of a clamp, and the numbers that another function of one variable
 *     stays at: results at them are meant to be cut
 */
public record Layer(
    String name,
    String mnemonic,
    String text,
    Location location,
    List<Integer> shape,
    List<Integer> inputs,
    List<Integer> parameters,
    int carrier,
    List<Double> bounds) {

  public Layer {
    shape = List.copyOf(shape);
    inputs = List.copyOf(inputs);
    parameters = List.copyOf(parameters);
    bounds = List.copyOf(bounds);
  }
}
