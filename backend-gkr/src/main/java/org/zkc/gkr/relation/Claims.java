package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.weight.Weight;

/**
 * The open claims &lt;w, T&gt; = v of each tensor, in the order in which they arose. A claim whose
 * weight has the same number is the same claim, so its value is already known.
 */
public final class Claims {
  /** &lt;weight, tensor&gt; = value. */
  public record Claim(int tensor, Weight weight, Ext value) {}

  private final List<Map<Integer, Claim>> claims = new ArrayList<>();

  /** No claims on {@code tensors} tensors. */
  public Claims(int tensors) {
    for (int t = 0; t < tensors; t++) {
      claims.add(new LinkedHashMap<>());
    }
  }

  /** The value of a claim that is already there, else null. */
  public @Nullable Ext known(int tensor, Weight weight) {
    Claim claim = claims.get(tensor).get(weight.number());
    return claim == null ? null : claim.value();
  }

  /** Adds a claim that is not there. */
  public void add(int tensor, Weight weight, Ext value) {
    Claim claim = new Claim(tensor, weight, value);
    if (claims.get(tensor).putIfAbsent(weight.number(), claim) != null) {
      throw new IllegalStateException("a claim on tensor " + tensor + " was made twice");
    }
  }

  /** The claims on a tensor. */
  public List<Claim> on(int tensor) {
    return List.copyOf(claims.get(tensor).values());
  }

  /** Removes and returns the claims on a tensor. */
  public List<Claim> take(int tensor) {
    List<Claim> out = on(tensor);
    claims.get(tensor).clear();
    return out;
  }
}
