package org.zkc.ir;

/**
 * The end of a function under construction, where ops are appended: a new function, or one that is
 * rewritten.
 */
public interface OpAppender {
  /** A new value that no op defines yet, with a name of its own. */
  Value fresh(String hint, Type type);

  /** Appends an op with exactly one result and returns that. */
  Value value(Op op);
}
