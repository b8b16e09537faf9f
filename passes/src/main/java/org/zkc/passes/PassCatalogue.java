package org.zkc.passes;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.zkc.ir.UserException;

/**
 * Every pass there is, in the order in which {@code zkc compile} runs those of one level. docs/passes.md has a paragraph
 * for each; a test holds the two together.
 */
public final class PassCatalogue {
  private static final List<Pass> PASSES = List.of();

  private static final Map<String, Pass> BY_NAME = new TreeMap<>();

  static {
    for (Pass pass : PASSES) {
      if (BY_NAME.put(pass.name(), pass) != null) {
        throw new IllegalStateException("two passes are named " + pass.name());
      }
    }
  }

  private PassCatalogue() {}

  /** All passes, level by level, in the order of compilation. */
  public static List<Pass> all() {
    return PASSES;
  }

  /**
   * The pass that {@code zkc opt --passes} and {@code --disable} call {@code name}.
   *
   * @throws UserException when there is none, with the names there are
   */
  public static Pass byName(String name) {
    Pass pass = BY_NAME.get(name);
    if (pass == null) {
      throw new UserException("there is no pass named " + name + "; the passes are " + String.join(", ", BY_NAME.keySet()));
    }
    return pass;
  }
}
