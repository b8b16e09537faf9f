package org.zkc.ir;

import java.util.List;
import java.util.Objects;

/** A named region. Programs below the torch level have exactly one function, {@code main}. */
public record Function(String name, Region region, Location location) {
  public Function {
    Objects.requireNonNull(name);
    Objects.requireNonNull(region);
    Objects.requireNonNull(location);
  }

  public List<Value> parameters() {
    return region.parameters();
  }

  public List<Op> body() {
    return region.body();
  }

  public List<Value> results() {
    return region.results();
  }
}
