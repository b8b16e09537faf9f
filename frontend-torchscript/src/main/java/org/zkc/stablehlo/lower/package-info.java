/**
 * From StableHLO programs to the operator level that archives of PyTorch reach too. Each operation
 * becomes a few calls of ATen operators with the semantics of the StableHLO specification; what
 * those operators become, which values are known while compiling, how often a loop runs and what a
 * proof costs is decided in one place for all front ends, so that a network has the same proof
 * whichever road it came by.
 *
 * <p>An operator family is a file with a table from operation names to lowerings; {@link
 * org.zkc.stablehlo.lower.HloOperators} is all of them.
 */
@NullMarked
package org.zkc.stablehlo.lower;

import org.jspecify.annotations.NullMarked;
