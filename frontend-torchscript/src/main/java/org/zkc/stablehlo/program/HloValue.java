package org.zkc.stablehlo.program;

import java.util.Objects;

/**
 * A value: an argument of a block or a result of an operation. Two values are the same when they
 * are the same object; names are unique in their function at most.
 */
public final class HloValue {
  private final String name;
  private final HloType type;

  /**
   * A new value.
   *
   * @param name as the text refers to the value, without the percent sign: {@code arg0}, {@code
   *     0#1}
   */
  public HloValue(String name, HloType type) {
    this.name = Objects.requireNonNull(name);
    this.type = Objects.requireNonNull(type);
  }

  public String name() {
    return name;
  }

  public HloType type() {
    return type;
  }

  @Override
  public String toString() {
    return "%" + name + " : " + type.text();
  }
}
