package org.zkc.runtime.bench;

import org.jspecify.annotations.Nullable;

/**
 * All figures of one model.
 *
 * @param compile null when the model was compiled before
 * @param coldSeconds a whole {@code zkc prove} process from start to exit; 0 when not measured
 */
public record BenchmarkFigures(
    String model, @Nullable CompileFigures compile, ProofFigures proof, double coldSeconds) {}
