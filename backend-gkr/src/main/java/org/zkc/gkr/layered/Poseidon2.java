package org.zkc.gkr.layered;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The permutation Poseidon2 (Grassi, Khovratovich, Schofnegger 2023) over F with 16 elements, S-box
 * x^5, 8 full and 14 partial rounds. Round constants are those of {@link Grain} for these
 * parameters; the matrices are Plonky3's for Mersenne31 ({@code mersenne-31/src/poseidon2.rs}): the
 * circulant of (2, 3, 1, 1) in the external one, the diagonal -2, 1, 2, 4, .., 2^8, 2^10, 2^12, ..,
 * 2^16 in the internal one.
 *
 * <p>A round is one layer: the S-boxes of the wires that it reads, its linear map, and the
 * constants of the next round, 22 layers of degree 5 in all.
 */
public final class Poseidon2 {
  /** Elements of the state. */
  public static final int WIDTH = 16;

  private static final int HALF_FULL_ROUNDS = 4;
  private static final int PARTIAL_ROUNDS = 14;
  private static final int ROUNDS = 2 * HALF_FULL_ROUNDS + PARTIAL_ROUNDS;
  private static final int BLOCK = 4;
  private static final int[] CIRCULANT = {2, 3, 1, 1};
  private static final int[] SHIFTS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16};

  /** The constants of each round: of all elements, or of the first one. */
  private final int[][] constants = new int[ROUNDS][];

  private final LayeredCircuitBuilder builder = new LayeredCircuitBuilder();

  private Poseidon2() {
    Grain grain = new Grain(WIDTH, 2 * HALF_FULL_ROUNDS, PARTIAL_ROUNDS);
    for (int r = 0; r < ROUNDS; r++) {
      constants[r] = IntStream.range(0, isFull(r) ? WIDTH : 1).map(k -> grain.residue()).toArray();
    }
  }

  private static boolean isFull(int round) {
    return round < HALF_FULL_ROUNDS || round >= HALF_FULL_ROUNDS + PARTIAL_ROUNDS;
  }

  /** The permutation as a circuit: 16 input wires, committed to or public, to 16 output wires. */
  public static LayeredCircuit circuit(LayeredCircuit.Visibility inputs) {
    return new Poseidon2().build(inputs);
  }

  private LayeredCircuit build(LayeredCircuit.Visibility visibility) {
    Wires state =
        switch (visibility) {
          case PUBLIC -> builder.publicInput("state", WIDTH);
          case COMMITTED -> builder.committedInput("state", WIDTH);
        };
    // The first linear map stands before the first S-boxes: a layer of its own.
    List<Wires> next = builder.layer(beforeRound(0, external(state)));
    for (int r = 0; r < ROUNDS - 1; r++) {
      next = builder.layer(beforeRound(r + 1, round(r, next)));
    }
    return builder.outputs(round(ROUNDS - 1, next));
  }

  private Wires round(int round, List<Wires> state) {
    return isFull(round)
        ? external(fifthPower(state.getFirst()))
        : internal(fifthPower(state.getFirst()), state.get(1));
  }

  /** The state with the constants of a round, as the round reads it. */
  private Wires[] beforeRound(int round, Wires state) {
    if (isFull(round)) {
      return new Wires[] {builder.add(state, constant(round))};
    }
    Wires first = builder.add(builder.slice(state, 0, 1), constant(round));
    return new Wires[] {first, builder.slice(state, 1, WIDTH - 1)};
  }

  private Wires constant(int round) {
    return builder.constant(Arrays.stream(constants[round]).asLongStream().toArray());
  }

  private Wires fifthPower(Wires x) {
    Wires square = builder.multiply(x, x);
    return builder.multiply(builder.multiply(square, square), x);
  }

  /** Each block of 4 by the circulant, and the sum of all blocks added to each. */
  private Wires external(Wires state) {
    Wires[] rotations = new Wires[BLOCK];
    for (int k = 0; k < BLOCK; k++) {
      int shift = k;
      rotations[k] =
          builder.select(
              state,
              IntStream.range(0, WIDTH)
                  .map(j -> j / BLOCK * BLOCK + (j + shift) % BLOCK)
                  .toArray());
    }
    Wires blocks = builder.sum(Arrays.stream(CIRCULANT).asLongStream().toArray(), rotations);
    ArrayList<Wires> terms = new ArrayList<>(List.of(blocks));
    long[] coefficients = new long[BLOCK];
    Arrays.fill(coefficients, 1);
    coefficients[0] = 2;
    for (int k = 1; k < BLOCK; k++) {
      int shift = k * BLOCK;
      terms.add(
          builder.select(
              blocks, IntStream.range(0, WIDTH).map(j -> (j + shift) % WIDTH).toArray()));
    }
    return builder.sum(coefficients, terms.toArray(Wires[]::new));
  }

  /** The sum of the state added to each element times its diagonal entry. */
  private Wires internal(Wires first, Wires others) {
    Wires sum = builder.add(first, builder.total(others));
    ArrayList<Wires> parts = new ArrayList<>(List.of(builder.sum(new long[] {1, -2}, sum, first)));
    for (int k = 0; k < SHIFTS.length; k++) {
      parts.add(builder.sum(new long[] {1, 1L << SHIFTS[k]}, sum, builder.slice(others, k, 1)));
    }
    return builder.concat(parts.toArray(Wires[]::new));
  }
}
