package org.zkc.runtime.cli;

import java.io.PrintWriter;
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
import org.zkc.gkr.file.CheckedProof;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.ModelVerifier;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.statement.Statement;
import org.zkc.ir.TensorData;
import org.zkc.runtime.artifact.InputArrays;
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
      // With a digest, a key from an untrusted source is never parsed.
      String digest = KeyFile.digest(keyBytes);
      if (expectedModel != null) {
        requireModel(digest);
      }
      ModelVerifier verifier = session.verifier(keyBytes, digest);
      KeyFile keyFile = verifier.key();
      CheckedProof checked = verifier.check(proofBytes, context);
      Optional<ProvedText> text =
          checked.claim().map(claim -> ProvedText.of(keyFile, checked.file().statement(), claim));
      double seconds = Figures.secondsSince(start);
      checkGenerated(text);
      List<Statement> samples = checked.samples(keyFile.key());
      List<List<Long>> cut = checkInputs(keyFile, samples, text);
      checkOutputs(keyFile, samples);
      print(keyFile, samples, text, digest, cut, seconds, out);
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

  private void checkGenerated(Optional<ProvedText> text) {
    if (generated != null) {
      text.orElseThrow(() -> new OtherStatement("the proof says of no text that it was generated"))
          .requireGenerated(NpyReader.read(generated));
    }
  }

  /**
   * Compares the inputs with those of the statement, and repeats the prover's warnings.
   *
   * @return for each sample and input, how many elements are cut; empty where no inputs are given
   */
  private List<List<Long>> checkInputs(
      KeyFile keyFile, List<Statement> samples, Optional<ProvedText> text) {
    if (inputs.isEmpty()) {
      return List.of();
    }
    InputArrays files = InputArrays.of(keyFile);
    List<List<TensorData>> arrays =
        samples.size() == 1 ? List.of(files.read(inputs)) : files.readSamples(inputs);
    requireAsMany("inputs", arrays.size(), samples.size());
    List<List<Long>> cut = new ArrayList<>();
    for (int k = 0; k < samples.size(); k++) {
      String sample = samples.size() == 1 ? "" : " of sample " + (k + 1);
      cut.add(checkInputs(keyFile, samples.get(k), arrays.get(k), text, sample));
    }
    return cut;
  }

  private List<Long> checkInputs(
      KeyFile keyFile,
      Statement statement,
      List<TensorData> arrays,
      Optional<ProvedText> text,
      String sample) {
    List<Long> cut = new ArrayList<>();
    Circuit circuit = keyFile.circuit().circuit();
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
        throw OtherStatement.element("input", port.name() + sample, proved, arrays.get(i), at);
      }
      cut.add(PortArrays.cut(port, arrays.get(i), circuit.tensors().get(circuit.inputs().get(i))));
      PortArrays.warning(port, arrays.get(i), circuit.tensors().get(circuit.inputs().get(i)))
          .ifPresent(warning -> spec.commandLine().getErr().println("warning: " + warning));
    }
    return cut;
  }

  private static void requireAsMany(String what, int given, int proved) {
    if (given != proved) {
      throw new OtherStatement(
          "the proof is about %d samples, the %s given are of %d".formatted(proved, what, given));
    }
  }

  private void checkOutputs(KeyFile keyFile, List<Statement> samples) {
    if (outputs.isEmpty()) {
      return;
    }
    // One .npy of several outputs is the first, as prove writes it.
    boolean first = outputs.size() == 1 && !ArrayFiles.isNpz(outputs.getFirst());
    List<Port> ports = first ? keyFile.outputs().subList(0, 1) : keyFile.outputs();
    List<Integer> tensors = keyFile.circuit().circuit().outputs().subList(0, ports.size());
    List<List<TensorData>> arrays =
        samples.size() == 1
            ? List.of(ArrayFiles.read(outputs, ports.stream().map(Port::name).toList(), "--output"))
            : PortArrays.readSamples(keyFile, outputs, ports, tensors, "--output");
    requireAsMany("outputs", arrays.size(), samples.size());
    for (int k = 0; k < samples.size(); k++) {
      String sample = samples.size() == 1 ? "" : " of sample " + (k + 1);
      SequencedMap<String, TensorData> proved = PortArrays.outputs(keyFile, samples.get(k));
      for (int i = 0; i < ports.size(); i++) {
        String name = ports.get(i).name();
        TensorData is = Objects.requireNonNull(proved.get(name), "the key names every output");
        TensorData given = arrays.get(k).get(i);
        if (given.dtype() != is.dtype() || !given.shape().equals(is.shape())) {
          throw OtherStatement.type("output", name + sample, is, given);
        }
        long at = is.bytes().mismatch(given.bytes());
        if (at >= 0) {
          throw OtherStatement.output(name + sample, is, given, at / is.dtype().bytes());
        }
      }
    }
  }

  private void print(
      KeyFile keyFile,
      List<Statement> samples,
      Optional<ProvedText> text,
      String digest,
      List<List<Long>> cut,
      double seconds,
      PrintWriter out) {
    Supplier<Map<String, Object>> report =
        () -> {
          Map<String, Object> found = new LinkedHashMap<>();
          found.put("valid", true);
          found.put("model", digest);
          found.put("context", context);
          text.ifPresent(t -> found.put("generation", t.json()));
          found.putAll(statements(keyFile, samples, cut));
          found.put("verifySeconds", seconds);
          return found;
        };
    session.report(report);
    if (json) {
      out.println(JsonText.of(report.get()));
      return;
    }
    String says = ", on this input, gives this output";
    if (text.isPresent()) {
      says = " generates this text after this prompt";
    } else if (samples.size() > 1) {
      says = ", on each of these %d inputs, gives its output".formatted(samples.size());
    }
    out.println(
        "VALID: the model with this digest%s (checked in %s)"
            .formatted(says, Figures.time(seconds)));
    out.println("  model        " + digest);
    out.println("  trusted      " + TRUSTED);
    if (!context.isEmpty()) {
      out.println("  context      " + context);
    }
    text.ifPresent(t -> t.print(out));
    for (int k = 0; k < samples.size(); k++) {
      if (samples.size() > 1) {
        out.println("  sample       %d".formatted(k + 1));
      }
      PortArrays.inputs(keyFile, samples.get(k)).forEach((name, a) -> print("input", name, a, out));
      PortArrays.outputs(keyFile, samples.get(k))
          .forEach((name, a) -> print("output", name, a, out));
    }
  }

  private static void print(String what, String name, TensorData a, PrintWriter out) {
    out.println("  %-12s %s: %s: %s".formatted(what, name, a.shape(), Figures.elements(a)));
  }

  /** Inputs and outputs of the only sample, or a list of those of each. */
  private static Map<String, Object> statements(
      KeyFile keyFile, List<Statement> samples, List<List<Long>> cut) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int k = 0; k < samples.size(); k++) {
      all.add(statement(keyFile, samples.get(k), cut.isEmpty() ? List.of() : cut.get(k)));
    }
    return samples.size() == 1 ? all.getFirst() : Map.of("samples", all);
  }

  /** Inputs and outputs of one sample. */
  private static Map<String, Object> statement(
      KeyFile keyFile, Statement statement, List<Long> cut) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put(
        "inputs",
        ports(keyFile.inputs(), statement.inputs(), PortArrays.inputs(keyFile, statement), cut));
    out.put(
        "outputs",
        ports(
            keyFile.outputs(),
            statement.outputs(),
            PortArrays.outputs(keyFile, statement),
            List.of()));
    return out;
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
