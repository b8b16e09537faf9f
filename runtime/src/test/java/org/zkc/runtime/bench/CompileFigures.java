package org.zkc.runtime.bench;

/**
 * The costs of compiling a model, in a process of its own.
 *
 * @param seconds from archive or tensor-level program to circuit
 * @param commitSeconds the commitment to the model and the files
 * @param peakBytes resident set of the process; 0 when the system does not tell
 */
public record CompileFigures(double seconds, double commitSeconds, long peakBytes) {}
