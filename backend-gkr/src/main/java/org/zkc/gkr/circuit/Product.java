package org.zkc.gkr.circuit;

/**
 * result = left * right elementwise; one shape. Either may be a MODEL tensor. docs/protocol.md
 * section 5.5.
 */
public record Product(int result, int left, int right) implements Relation {}
