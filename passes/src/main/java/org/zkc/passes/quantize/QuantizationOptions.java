package org.zkc.passes.quantize;

import java.util.Map;
import java.util.TreeMap;
import org.zkc.ir.UserException;

/**
 * Bits of weights and activations: 4 to 16, 8 unless said otherwise.
 *
 * @param bits for every tensor that {@code bitsByName} does not name
 * @param bitsByName by parameter name ({@code layer1.0.conv1.weight}) for weights, by value name
 *     for activations
 */
public record QuantizationOptions(int bits, Map<String, Integer> bitsByName) {
  public static final int DEFAULT_BITS = 8;
  public static final QuantizationOptions DEFAULT = new QuantizationOptions(DEFAULT_BITS, Map.of());

  public QuantizationOptions {
    bitsByName = Map.copyOf(bitsByName);
    check("bits", bits);
    new TreeMap<>(bitsByName).forEach((name, b) -> check("bits of " + name, b));
  }

  private static void check(String what, int bits) {
    if (bits < 4 || bits > 16) {
      throw new UserException(what + " must be from 4 to 16, got " + bits);
    }
  }

  /** Bits of the tensor called {@code name}. */
  public int bitsOf(String name) {
    return bitsByName.getOrDefault(name, bits);
  }
}
