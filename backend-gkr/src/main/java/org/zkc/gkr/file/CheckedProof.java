package org.zkc.gkr.file;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.statement.Statement;

/**
 * A proof that holds, with the claim that its statement was found to satisfy: the result of {@link
 * ModelVerifier#check}.
 */
public record CheckedProof(ProofFile file, Optional<Continuation> claim) {
  /**
   * The statement about each sample.
   *
   * @param one the key of one sample, with which the proof was checked
   */
  public List<Statement> samples(VerifierKey one) {
    return IntStream.range(0, file.samples()).mapToObj(k -> file.sample(one, k)).toList();
  }
}
