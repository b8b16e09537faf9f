package org.zkc.gkr.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.security.SoundnessBudget;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;

/**
 * The verifier for programs that embed it. An instance is made once from the bytes of a {@code .vk}
 * file and checks any number of proofs. It is immutable, and threads may share it.
 */
public final class ModelVerifier {
  /**
   * A proof is bound to hashes of key and context, so the failure does not show which of the three
   * is wrong.
   */
  private static final String TOGETHER =
      "context, key and proof do not belong together, or one of them was changed";

  private final KeyFile key;
  private final String model;
  private final double securityBits;

  private ModelVerifier(KeyFile key, String model) {
    this.key = key;
    this.model = model;
    this.securityBits = securityBits(key.key());
  }

  private static double securityBits(VerifierKey key) {
    return SoundnessBudget.of(key.arithmetization(), key.parameters()).totalBits();
  }

  /**
   * The verifier of a model's proofs. A key says which model is proved, so the caller must trust
   * either its source or its digest.
   *
   * @param key the bytes of a {@code .vk} file
   * @throws VerificationFailure when they are no key; nothing else is thrown, whatever the bytes
   */
  public static ModelVerifier load(byte[] key) {
    // Beside the reading, because the first digest of a process starts the JDK's providers of
    // security, which takes longer than all of a small key's bytes.
    FutureTask<String> digest = new FutureTask<>(() -> KeyFile.digest(key));
    Thread.ofPlatform().daemon().name("zkc-key-digest").start(digest);
    KeyFile file = KeyFile.decode(key);
    return new ModelVerifier(file, result(digest));
  }

  /** The outcome of a task that throws nothing that is checked. */
  private static <T> T result(FutureTask<T> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          // Kept for the caller: a digest takes milliseconds.
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * {@link #load(byte[])} of a key from an untrusted source. The bytes are not parsed unless they
   * have the digest of a trusted key.
   *
   * @param digest SHA-256 of the key file, 64 hexadecimal digits
   */
  public static ModelVerifier load(byte[] key, String digest) {
    String actual = KeyFile.digest(key);
    if (!actual.equalsIgnoreCase(digest)) {
      throw new VerificationFailure("key file, SHA-256", digest, actual);
    }
    return load(key);
  }

  /** The content of the key file. */
  public KeyFile key() {
    return key;
  }

  /** SHA-256 of the key file, 64 hexadecimal digits: the name of the model in proofs. */
  public String model() {
    return model;
  }

  /**
   * A forger of a proof of one sample succeeds with a probability of at most 2 to the power of
   * minus this.
   */
  public double securityBits() {
    return securityBits;
  }

  /**
   * Checks a proof that is bound to no context.
   *
   * @see #verify(byte[], String)
   */
  public VerifiedProof verify(byte[] proof) {
    return verify(proof, "");
  }

  /**
   * Checks a proof.
   *
   * @param proof the bytes of a {@code .zkp} file
   * @param context the text that the proof was bound to; empty for none
   * @return the statement that is proved; the caller must compare it with the expected one
   * @throws VerificationFailure when the proof does not hold for this key and context; nothing else
   *     is thrown, whatever the bytes
   */
  public VerifiedProof verify(byte[] proof, String context) {
    CheckedProof checked = check(proof, context);
    ProofFile file = checked.file();
    return new VerifiedProof(
        model,
        file.samples() == 1 ? securityBits : securityBits(key.key().batch(file.samples())),
        context,
        checked.samples(key.key()).stream().map(this::sample).toList(),
        checked.claim().map(c -> text(c, file.statement())));
  }

  /**
   * Checks a proof as {@link #verify(byte[], String)} does, for callers that have the key's circuit
   * and read the statement in its integers.
   */
  public CheckedProof check(byte[] proof, String context) {
    Optional<Continuation> claim;
    ProofFile file;
    try {
      file = ProofFile.decode(proof, key.key());
      claim = Continuation.decode(file.claim());
      Verifier.verify(
          key.key(), file, key.boundContext(context.getBytes(StandardCharsets.UTF_8), claim));
    } catch (VerificationFailure e) {
      // Bytes that are no proof at all say so themselves.
      boolean isProof = !e.where().startsWith("file") && !e.where().startsWith("proof file");
      throw isProof ? e.inside(TOGETHER) : e;
    }
    claim.ifPresent(c -> c.requireHolds(key, file.statement()));
    return new CheckedProof(file, claim);
  }

  private ProvedSample sample(Statement statement) {
    Circuit circuit = key.circuit().circuit();
    return new ProvedSample(
        tensors(key.inputs(), circuit.inputs(), statement.inputs()),
        tensors(key.outputs(), circuit.outputs(), statement.outputs()));
  }

  private GeneratedText text(Continuation claim, Statement statement) {
    int[] sequence = key.generation().orElseThrow().sequence(statement);
    return new GeneratedText(claim.prompt(sequence), claim.generated(sequence));
  }

  private List<ProvedTensor> tensors(
      List<Port> ports, List<Integer> tensors, List<int[]> integers) {
    List<ProvedTensor> out = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      out.add(
          new ProvedTensor(ports.get(i), key.circuit().tensor(tensors.get(i)), integers.get(i)));
    }
    return out;
  }
}
