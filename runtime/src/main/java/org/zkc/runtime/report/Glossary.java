package org.zkc.runtime.report;

import java.util.List;

/** Terms of the pages, for readers who know neither quantisation nor proof systems. */
final class Glossary {
  private Glossary() {}

  static final List<Page.Term> TERMS =
      List.of(
          new Page.Term(
              "layer",
              "One operation of the network after simplification: batch norms, for example, are"
                  + " already folded into the convolution before them."),
          new Page.Term(
              "quantisation",
              "Replacing real numbers by integers times a fixed scale. Proofs are about integers,"
                  + " so every real number of the network is rounded to one."),
          new Page.Term(
              "interval",
              "The smallest and the largest integer that a value can take, for every possible"
                  + " input. The compiler derives it, and thereby knows that nothing overflows."),
          new Page.Term(
              "relation",
              "An equation between arrays of integers that the proof establishes, such as 'this"
                  + " array is the convolution of that one with these weights'."),
          new Page.Term(
              "committed",
              "Of an array: the prover fixes it by a hash before the verifier's random questions"
                  + " are known. Committing and looking up these values is most of the work of"
                  + " proving."),
          new Page.Term(
              "lookup",
              "A proof that a value stands in a public table. Rounding and activation functions are"
                  + " proved by lookups, and so is that a number has only so many bits."),
          new Page.Term(
              "multiplications",
              "Products of two numbers that running the network takes. Convolutions and matrix"
                  + " products are checked by far fewer operations than that."),
          new Page.Term(
              "R\u00b2",
              "How much of the variation of the floating-point network's values the integers"
                  + " reproduce: 1 is all of it, 0 is no better than a constant."),
          new Page.Term(
              "signal to noise",
              "The same in decibels: the variation of the true values against the rounding error."
                  + " 20 dB is an error of a tenth, 40 dB of a hundredth."),
          new Page.Term(
              "bits of security",
              "With n bits, a false statement passes the verifier with a probability of at most"
                  + " 2 to the power of minus n for one attempt of unit work."),
          new Page.Term(
              "verifier key",
              "A small file that stands for the model. Whoever has it can check proofs, without the"
                  + " model and without running it."),
          new Page.Term(
              "Merkle path",
              "Hashes that show that a piece of data belongs to a commitment of 32 bytes."));
}
