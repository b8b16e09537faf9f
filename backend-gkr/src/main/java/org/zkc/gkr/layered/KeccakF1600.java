package org.zkc.gkr.layered;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.gkr.field.M31;

/**
 * The permutation Keccak-f[1600] (FIPS 202) on bits that are wires, 1 for a bit of 0 and p - 1 for
 * a bit of 1: so the exclusive or is the product. Bit z of lane (x, y) is wire z of register 5 y +
 * x.
 *
 * <p>A round is three layers: the parities of the columns, of degree 5 in their sums; theta, a
 * product of three wires; and chi, of degree 3. Rho, pi and the rotation in theta are choices of
 * wires, iota a sign.
 *
 * <p>The caller must ensure that the inputs are 1 or p - 1; everybody can check this where they are
 * public.
 */
public final class KeccakF1600 {
  /** Lanes of the state, 64 wires each. */
  public static final int LANES = 25;

  public static final int LANE_BITS = 64;

  private static final int SIDE = 5;
  private static final int ROUNDS = 24;
  private static final long HALF = 1L << 30;

  /** 1 / 120. */
  private static final long SCALE = M31.inv(120);

  private final LayeredCircuitBuilder builder = new LayeredCircuitBuilder();

  private KeccakF1600() {}

  /** The permutation as a circuit: 25 inputs of 64 wires, committed to or public, to 25 outputs. */
  public static LayeredCircuit circuit(LayeredCircuit.Visibility inputs) {
    return new KeccakF1600().build(inputs);
  }

  private LayeredCircuit build(LayeredCircuit.Visibility visibility) {
    List<Wires> state = new ArrayList<>();
    for (int lane = 0; lane < LANES; lane++) {
      String name = "lane " + lane;
      state.add(
          switch (visibility) {
            case PUBLIC -> builder.publicInput(name, LANE_BITS);
            case COMMITTED -> builder.committedInput(name, LANE_BITS);
          });
    }
    int[] constants = roundConstants();
    for (int round = 0; round < ROUNDS; round++) {
      state = builder.layer(withParities(state));
      state = builder.layer(thetaRhoPi(state));
      Wires[] next = chi(state, constants, round);
      if (round == ROUNDS - 1) {
        return builder.outputs(next);
      }
      state = builder.layer(next);
    }
    throw new IllegalStateException("the last round returns");
  }

  /** The state, the columns' parities, and these rotated by one bit. */
  private Wires[] withParities(List<Wires> state) {
    ArrayList<Wires> out = new ArrayList<>(state);
    ArrayList<Wires> rotated = new ArrayList<>();
    for (int x = 0; x < SIDE; x++) {
      Wires parity = parity(state, x);
      out.add(parity);
      rotated.add(rotate(parity, 1));
    }
    out.addAll(rotated);
    return out.toArray(Wires[]::new);
  }

  /**
   * The product of a column's five signs as a polynomial of their sum s, one of +-1, +-3 and +-5: s
   * ((s^2 - 15)^2 - 76) / 120. The prover has one table of sums in place of five of signs.
   */
  private Wires parity(List<Wires> state, int x) {
    Wires[] column = new Wires[SIDE];
    for (int y = 0; y < SIDE; y++) {
      column[y] = state.get(SIDE * y + x);
    }
    Wires sum = builder.sum(new long[] {1, 1, 1, 1, 1}, column);
    Wires centred = builder.subtract(builder.multiply(sum, sum), builder.constants(15, LANE_BITS));
    Wires product = builder.multiply(sum, builder.multiply(centred, centred));
    return builder.sum(new long[] {SCALE, -76 * SCALE}, product, sum);
  }

  /** Towards higher bits. */
  private Wires rotate(Wires lane, int by) {
    return builder.select(
        lane, IntStream.range(0, LANE_BITS).map(z -> Math.floorMod(z - by, LANE_BITS)).toArray());
  }

  private Wires[] thetaRhoPi(List<Wires> state) {
    Wires[] out = new Wires[LANES];
    int[] offsets = rotations();
    for (int x = 0; x < SIDE; x++) {
      Wires left = state.get(LANES + (x + SIDE - 1) % SIDE);
      Wires right = state.get(LANES + SIDE + (x + 1) % SIDE);
      Wires both = builder.multiply(left, right);
      for (int y = 0; y < SIDE; y++) {
        int from = SIDE * y + x;
        int to = SIDE * ((2 * x + 3 * y) % SIDE) + y;
        out[to] = rotate(builder.multiply(both, state.get(from)), offsets[from]);
      }
    }
    return out;
  }

  /** a xor (not b and c), then the round constant in lane 0. */
  private Wires[] chi(List<Wires> state, int[] constants, int round) {
    Wires[] out = new Wires[LANES];
    Wires one = builder.constants(1, LANE_BITS);
    for (int lane = 0; lane < LANES; lane++) {
      int row = lane / SIDE * SIDE;
      Wires a = state.get(lane);
      Wires b = state.get(row + (lane + 1) % SIDE);
      Wires c = state.get(row + (lane + 2) % SIDE);
      // The sign of "not b and c" is (1 - b + c + b c) / 2.
      Wires sign = builder.sum(new long[] {1, -1, 1, 1}, one, b, c, builder.multiply(b, c));
      out[lane] = builder.scale(HALF, builder.multiply(a, sign));
    }
    long constant = constants(constants, round);
    // A bit of the constant changes the sign.
    int[] signs =
        IntStream.range(0, LANE_BITS).map(z -> z + (int) (constant >> z & 1) * LANE_BITS).toArray();
    out[0] = builder.select(List.of(out[0], builder.scale(-1, out[0])), signs);
    return out;
  }

  /**
   * The offset of each lane: it moves on the path (x, y) to (y, 2 x + 3 y) by triangular numbers.
   */
  private static int[] rotations() {
    int[] out = new int[LANES];
    int x = 1;
    int y = 0;
    for (int t = 0; t < LANES - 1; t++) {
      out[SIDE * y + x] = (t + 1) * (t + 2) / 2 % LANE_BITS;
      int next = (2 * x + 3 * y) % SIDE;
      x = y;
      y = next;
    }
    return out;
  }

  /** Bits of the shift register x^8 + x^6 + x^5 + x^4 + 1, seven a round. */
  private static int[] roundConstants() {
    int[] out = new int[7 * ROUNDS];
    int state = 1;
    for (int k = 0; k < out.length; k++) {
      out[k] = state & 1;
      state <<= 1;
      state ^= (state >> 8 & 1) * 0x171;
    }
    return out;
  }

  private static long constants(int[] bits, int round) {
    long out = 0;
    for (int j = 0; j < 7; j++) {
      out |= (long) bits[7 * round + j] << (1 << j) - 1;
    }
    return out;
  }
}
