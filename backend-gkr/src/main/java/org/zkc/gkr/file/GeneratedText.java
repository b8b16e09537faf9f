package org.zkc.gkr.file;

/**
 * Tokens that a causal language model picks, greedily, after those of a prompt.
 *
 * @param prompt at least one token
 * @param generated at least one token
 */
// The record only carries arrays and is never compared.
@SuppressWarnings("ArrayRecordComponent")
public record GeneratedText(int[] prompt, int[] generated) {}
