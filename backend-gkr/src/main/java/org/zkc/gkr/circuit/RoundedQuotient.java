package org.zkc.gkr.circuit;

/**
 * result = floor((2^(bits+1) n + d) / (2 d)) for 0 <= n <= d, d > 0: with P = d * result (a
 * product), rem = 2^(bits+1) n + d - 2 P lies in [0, 2d): rem and 2d - 1 - rem are range-checked,
 * result is in [0, 2^bits], and (2^bits + 1) 2 d_max < p. PROTOCOL section 4, Division.
 */
public record RoundedQuotient(int result, int numerator, int denominator, int bits)
    implements Relation {}
