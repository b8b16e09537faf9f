package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.file.Continuation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.proof.ProofFile;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.verify.Verifier;
import org.zkc.ir.TensorData;
import org.zkc.runtime.artifact.PortArrays;
import org.zkc.runtime.artifact.SmallFiles;
import org.zkc.runtime.numpy.ArrayFiles;
import org.zkc.runtime.numpy.NpyReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code zkc verify}. Needs the backend's verifier and nothing else: no class of the prover, the
 * front end or the passes is loaded on the way.
 */
@Command(
    name = "verify",
    description = "Check a proof and print what it proves.",
    sortOptions = false)
final class VerifyCommand implements Callable<Integer> {
  /** The trust that no proof replaces (docs/protocol.md section 1). */
  private static final String TRUSTED =
      "whoever made the key, that its model keeps the bounds of weights written in it; who has the"
          + " model compiles it again and compares digests";

  @Parameters(paramLabel = "PROOF.zkp", description = "What zkc prove wrote.")
  private Path proof;

  @Option(
      names = "--key",
      required = true,
      paramLabel = "MODEL.vk",
      description = "The verifier key that zkc compile wrote.")
  private Path key;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "The proof must be about these inputs (as for prove).")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = "--generated",
      paramLabel = "TOKENS.npy",
      description =
          "The proof must be about these tokens, generated after the prompt that --input gives.")
  private Path generated;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "The proved outputs must be these, bit for bit (.npy, repeated, or one .npz).")
  private List<String> outputs = new ArrayList<>();

  @Option(
      names = "--expect-model",
      paramLabel = "DIGEST",
      description = "The key must have this digest: SHA-256 of the .vk file.")
  private String expectedModel;

  @Option(
      names = "--context",
      paramLabel = "TEXT",
      description = "The text that the proof was bound to.")
  private String context = "";

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  private final Session session;

  VerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    byte[] keyBytes = SmallFiles.readKey(key);
    byte[] proofBytes = SmallFiles.readProof(proof);
    PrintWriter out = spec.commandLine().getOut();
    try {
      long start = System.nanoTime();
      // Whoever names a digest never has a stranger's key parsed.
      String digest = KeyFile.digest(keyBytes);
      if (expectedModel != null) {
        requireModel(digest);
      }
      KeyFile keyFile = session.key(keyBytes, digest);
      ProofFile file = verify(keyFile, proofBytes);
      Optional<ProvedText> text =
          Continuation.decode(file.claim())
              .map(claim -> {
                claim.requireHolds(keyFile, file.statement());
                return ProvedText.of(keyFile, file.statement(), claim);
              });
      double seconds = Figures.secondsSince(start);
      checkGenerated(text);
      List<Long> cut = checkInputs(keyFile, file.statement(), text);
      checkOutputs(keyFile, file.statement());
      print(keyFile, file.statement(), text, digest, cut, seconds, out);
      return ExitCode.OK;
    } catch (VerificationFailure | OtherStatement e) {
      if (json) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("valid", false);
        report.put("reason", e.getMessage());
        out.println(JsonText.of(report));
      }
      throw e;
    }
  }

  private void requireModel(String digest) {
    if (!digest.equals(expectedModel.toLowerCase(Locale.ROOT))) {
      throw new OtherStatement(
          "the key is of another model: its digest is %s, --expect-model names %s"
              .formatted(digest, expectedModel));
    }
  }

  /**
   * The file's content once its proof holds. Which of key, context and proof is the wrong one
   * cannot be told: what a proof is bound to enters it as a hash.
   */
  private ProofFile verify(KeyFile keyFile, byte[] proofBytes) {
    String together = "context, key and proof do not belong together, or one of them was changed";
    try {
      ProofFile file = ProofFile.decode(proofBytes, keyFile.key());
      byte[] bound =
          keyFile.boundContext(
              context.getBytes(StandardCharsets.UTF_8), Continuation.decode(file.claim()));
      Verifier.verify(keyFile.key(), file.statement(), file.proof(), bound);
      return file;
    } catch (VerificationFailure e) {
      // Bytes that are no proof at all say so themselves.
      boolean isProof = !e.where().startsWith("file") && !e.where().startsWith("proof file");
      throw isProof ? e.inside(together) : e;
    }
  }

  private void checkGenerated(Optional<ProvedText> text) {
    if (generated != null) {
      text.orElseThrow(() -> new OtherStatement("the proof says of no text that it was generated"))
          .requireGenerated(NpyReader.read(generated));
    }
  }

  /**
   * Compares the inputs with those of the statement, and repeats the prover's warnings.
   *
   * @return for each input, how many elements are cut; empty where no inputs are given
   */
  private List<Long> checkInputs(KeyFile keyFile, Statement statement, Optional<ProvedText> text) {
    if (inputs.isEmpty()) {
      return List.of();
    }
    List<Long> cut = new ArrayList<>();
    Circuit circuit = keyFile.circuit().circuit();
    List<TensorData> arrays =
        ArrayFiles.read(inputs, keyFile.inputs().stream().map(Port::name).toList(), "--input");
    for (int i = 0; i < arrays.size(); i++) {
      if (text.isPresent() && i == text.get().generation().input()) {
        text.get().requirePrompt(arrays.get(i));
        cut.add(0L);
        continue;
      }
      Port port = keyFile.inputs().get(i);
      int[] integers =
          PortArrays.quantize(port, arrays.get(i), circuit.tensors().get(circuit.inputs().get(i)));
      int at = Arrays.mismatch(integers, statement.inputs().get(i));
      if (at >= 0) {
        TensorData proved =
            Objects.requireNonNull(
                PortArrays.inputs(keyFile, statement).get(port.name()),
                "the key names every input");
        throw OtherStatement.element("input", port.name(), proved, arrays.get(i), at);
      }
      cut.add(PortArrays.cut(port, arrays.get(i), circuit.tensors().get(circuit.inputs().get(i))));
      PortArrays.warning(port, arrays.get(i), circuit.tensors().get(circuit.inputs().get(i)))
          .ifPresent(warning -> spec.commandLine().getErr().println("warning: " + warning));
    }
    return cut;
  }

  private void checkOutputs(KeyFile keyFile, Statement statement) {
    if (outputs.isEmpty()) {
      return;
    }
    List<String> names = keyFile.outputs().stream().map(Port::name).toList();
    // One .npy of several outputs is the first, as prove writes it.
    boolean first = outputs.size() == 1 && !ArrayFiles.isNpz(outputs.getFirst());
    List<String> expected = first ? names.subList(0, 1) : names;
    List<TensorData> arrays = ArrayFiles.read(outputs, expected, "--output");
    SequencedMap<String, TensorData> proved = PortArrays.outputs(keyFile, statement);
    for (int i = 0; i < expected.size(); i++) {
      TensorData is =
          Objects.requireNonNull(proved.get(expected.get(i)), "the key names every output");
      TensorData given = arrays.get(i);
      if (given.dtype() != is.dtype() || !given.shape().equals(is.shape())) {
        throw OtherStatement.type("output", expected.get(i), is, given);
      }
      long at = is.bytes().mismatch(given.bytes());
      if (at >= 0) {
        throw OtherStatement.output(expected.get(i), is, given, at / is.dtype().bytes());
      }
    }
  }

  private void print(
      KeyFile keyFile,
      Statement statement,
      Optional<ProvedText> text,
      String digest,
      List<Long> cut,
      double seconds,
      PrintWriter out) {
    SequencedMap<String, TensorData> inputArrays = PortArrays.inputs(keyFile, statement);
    SequencedMap<String, TensorData> outputArrays = PortArrays.outputs(keyFile, statement);
    Supplier<Map<String, Object>> report =
        () -> {
          Map<String, Object> found = new LinkedHashMap<>();
          found.put("valid", true);
          found.put("model", digest);
          found.put("context", context);
          text.ifPresent(t -> found.put("generation", t.json()));
          found.put("inputs", ports(keyFile.inputs(), statement.inputs(), inputArrays, cut));
          found.put(
              "outputs", ports(keyFile.outputs(), statement.outputs(), outputArrays, List.of()));
          found.put("verifySeconds", seconds);
          return found;
        };
    session.report(report);
    if (json) {
      out.println(JsonText.of(report.get()));
      return;
    }
    String says =
        text.isPresent()
            ? " generates this text after this prompt"
            : ", on this input, gives this output";
    out.println(
        "VALID: the model with this digest%s (checked in %s)"
            .formatted(says, Figures.time(seconds)));
    out.println("  model        " + digest);
    out.println("  trusted      " + TRUSTED);
    if (!context.isEmpty()) {
      out.println("  context      " + context);
    }
    text.ifPresent(t -> t.print(out));
    inputArrays.forEach((name, a) ->
        out.println("  input        %s: %s: %s".formatted(name, a.shape(), Figures.elements(a))));
    outputArrays.forEach((name, a) ->
        out.println("  output       %s: %s: %s".formatted(name, a.shape(), Figures.elements(a))));
  }

  private static List<Object> ports(
      List<Port> ports,
      List<int[]> integers,
      SequencedMap<String, TensorData> arrays,
      List<Long> cut) {
    List<Object> out = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      TensorData array =
          Objects.requireNonNull(arrays.get(ports.get(i).name()), "every port has its array");
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", ports.get(i).name());
      entry.put("shape", array.shape().extents());
      entry.put("elementType", array.dtype().text());
      entry.put("scale", ports.get(i).scale());
      if (!ports.get(i).units().isEmpty()) {
        entry.put("units", ports.get(i).units());
        entry.put("unitRun", ports.get(i).unitRun());
      }
      entry.put("integers", integers.get(i));
      if (!cut.isEmpty()) {
        entry.put("clamped", cut.get(i));
      }
      out.add(entry);
    }
    return out;
  }
}
