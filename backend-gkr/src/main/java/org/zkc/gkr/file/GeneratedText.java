package org.zkc.gkr.file;

/**
 * Tokens that a causal language model picks, greedily, after those of a prompt.
 *
 * @param prompt at least one token
 * @param generated at least one token
 */
// A holder for whoever reads it: compared by nobody.
@SuppressWarnings("ArrayRecordComponent")
public record GeneratedText(int[] prompt, int[] generated) {}
