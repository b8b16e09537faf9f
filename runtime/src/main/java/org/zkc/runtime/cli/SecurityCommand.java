package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.security.SecurityParameters;
import org.zkc.gkr.security.SoundnessBudget;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.FileErrors;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.artifact.SmallFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc security}. */
@Command(
    name = "security",
    description = "Print the soundness error of a model's proofs, term by term.",
    sortOptions = false)
final class SecurityCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "MODEL.zkc or MODEL.vk.")
  private Path file;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    VerifierKey key = key();
    SecurityParameters parameters = key.parameters();
    SoundnessBudget budget = SoundnessBudget.of(key.arithmetization(), parameters);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JsonText.of(json(parameters, budget)));
      return ExitCode.OK;
    }
    out.println(
        "%d queries after %d bits of work, lookups after %d bits of work, code of rate 1/%d"
            .formatted(
                parameters.queries(),
                parameters.queryGrindingBits(),
                parameters.lookupGrindingBits(),
                1 << parameters.logBlowUp()));
    out.println("A wrong statement passes with probability at most 2^-bits at each step:");
    for (SoundnessBudget.Term term : budget.terms()) {
      out.println(String.format(Locale.ROOT, "  %8.2f  %s", term.bits(), term.step()));
    }
    out.println(String.format(Locale.ROOT, "  %8.2f  all together", budget.totalBits()));
    return ExitCode.OK;
  }

  private VerifierKey key() throws IOException {
    FileErrors.requireReadable(file);
    byte[] beginning;
    try (InputStream in = Files.newInputStream(file)) {
      beginning = in.readNBytes(16);
    }
    if (ModelFile.isModelFile(beginning)) {
      return ModelFile.open(file).keyFile().key();
    }
    if (KeyFile.isKeyFile(beginning)) {
      return KeyFile.decode(SmallFiles.readKey(file)).key();
    }
    throw new UserException(
        file + " is neither a compiled model nor a verifier key; name a .zkc or .vk file");
  }

  private static Map<String, Object> json(SecurityParameters parameters, SoundnessBudget budget) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("bits", budget.totalBits());
    out.put("queries", parameters.queries());
    out.put("queryGrindingBits", parameters.queryGrindingBits());
    out.put("lookupGrindingBits", parameters.lookupGrindingBits());
    List<Object> terms = new ArrayList<>();
    budget.terms().forEach(t -> terms.add(Map.of("step", t.step(), "bits", t.bits())));
    out.put("terms", terms);
    return out;
  }
}
