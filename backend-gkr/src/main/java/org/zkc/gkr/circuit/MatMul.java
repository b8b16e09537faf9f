package org.zkc.gkr.circuit;

/**
 * result[..., o] = sum_i source[..., i] weight[o, i]; weight MODEL [O, I]. docs/protocol.md section
 * 5.5 (Thaler 2013).
 */
public record MatMul(int result, int source, int weight) implements Relation {}
