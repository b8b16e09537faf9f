package org.zkc.stablehlo.program;

import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.zkc.ir.Location;

/**
 * The modules of a file: one, or several that {@code // -----} separates.
 *
 * @param file the file's name, for messages
 * @param lines the text of a line by its number from 1, shortened
 */
public record HloProgram(String file, List<HloModule> modules, IntFunction<String> lines) {
  public HloProgram {
    Objects.requireNonNull(file);
    modules = List.copyOf(modules);
    Objects.requireNonNull(lines);
  }

  /** The user's line where the text tells it, else the line of the text itself. */
  public Location origin(HloLocation location) {
    return location
        .source()
        .map(s -> new Location(s.file(), s.line(), ""))
        .orElseGet(() ->
            location.line() == 0
                ? Location.UNKNOWN
                : new Location(file, location.line(), lines.apply(location.line())));
  }
}
