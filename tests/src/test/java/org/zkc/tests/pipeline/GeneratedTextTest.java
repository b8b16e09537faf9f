package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.file.Continuation;
import org.zkc.gkr.file.GeneratedText;
import org.zkc.gkr.file.Generation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.ModelVerifier;
import org.zkc.gkr.file.VerifiedProof;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.prove.Prover;
import org.zkc.gkr.prove.ProverOptions;
import org.zkc.gkr.prove.StageTimes;
import org.zkc.gkr.prove.Witness;
import org.zkc.gkr.statement.Statement;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import org.zkc.runtime.compile.CompiledModel;
import org.zkc.runtime.cost.CostEstimate;
import org.zkc.runtime.execute.Execution;
import org.zkc.runtime.execute.LanguageModel;
import org.zkc.runtime.numpy.NpyWriter;

/**
 * Text that a language model generated: proofs of it, and what an adversary may try. Each attack is
 * made on the form with logits and on that with indices.
 */
final class GeneratedTextTest {
  private static final int TOKENS = 24;
  private static final int LENGTH = 8;
  private static final int[] PROMPT = {3, 1, 4};
  private static final int COUNT = 4;
  private static final byte[] CONTEXT = "a question".getBytes(StandardCharsets.UTF_8);

  private static final Form LOGITS = new Form(CompileOptions.DEFAULT);
  private static final Form INDICES = new Form(CompileOptions.DEFAULT.withGeneration());

  /** A compiled language model with a way to prove anything of it. */
  private static final class Form {
    final CompiledModel.WithKeys keys;
    final KeyFile key;
    final Generation generation;
    final Execution execution;
    final LanguageModel language;

    Form(CompileOptions options) {
      keys =
          new CompilePipeline(options)
              .compile(SampleArchive.named("language_model").path())
              .inMemory(1);
      key = KeyFile.decode(keys.file().keyFile().encode());
      generation = key.generation().orElseThrow();
      execution = new Execution(keys.file());
      language = new LanguageModel(keys.file(), execution);
    }

    int[] generated() {
      long[] tokens = language.generate(List.of(array(PROMPT)), COUNT, 1).toLongs();
      return Arrays.stream(tokens).mapToInt(Math::toIntExact).toArray();
    }

    /** The honest statement of a sequence: what the model answers to it. */
    Execution.Result run(int[] sequence) {
      return execution.run(List.of(sequence), 1);
    }

    /** A proof of what the model answers to a sequence, with any claim about it. */
    ProofFile prove(Execution.Result result, Continuation claim) {
      byte[] proof =
          Prover.prove(
              keys.provingKey(),
              result.witness(),
              key.boundContext(CONTEXT, claim),
              new ProverOptions(1, (stage, part) -> {}, new StageTimes()));
      return new ProofFile(result.statement(), proof, claim.encode());
    }

    /** The honest sequence, padded. */
    int[] sequence() {
      int[] out = Arrays.copyOf(PROMPT, LENGTH);
      System.arraycopy(generated(), 0, out, PROMPT.length, COUNT);
      return out;
    }

    Continuation claim() {
      return new Continuation(PROMPT.length, PROMPT.length + COUNT);
    }

    ProofFile honest() {
      return prove(run(sequence()), claim());
    }
  }

  private static TensorData array(int... tokens) {
    return TensorData.ofLongs(
        DType.I64, Shape.of(1, tokens.length), Arrays.stream(tokens).asLongStream().toArray());
  }

  private static Form form(boolean isOfIndices) {
    return isOfIndices ? INDICES : LOGITS;
  }

  /** Every check that verify makes of a proof file. */
  private static VerifiedProof verify(KeyFile key, ProofFile given) {
    return ModelVerifier.load(key.encode())
        .verify(given.encode(), new String(CONTEXT, StandardCharsets.UTF_8));
  }

  private static void assertRefused(Form form, ProofFile file) {
    assertThrows(VerificationFailure.class, () -> verify(form.key, file));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onePassProvesWhatTokenByTokenWasGenerated(boolean isOfIndices) {
    Form form = form(isOfIndices);
    GeneratedText text = verify(form.key, form.honest()).text().orElseThrow();
    assertArrayEquals(PROMPT, text.prompt());
    assertArrayEquals(form.generated(), text.generated());
    assertEquals(
        isOfIndices ? LENGTH : LENGTH * TOKENS,
        form.run(form.sequence()).statement().outputs().getFirst().length);
  }

  /** A forward pass of the same model is the proof with logits; indices cost an argmax more. */
  @Test
  void statingIndicesCostsLessThanAnotherPass() {
    double pass = CostEstimate.of(LOGITS.key.key()).proveSeconds();
    assertTrue(CostEstimate.of(INDICES.key.key()).proveSeconds() <= 2 * pass);
  }

  /** Causality, established of reals, holds of the integers: later tokens change nothing. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void laterTokensDoNotChangeWhatIsPicked(boolean isOfIndices) {
    Form form = form(isOfIndices);
    Random random = new Random(7);
    for (int round = 0; round < 20; round++) {
      int[] sequence = random.ints(LENGTH, 0, TOKENS).toArray();
      Statement before = form.run(sequence).statement();
      int from = 1 + random.nextInt(LENGTH - 1);
      for (int t = from; t < LENGTH; t++) {
        sequence[t] = random.nextInt(TOKENS);
      }
      Statement after = form.run(sequence).statement();
      int line = before.outputs().getFirst().length / LENGTH;
      assertEquals(
          -1,
          Arrays.mismatch(
              before.outputs().getFirst(),
              0,
              from * line,
              after.outputs().getFirst(),
              0,
              from * line));
    }
  }

  /** A file that was changed after the fact, in each of its parts. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsAlteredIsRefused(boolean isOfIndices) {
    Form form = form(isOfIndices);
    ProofFile honest = form.honest();
    int[] sequence = form.sequence();
    for (int position = 0; position < LENGTH; position++) {
      int[] other = sequence.clone();
      other[position] = (other[position] + 1) % TOKENS;
      assertRefused(form, withInput(honest, other));
    }
    int[] swapped = sequence.clone();
    swapped[0] = sequence[1];
    swapped[1] = sequence[0];
    assertRefused(form, withInput(honest, swapped));
    int[] shifted = new int[LENGTH];
    System.arraycopy(sequence, 0, shifted, 1, LENGTH - 1);
    assertRefused(form, withInput(honest, shifted));
    for (int prompt = 1; prompt < LENGTH; prompt++) {
      for (int length = prompt + 1; length <= LENGTH + 1; length++) {
        Continuation claim = new Continuation(prompt, length);
        if (!claim.equals(form.claim())) {
          assertRefused(form, new ProofFile(honest.statement(), honest.proof(), claim.encode()));
        }
      }
    }
    assertRefused(form, new ProofFile(honest.statement(), honest.proof()));
    int[] output = honest.statement().outputs().getFirst().clone();
    output[output.length - 1] += output[output.length - 1] > 0 ? -1 : 1;
    assertRefused(
        form,
        new ProofFile(
            new Statement(honest.statement().inputs(), List.of(output)),
            honest.proof(),
            honest.claim()));
  }

  private static ProofFile withInput(ProofFile file, int[] tokens) {
    return new ProofFile(
        new Statement(List.of(tokens), file.statement().outputs()), file.proof(), file.claim());
  }

  /** A prover who proves, honestly, a sequence in which one generated token is another. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anotherTokenHasNoProof(boolean isOfIndices) {
    Form form = form(isOfIndices);
    for (int position = PROMPT.length; position < PROMPT.length + COUNT; position++) {
      int[] sequence = form.sequence();
      sequence[position] = (sequence[position] + 5) % TOKENS;
      ProofFile file = form.prove(form.run(sequence), form.claim());
      VerificationFailure e = assertThrows(VerificationFailure.class, () -> verify(form.key, file));
      assertTrue(e.where().equals("generated token at position " + position), e.getMessage());
    }
  }

  /** A prover who claims the wrong token and puts what it needs into outputs and witness. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aForgedAnswerHasNoProof(boolean isOfIndices) {
    Form form = form(isOfIndices);
    int[] sequence = form.sequence();
    int position = PROMPT.length + 1;
    sequence[position] = (sequence[position] + 5) % TOKENS;
    Execution.Result result = form.run(sequence);
    int[] forged = result.statement().outputs().getFirst().clone();
    // The model's own answers to this sequence, but for the claimed one.
    for (int t = PROMPT.length - 1; t < PROMPT.length + COUNT - 1; t++) {
      if (isOfIndices) {
        forged[t] = sequence[t + 1];
      } else {
        int[] line = Arrays.copyOfRange(forged, t * TOKENS, (t + 1) * TOKENS);
        forged[t * TOKENS + sequence[t + 1]] = Arrays.stream(line).max().orElseThrow() + 1;
      }
    }
    Statement statement = new Statement(result.statement().inputs(), List.of(forged));
    form.claim().requireHolds(form.key, statement);
    Witness witness = result.witness();
    witness.set(form.key.circuit().circuit().outputs().getFirst(), forged.clone());
    ProofFile file = form.prove(result, form.claim());
    assertRefused(form, new ProofFile(statement, file.proof(), file.claim()));
  }

  /** A prover who says that less or more of the sequence is prompt, text or padding. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void claimsThatDoNotHoldAreRefused(boolean isOfIndices) {
    Form form = form(isOfIndices);
    Execution.Result result = form.run(form.sequence());
    // The prompt is not what the model would have picked.
    assertRefused(form, form.prove(result, new Continuation(1, PROMPT.length + COUNT)));
    // Padding stands where text is claimed, and text where padding is.
    assertRefused(form, form.prove(result, new Continuation(PROMPT.length, LENGTH)));
    assertRefused(
        form, form.prove(result, new Continuation(PROMPT.length, PROMPT.length + COUNT - 1)));
    // Text beyond the sequence.
    assertRefused(form, form.prove(result, new Continuation(PROMPT.length, LENGTH + 1)));
    assertRefused(form, form.prove(result, new Continuation(1, Integer.MAX_VALUE)));
    // Text that is taken for a part of the prompt is a claim that holds, of another prompt.
    assertDoesNotThrow(() ->
        verify(
            form.key,
            form.prove(result, new Continuation(PROMPT.length + 1, PROMPT.length + COUNT))));
    int[] padded = form.sequence();
    padded[LENGTH - 1] = 1;
    assertRefused(form, form.prove(form.run(padded), form.claim()));
  }

  @Test
  void claimsAreReadStrictly() {
    ProofFile honest = LOGITS.honest();
    byte[] claim = honest.claim();
    for (byte[] bytes :
        List.of(
            new byte[1],
            new byte[8],
            Arrays.copyOf(claim, 9),
            Arrays.copyOf(claim, 7),
            new byte[65],
            new byte[] {1, 0, 0, 0, 1, 0, 0, 0},
            new byte[] {-1, -1, -1, -1, 5, 0, 0, 0})) {
      assertRefused(LOGITS, new ProofFile(honest.statement(), honest.proof(), bytes));
    }
  }

  /** Everything that a key says of generation is in every proof of it, or refused by its loader. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aKeyThatSaysSomethingElseVerifiesNothing(boolean isOfIndices) {
    Form form = form(isOfIndices);
    KeyFile key = form.key;
    KeyFile silent = new KeyFile(key.key(), key.inputs(), key.outputs());
    assertNotEquals(key.digest(), silent.digest());
    ProofFile honest = form.honest();
    assertThrows(VerificationFailure.class, () -> verify(KeyFile.decode(silent.encode()), honest));
    // A claim under a key of no language model, by a prover who binds his proof to that key.
    byte[] proof =
        Prover.prove(
            form.keys.provingKey(),
            form.run(form.sequence()).witness(),
            silent.boundContext(CONTEXT, form.claim()),
            new ProverOptions(1, (stage, part) -> {}, new StageTimes()));
    VerificationFailure e =
        assertThrows(
            VerificationFailure.class,
            () -> verify(silent, new ProofFile(honest.statement(), proof, form.claim().encode())));
    assertTrue(e.getMessage().contains("no causal language model"), e.getMessage());
    for (Generation other :
        List.of(new Generation(1, 0), new Generation(0, 1), new Generation(-1, 0))) {
      byte[] bytes =
          new KeyFile(key.key(), key.inputs(), key.outputs(), Optional.of(other)).encode();
      assertThrows(VerificationFailure.class, () -> KeyFile.decode(bytes));
    }
  }

  /**
   * Every byte of a key file that is not the circuit's: changed, it is refused or another key's.
   */
  @Test
  void everyChangedByteOfTheKeysEndIsNoticed() {
    byte[] bytes = LOGITS.key.encode();
    Random random = new Random(3);
    for (int at = bytes.length - 64; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= (byte) (1 << random.nextInt(8));
      try {
        KeyFile other = KeyFile.decode(changed);
        boolean otherContext =
            !Arrays.equals(
                other.boundContext(CONTEXT, LOGITS.claim()),
                LOGITS.key.boundContext(CONTEXT, LOGITS.claim()));
        boolean otherKey = !Arrays.equals(other.key().digest(), LOGITS.key.key().digest());
        assertTrue(otherContext || otherKey, "byte " + at + " is bound to nothing");
      } catch (VerificationFailure e) {
        assertTrue(!e.getMessage().isEmpty());
      }
    }
  }

  @Test
  void aClaimIsNoPartOfAContext() {
    KeyFile key = LOGITS.key;
    byte[] claim = LOGITS.claim().encode();
    byte[] joined = Arrays.copyOf(claim, claim.length + CONTEXT.length);
    System.arraycopy(CONTEXT, 0, joined, claim.length, CONTEXT.length);
    assertTrue(!Arrays.equals(key.boundContext(joined), key.boundContext(CONTEXT, LOGITS.claim())));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void equalLogitsAreTheLowestIndexs(boolean isOfIndices) {
    Form form = form(isOfIndices);
    int[] logits = new int[LENGTH * TOKENS];
    logits[TOKENS + 5] = 9;
    logits[TOKENS + 7] = 9;
    logits[TOKENS + 9] = -9;
    int[] indices = new int[LENGTH];
    indices[1] = 5;
    Statement statement =
        new Statement(List.of(form.sequence()), List.of(isOfIndices ? indices : logits));
    assertEquals(0, form.generation.picked(form.key, statement, 0));
    assertEquals(5, form.generation.picked(form.key, statement, 1));
  }

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theWayOfAUser(boolean isOfIndices) throws IOException {
    Path model = folder.resolve("m.zkc");
    Path key = folder.resolve("m.vk");
    List<Object> compile =
        new ArrayList<>(
            List.of("compile", SampleArchive.named("language_model").path(), "-o", model));
    if (isOfIndices) {
      compile.add("--generation");
    }
    Cli.Result compiled = Cli.run(compile.toArray()).succeeded();
    assertTrue(compiled.out().contains("up to 8 tokens"), compiled::toString);
    Path prompt = npy("prompt", PROMPT);
    Path tokens = folder.resolve("tokens.npy");
    Path proof = folder.resolve("p.zkp");
    Cli.run("run", model, "--input", prompt, "--generate", COUNT, "--output", tokens).succeeded();
    Cli.run("prove", model, "--input", prompt, "--generated", tokens, "-o", proof, "--context", "q")
        .succeeded();
    Object[] verify = {"verify", proof, "--key", key, "--context", "q"};
    Cli.Result valid = Cli.run(verify).succeeded();
    assertTrue(valid.out().contains("prompt       3 tokens: 3 1 4"), valid::toString);
    int[] generated = form(isOfIndices).generated();
    String text = Arrays.toString(generated).replaceAll("[\\[\\],]", "");
    assertTrue(valid.out().contains("generated    4 tokens: " + text), valid::toString);
    Cli.Result json = Cli.run(with(verify, "--json")).succeeded();
    assertTrue(json.out().contains("\"prompt\" : [ 3, 1, 4 ]"), json::toString);
    Cli.run(with(verify, "--input", prompt, "--generated", tokens)).succeeded();
    Cli.Result shown = Cli.run("inspect", proof, "--key", key).succeeded();
    assertTrue(shown.out().contains("generated    4 tokens: " + text), shown::toString);
    Path page = folder.resolve("p.html");
    Cli.run("inspect", proof, "--key", key, "--html", page).succeeded();
    assertTrue(Files.readString(page).contains("generated"));
    for (int[] other : List.of(new int[] {3, 1, 5}, new int[] {3, 1}, new int[] {3, 1, 4, 1})) {
      Cli.run(with(verify, "--input", npy("other", other))).exited(Cli.REJECTED);
    }
    generated[2] = (generated[2] + 1) % TOKENS;
    Path wrong = npy("wrong", generated);
    Cli.run(with(verify, "--generated", wrong)).exited(Cli.REJECTED);
    Cli.Result refused =
        Cli.run("prove", model, "--input", prompt, "--generated", wrong, "-o", proof)
            .exited(Cli.BAD_INPUT);
    assertTrue(
        refused.err().contains("token 2 of --generated, position 5 of the sequence"),
        refused::toString);
    int[] again = Arrays.copyOf(PROMPT, PROMPT.length + COUNT);
    System.arraycopy(form(isOfIndices).generated(), 0, again, PROMPT.length, COUNT);
    Cli.Result whole =
        Cli.run("prove", model, "--input", prompt, "--generated", npy("all", again), "-o", proof)
            .exited(Cli.BAD_INPUT);
    assertTrue(whole.err().contains("begins with the prompt"), whole::toString);
    Cli.run("prove", model, "--input", prompt, "--generated", npy("many", new int[6]), "-o", proof)
        .exited(Cli.BAD_INPUT);
    Cli.run("prove", model, "--input", prompt, "--generated", npy("no token", TOKENS), "-o", proof)
        .exited(Cli.BAD_INPUT);

    // Proofs of whole inputs are what they were, and speak of no text.
    Path full = npy("full", form(isOfIndices).sequence());
    Cli.run("prove", model, "--input", full, "-o", proof).succeeded();
    Cli.Result plain = Cli.run("verify", proof, "--key", key, "--input", full).succeeded();
    assertTrue(!plain.out().contains("prompt"), plain::toString);
    Cli.run("verify", proof, "--key", key, "--generated", tokens).exited(Cli.REJECTED);
  }

  @Test
  void otherModelsGenerateNothing() throws IOException {
    Path model = folder.resolve("m.zkc");
    Cli.run("compile", SampleArchive.named("softmax_head").path(), "-o", model).succeeded();
    Path x = folder.resolve("x.npy");
    SampleArchive archive = SampleArchive.named("softmax_head");
    Files.write(x, NpyWriter.encode(archive.inputs().getFirst().getFirst()));
    Cli.Result e =
        Cli.run("prove", model, "--input", x, "--generated", npy("t", 1)).exited(Cli.BAD_INPUT);
    assertTrue(e.err().contains("no causal language model"), e::toString);
    Cli.Result refused =
        Cli.run(
                "compile",
                SampleArchive.named("lstm_tagger").path(),
                "--generation",
                "-o",
                folder.resolve("n.zkc"))
            .exited(Cli.BAD_INPUT);
    assertTrue(refused.err().contains("model.py:"), refused::toString);
  }

  private static Object[] with(Object[] words, Object... more) {
    Object[] out = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, out, words.length, more.length);
    return out;
  }

  private Path npy(String name, int... tokens) throws IOException {
    Path file = folder.resolve(name + ".npy");
    Files.write(file, NpyWriter.encode(array(tokens)));
    return file;
  }
}
