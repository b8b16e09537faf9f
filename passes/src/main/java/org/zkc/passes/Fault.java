package org.zkc.passes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Location;
import org.zkc.ir.UserException;

/**
 * Something in a model that cannot be proved.
 *
 * @param location the user's line, or {@link Location#UNKNOWN}
 * @param why what cannot be proved, and for what reason; one sentence
 * @param remedy what to write in its place; empty where {@code why} says so itself
 * @param certain false where the line may not be executed, which another fault keeps from being
 *     known
 * @param times how often the model meets it, in loops and in modules that share their code
 */
public record Fault(Location location, String why, String remedy, boolean certain, int times) {
  /** A fault that is met once. */
  public static Fault of(UserException reason, boolean certain) {
    return new Fault(reason.location(), reason.why(), reason.remedy(), certain, 1);
  }

  /** The faults in their order, those of one line and reason as one. */
  public static List<Fault> distinct(List<Fault> faults) {
    record Key(String file, int line, String why) {}
    Map<Key, Fault> found = new LinkedHashMap<>();
    for (Fault f : faults) {
      found.merge(
          new Key(f.location.file(), f.location.line(), f.why),
          f,
          (a, b) ->
              new Fault(a.location, a.why, a.remedy, a.certain || b.certain, a.times + b.times));
    }
    return new ArrayList<>(found.values());
  }
}
