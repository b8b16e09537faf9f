package org.zkc.torchexport.program;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The program of an archive.
 *
 * @param tensors types of the root graph's tensors by name
 * @param ranges bounds of symbolic dimensions by name
 * @param interfaceSpec how the graph's flat inputs and outputs make up those of {@code forward},
 *     where the archive tells
 */
public record ExportedProgram(
    Graph graph,
    Map<String, TensorMeta> tensors,
    List<InputSpec> inputs,
    List<OutputSpec> outputs,
    Map<String, Range> ranges,
    Optional<CallSignature> interfaceSpec,
    Optional<String> torchVersion) {

  public ExportedProgram {
    tensors = Map.copyOf(tensors);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    ranges = Map.copyOf(ranges);
    Objects.requireNonNull(interfaceSpec);
    Objects.requireNonNull(torchVersion);
  }

  /** Bounds, each included; empty for none. */
  public record Range(OptionalLong least, OptionalLong most) {
    public Range {
      Objects.requireNonNull(least);
      Objects.requireNonNull(most);
    }
  }

  /** The meaning of an input of the graph. */
  public sealed interface InputSpec {

    /** A parameter, buffer or constant of the model under its name there. */
    record Stored(String graphName, String name, Kind kind) implements InputSpec {}

    record User(Argument argument) implements InputSpec {}

    /** An argument that is no tensor: the value of the example call is part of the program. */
    record Constant(String graphName, Argument value) implements InputSpec {}

    /** A script object or token. */
    record Unsupported(String kind) implements InputSpec {}

    enum Kind {
      PARAMETER,
      BUFFER,
      CONSTANT
    }
  }

  /** The meaning of an output of the graph. */
  public sealed interface OutputSpec {

    record User(Argument argument) implements OutputSpec {}

    /** The new value of a buffer or of an input, which no output of {@code forward} shows. */
    record Mutation(Argument argument) implements OutputSpec {}

    record Unsupported(String kind) implements OutputSpec {}
  }

  /**
   * The signature of {@code forward}.
   *
   * @param argumentNames positional arguments, then keywords
   * @param input a tuple of the positional arguments and the dictionary of keywords
   */
  public record CallSignature(List<String> argumentNames, TreeSpec input, TreeSpec output) {
    public CallSignature {
      argumentNames = List.copyOf(argumentNames);
    }
  }
}
