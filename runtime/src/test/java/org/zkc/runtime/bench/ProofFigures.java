package org.zkc.runtime.bench;

import java.util.Map;

/**
 * The costs of proofs of a model, in a process of its own that opened the model file. Times are in
 * seconds, medians of the measured runs.
 *
 * @param samples samples in one proof; every figure is that of all of them
 * @param weightBits bits of an integer of the model, mean over its elements
 * @param activationBits bits of an integer that a proof commits to, mean over the elements
 * @param fidelity least R^2 of an output against fp32, or least share of integers that agree
 * @param parameters elements of the model's tensors, after folding
 * @param proveCpu processor time of the proving thread, which other processes on the machine do not
 *     lengthen; with one thread it is all there is
 * @param stages of the proof, medians each; they need not add up to {@code prove}
 * @param stagesCpu processor time of the proving thread by stage, medians each
 * @param peakBytes resident set of the process after its first proof, which is what {@code zkc
 *     prove} needs; 0 when the system does not tell
 * @param warmPeakBytes the same after all of them: how far garbage piles up in a process that lives
 *     on depends on the collector and the heap
 * @param heapBytes the largest heap that the process was allowed
 * @param allocatedBytes what the proving thread allocated in one proof, whether or not it lived
 *     long
 * @param predictedProve estimates, made before proving
 * @param boundSeconds what the proof's products alone take: {@link MultiplierBound}
 * @param work amounts by {@link org.zkc.passes.cost.Work#label}
 */
public record ProofFigures(
    int samples,
    double weightBits,
    double activationBits,
    double fidelity,
    long parameters,
    double prove,
    double proveCpu,
    Map<String, Double> stages,
    Map<String, Double> stagesCpu,
    double verify,
    double verifyCpu,
    long proofBytes,
    long keyBytes,
    double securityBits,
    long peakBytes,
    long warmPeakBytes,
    long heapBytes,
    long allocatedBytes,
    double predictedProve,
    long predictedMemory,
    long predictedProof,
    double boundSeconds,
    Map<String, Double> work) {}
