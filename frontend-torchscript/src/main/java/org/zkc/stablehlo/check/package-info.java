/** Programs that say themselves what their results must be, as the tests of StableHLO do. */
@NullMarked
package org.zkc.stablehlo.check;

import org.jspecify.annotations.NullMarked;
