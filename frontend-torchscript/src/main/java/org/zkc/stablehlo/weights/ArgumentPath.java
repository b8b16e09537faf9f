package org.zkc.stablehlo.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an argument or weight as a path in the exporter's tree of parameters: {@code
 * params['Dense_0']['kernel']}, {@code params.Dense_0.kernel} and {@code params/Dense_0/kernel} are
 * the same path.
 */
record ArgumentPath(List<String> steps) {
  /** A quoted key, an index, or a word between separators. */
  private static final Pattern STEP =
      Pattern.compile("\\[\\s*(?:'([^']*)'|\"([^\"]*)\"|([^\\]]*))\\s*\\]|([^\\[\\]./]+)");

  ArgumentPath {
    steps = List.copyOf(steps);
  }

  static ArgumentPath of(String name) {
    List<String> steps = new ArrayList<>();
    Matcher m = STEP.matcher(name);
    while (m.find()) {
      for (int group = 1; group <= m.groupCount(); group++) {
        if (m.group(group) != null) {
          // A quoted key may itself be a path, 'layers.0.weight'.
          for (String step : m.group(group).split("[./]")) {
            if (!step.isBlank()) {
              steps.add(step.strip());
            }
          }
        }
      }
    }
    return new ArgumentPath(steps);
  }

  /** The path without its first steps. */
  ArgumentPath below(int dropped) {
    return new ArgumentPath(steps.subList(dropped, steps.size()));
  }

  /** The argument of the exported function that the path starts at. */
  String root() {
    return steps.isEmpty() ? "" : steps.get(0);
  }
}
