package org.zkc.gkr.relation;

import java.util.List;

/**
 * At every real index, the tuple of the tensors' elements is a row of the table. All tensors have
 * one shape.
 *
 * @param relation the index of the circuit's relation to which the lookup belongs
 */
public record Lookup(int relation, String name, List<Integer> tuple, int table) {
  public Lookup {
    tuple = List.copyOf(tuple);
  }
}
