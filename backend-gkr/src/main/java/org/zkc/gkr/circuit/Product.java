package org.zkc.gkr.circuit;

/**
 * result = left * right elementwise; one shape. Either may be a MODEL tensor. PROTOCOL section 4,
 * Hadamard.
 */
public record Product(int result, int left, int right) implements Relation {}
