package org.zkc.passes;

import org.zkc.ir.Function;
import org.zkc.ir.Level;

/**
 * An optimisation of one level given by one rule, which needs to know no more than an op and those
 * that define its operands.
 */
public abstract class LocalRewrite extends Rewrite implements Rewrite.Rules {
  protected LocalRewrite(String name, String description, Level level) {
    super(name, description, level, Need.OPTIMISATION);
  }

  @Override
  protected final Rules begin(Function function, PassContext context) {
    return this;
  }
}
