package org.zkc.ir;

import java.util.List;

/**
 * A straight list of ops with parameters and results; ops may hold regions of their own (torch
 * level only).
 */
public record Region(List<Value> parameters, List<Op> body, List<Value> results) {
  public Region {
    parameters = List.copyOf(parameters);
    body = List.copyOf(body);
    results = List.copyOf(results);
  }
}
