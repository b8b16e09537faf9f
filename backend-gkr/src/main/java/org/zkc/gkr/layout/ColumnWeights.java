package org.zkc.gkr.layout;

import java.util.HashMap;
import java.util.Map;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.weight.Weight;

/**
 * The values of weights at the point of one sumcheck over a witness' tables. Columns of tensors of
 * one shape read the same coordinates of it, so that a weight has one value for all of them.
 */
public final class ColumnWeights {
  private final Map<Integer, Ext> rests = new HashMap<>();
  private final Map<Integer, Ext> others = new HashMap<>();

  /**
   * {@link WitnessLayout.Column#at} of a weight with a number.
   *
   * @param point the sumcheck's coordinates for the column's own variables
   */
  public Ext at(WitnessLayout.Column column, Weight weight, Ext[] point) {
    return (column.isRest() ? rests : others)
        .computeIfAbsent(weight.number(), number -> column.at(weight, point));
  }
}
