package org.zkc.gkr.circuit;

/**
 * result[..., o] = sum_i source[..., i] weight[o, i]; weight MODEL [O, I]. PROTOCOL section 4,
 * MatMul (Thaler 2013).
 */
public record MatMul(int result, int source, int weight) implements Relation {}
