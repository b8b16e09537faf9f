package org.zkc.torchscript.lower;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Stream;

/**
 * The tensors that are passed to a method, as far as they are known before it is read.
 *
 * @param named paths from arguments by name: {@code x}, {@code batch.mask} of a dictionary, {@code
 *     states.0.1} of a list of tuples
 * @param numbered paths from arguments by number: {@code 0}, {@code 1.mask}
 * @param inOrder the number of tensors that are passed in the order of the arguments
 */
public record Inputs(List<String> named, List<String> numbered, int inOrder) {
  public Inputs {
    named = List.copyOf(named);
    numbered = List.copyOf(numbered);
  }

  /** Whether the tensor at the path, or one inside the value there, is passed. */
  boolean has(CodeLowering.Input input) {
    return Stream.concat(
            named.stream().filter(p -> isIn(p, input.name())),
            numbered.stream().filter(p -> isIn(p, input.position())))
        .findFirst()
        .isPresent();
  }

  /** The names of what is directly inside the value at the path, in the order of the paths. */
  List<String> inside(CodeLowering.Input input) {
    SequencedSet<String> out = new LinkedHashSet<>();
    named.forEach(p -> addPart(p, input.name(), out));
    numbered.forEach(p -> addPart(p, input.position(), out));
    return List.copyOf(out);
  }

  private static boolean isIn(String path, String outer) {
    return path.equals(outer) || path.startsWith(outer + ".");
  }

  private static void addPart(String path, String outer, SequencedSet<String> out) {
    if (path.startsWith(outer + ".")) {
      String rest = path.substring(outer.length() + 1);
      int dot = rest.indexOf('.');
      out.add(dot < 0 ? rest : rest.substring(0, dot));
    }
  }
}
