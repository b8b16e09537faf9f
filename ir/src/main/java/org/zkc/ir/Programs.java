package org.zkc.ir;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Equality of programs up to the identity and the names of their values. */
public final class Programs {
  private final Map<Value, Value> leftToRight = new IdentityHashMap<>();
  private final Map<Value, Value> rightToLeft = new IdentityHashMap<>();

  private Programs() {}

  /**
   * Whether two programs agree in level, functions, ops, types, attributes, wiring and locations.
   */
  public static boolean equal(Program left, Program right) {
    if (left.level() != right.level() || left.functions().size() != right.functions().size()) {
      return false;
    }
    for (int i = 0; i < left.functions().size(); i++) {
      Function l = left.functions().get(i);
      Function r = right.functions().get(i);
      if (!l.name().equals(r.name())
          || !l.location().equals(r.location())
          || !new Programs().regions(l.region(), r.region())) {
        return false;
      }
    }
    return true;
  }

  private boolean regions(Region left, Region right) {
    if (!values(left.parameters(), right.parameters())
        || left.body().size() != right.body().size()) {
      return false;
    }
    for (int i = 0; i < left.body().size(); i++) {
      if (!ops(left.body().get(i), right.body().get(i))) {
        return false;
      }
    }
    return values(left.results(), right.results());
  }

  private boolean ops(Op left, Op right) {
    if (left.getClass() != right.getClass()) {
      return false;
    }
    for (OpSpec.Component c : OpSpec.of(left).components()) {
      Object l = c.get(left);
      Object r = c.get(right);
      boolean equal =
          switch (c.role()) {
            case ATTRIBUTE, LOCATION -> l.equals(r);
            case OPERAND, RESULT -> values(OpSpec.values(c, left), OpSpec.values(c, right));
            case REGION -> {
              List<Region> ls = OpSpec.regions(c, left);
              List<Region> rs = OpSpec.regions(c, right);
              boolean same = ls.size() == rs.size();
              for (int i = 0; same && i < ls.size(); i++) {
                same = regions(ls.get(i), rs.get(i));
              }
              yield same;
            }
          };
      if (!equal) {
        return false;
      }
    }
    return true;
  }

  /** Pairs the values one to one; a value met before must meet its partner. */
  private boolean values(List<Value> left, List<Value> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      Value l = left.get(i);
      Value r = right.get(i);
      Value partner = leftToRight.putIfAbsent(l, r);
      Value back = rightToLeft.putIfAbsent(r, l);
      if ((partner == null ? r : partner) != r
          || (back == null ? l : back) != l
          || !l.type().equals(r.type())) {
        return false;
      }
    }
    return true;
  }
}
