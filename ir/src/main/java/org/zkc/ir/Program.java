package org.zkc.ir;

import java.util.List;
import java.util.Objects;

/** Functions of one level; {@code main} is the entry. */
public record Program(Level level, List<Function> functions) {
  public Program {
    Objects.requireNonNull(level);
    functions = List.copyOf(functions);
  }

  public static Program of(Level level, Function main) {
    return new Program(level, List.of(main));
  }

  public Function main() {
    return functions.stream()
        .filter(f -> f.name().equals("main"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the program has no function named main"));
  }
}
