package org.zkc.runtime.compile;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import org.zkc.passes.PassListener;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.passes.quantize.QuantizationOptions;

/**
 * Options of a compilation.
 *
 * @param method the method of the root module that is compiled
 * @param inputShapes values of {@code --input-shape}
 * @param dimensions values of {@code --dim}, NAME=EXTENT
 * @param weights files of {@code --weights}
 * @param calibration values of {@code --calibration}
 * @param evaluation the files of {@code --evaluate} and {@code --labels}
 * @param reference values of {@code --reference}
 * @param convolutions which form a convolution gets
 * @param disabled optimisation passes to leave out
 * @param generation whether the next tokens of a language model are stated in place of its outputs
 * @param minFidelity R^2 that the integer program must reach
 * @param listener told of every pass
 * @param warnings takes each warning, one sentence
 */
public record CompileOptions(
    String method,
    List<String> inputShapes,
    List<String> dimensions,
    List<Path> weights,
    List<String> calibration,
    EvaluationFiles evaluation,
    List<String> reference,
    QuantizationOptions quantization,
    ConvolutionPolicy convolutions,
    Set<String> disabled,
    boolean generation,
    OptionalDouble minFidelity,
    PassListener listener,
    Consumer<String> warnings) {
  /** The options with everything at its default; warnings go nowhere. */
  public static final CompileOptions DEFAULT =
      new CompileOptions(
          "forward",
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          EvaluationFiles.NONE,
          List.of(),
          QuantizationOptions.DEFAULT,
          ConvolutionPolicy.AUTO,
          Set.of(),
          false,
          OptionalDouble.empty(),
          PassListener.NONE,
          warning -> {});

  public CompileOptions {
    inputShapes = List.copyOf(inputShapes);
    dimensions = List.copyOf(dimensions);
    weights = List.copyOf(weights);
    calibration = List.copyOf(calibration);
    reference = List.copyOf(reference);
    disabled = Set.copyOf(disabled);
  }

  public CompileOptions withMethod(String name) {
    return new CompileOptions(
        name,
        inputShapes,
        dimensions,
        weights,
        calibration,
        evaluation,
        reference,
        quantization,
        convolutions,
        disabled,
        generation,
        minFidelity,
        listener,
        warnings);
  }

  public CompileOptions withWeights(List<Path> files) {
    return new CompileOptions(
        method,
        inputShapes,
        dimensions,
        files,
        calibration,
        evaluation,
        reference,
        quantization,
        convolutions,
        disabled,
        generation,
        minFidelity,
        listener,
        warnings);
  }

  public CompileOptions withCalibration(List<String> files) {
    return new CompileOptions(
        method,
        inputShapes,
        dimensions,
        weights,
        files,
        evaluation,
        reference,
        quantization,
        convolutions,
        disabled,
        generation,
        minFidelity,
        listener,
        warnings);
  }

  public CompileOptions withInputShapes(List<String> shapes) {
    return new CompileOptions(
        method,
        shapes,
        dimensions,
        weights,
        calibration,
        evaluation,
        reference,
        quantization,
        convolutions,
        disabled,
        generation,
        minFidelity,
        listener,
        warnings);
  }

  public CompileOptions withDimensions(List<String> extents) {
    return new CompileOptions(
        method,
        inputShapes,
        extents,
        weights,
        calibration,
        evaluation,
        reference,
        quantization,
        convolutions,
        disabled,
        generation,
        minFidelity,
        listener,
        warnings);
  }

  public CompileOptions withDisabled(Set<String> passes) {
    return new CompileOptions(
        method,
        inputShapes,
        dimensions,
        weights,
        calibration,
        evaluation,
        reference,
        quantization,
        convolutions,
        passes,
        generation,
        minFidelity,
        listener,
        warnings);
  }

  public CompileOptions withConvolutions(ConvolutionPolicy policy) {
    return new CompileOptions(
        method,
        inputShapes,
        dimensions,
        weights,
        calibration,
        evaluation,
        reference,
        quantization,
        policy,
        disabled,
        generation,
        minFidelity,
        listener,
        warnings);
  }

  public CompileOptions withMinFidelity(double rSquared) {
    return new CompileOptions(
        method,
        inputShapes,
        dimensions,
        weights,
        calibration,
        evaluation,
        reference,
        quantization,
        convolutions,
        disabled,
        generation,
        OptionalDouble.of(rSquared),
        listener,
        warnings);
  }

  public CompileOptions withWarnings(Consumer<String> taker) {
    return new CompileOptions(
        method,
        inputShapes,
        dimensions,
        weights,
        calibration,
        evaluation,
        reference,
        quantization,
        convolutions,
        disabled,
        generation,
        minFidelity,
        listener,
        taker);
  }

  public CompileOptions withGeneration() {
    return new CompileOptions(
        method,
        inputShapes,
        dimensions,
        weights,
        calibration,
        evaluation,
        reference,
        quantization,
        convolutions,
        disabled,
        true,
        minFidelity,
        listener,
        warnings);
  }
}
