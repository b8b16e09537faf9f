package org.zkc.passes.quantize;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.zkc.ir.Function;
import org.zkc.ir.Op;
import org.zkc.ir.UserException;
import org.zkc.ir.tensor.Constant;

/**
 * Bits of weights and activations, 4 to 16. Tensors whose bits are not fixed have {@link
 * #DEFAULT_BITS} and more, as measurements require.
 *
 * @param bits of every tensor that {@code bitsByName} does not name; empty: not fixed
 * @param bitsByName by parameter name ({@code layer1.0.conv1.weight}) for weights, by value name
 *     for activations; fixed
 * @param leastBits of inputs, by name, where they are not fixed by name
 */
public record QuantizationOptions(
    OptionalInt bits, Map<String, Integer> bitsByName, Map<String, Integer> leastBits) {
  /** The least bits of a tensor whose bits are not fixed. */
  public static final int DEFAULT_BITS = 8;

  /** The options with nothing fixed. */
  public static final QuantizationOptions DEFAULT =
      new QuantizationOptions(OptionalInt.empty(), Map.of(), Map.of());

  public QuantizationOptions {
    bitsByName = Map.copyOf(bitsByName);
    leastBits = Map.copyOf(leastBits);
    bits.ifPresent(b -> check("bits", b));
    new TreeMap<>(bitsByName).forEach((name, b) -> check("bits of " + name, b));
  }

  /** These options with least bits of inputs. */
  public QuantizationOptions withLeastBits(Map<String, Integer> least) {
    return new QuantizationOptions(bits, bitsByName, least);
  }

  /** Bits that are fixed: {@code bits} for all, others by name. */
  public static QuantizationOptions fixed(int bits, Map<String, Integer> bitsByName) {
    return new QuantizationOptions(OptionalInt.of(bits), bitsByName, Map.of());
  }

  private static void check(String what, int bits) {
    if (bits < 4 || bits > 16) {
      throw new UserException(what + " must be from 4 to 16, got " + bits);
    }
  }

  /**
   * @throws UserException when a tensor whose bits are given is not in the program
   */
  void checkNames(Function main) {
    Set<String> names = new TreeSet<>();
    main.parameters().forEach(v -> names.add(v.name()));
    for (Op op : main.body()) {
      names.add(op instanceof Constant c ? c.name() : op.definitions().getFirst().name());
    }
    for (String name : new TreeSet<>(bitsByName.keySet())) {
      if (!names.contains(name)) {
        throw new UserException(
            "no parameter or value is named %s, whose bits are given; zkc compile --emit tensor shows the names"
                .formatted(name));
      }
    }
  }

  /** Whether the tensor called {@code name} has the bits that it was given, and no others. */
  boolean isFixed(String name) {
    return bits.isPresent() || bitsByName.containsKey(name);
  }

  /** Bits of the tensor called {@code name}, the least where they are not fixed. */
  int bitsOf(String name) {
    return bitsByName.getOrDefault(name, bits.orElse(DEFAULT_BITS));
  }
}
