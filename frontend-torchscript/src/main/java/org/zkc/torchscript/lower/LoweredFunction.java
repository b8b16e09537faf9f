package org.zkc.torchscript.lower;

import java.util.List;
import org.zkc.ir.Location;
import org.zkc.ir.TorchType;

/**
 * The facts that a caller must know of a function that was lowered for certain arguments.
 *
 * @param name in the program
 * @param empty whether the body does nothing, so that no call is needed
 * @param resultTypes of the call
 * @param returned what the call's value is
 * @param written parameters that the function changes in place, with the result that holds the
 *     changed value
 * @param stale parameters whose memory was changed in a way that cannot be followed
 * @param relations what may share memory afterwards
 * @param writtenInside parameters that hold something which the function changes in place
 * @param tangles whether it may leave an object with one container in two attributes
 */
record LoweredFunction(
    String name,
    boolean empty,
    List<TorchType> resultTypes,
    Returned returned,
    List<Written> written,
    List<Stale> stale,
    List<Relation> relations,
    List<Integer> writtenInside,
    boolean tangles) {

  sealed interface Returned {
    /** Known without calling. */
    record Known(Binding binding) implements Returned {}

    /** The parameter itself. */
    record Parameter(int index, TorchType type) implements Returned {}

    record Result(int index, TorchType type) implements Returned {}
  }

  record Written(int parameter, int result) {}

  record Stale(int parameter, Location writer) {}

  /** Kinds of {@link Relation}. */
  enum Kind {
    SHARE,
    LEFT_HOLDS_RIGHT,
    SHARE_CONTENTS
  }

  /** Between two places: parameters are numbered from 0, results follow them. */
  record Relation(int left, int right, Kind kind) {}
}
