package org.zkc.ir;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A model as a front end hands it to the compiler. Front ends differ in the level that they reach
 * and in nothing else.
 *
 * @param program torch or tensor level; one parameter of {@code main} per element of {@code inputs}
 * @param inputs the tensor inputs, in order
 * @param calibration sample inputs that came with the model, the bytes of an .npz file; read-only,
 *     possibly memory-mapped
 * @param answers what the model itself answered for some inputs, the bytes of an .npz file with the
 *     arrays input0, input1, ..., output0, output1, ... in which a leading axis counts the samples
 * @param digest SHA-256 of the model file, 64 lower-case hexadecimal digits
 * @param producer the program and version that wrote the model file, where the file tells
 */
public record ImportedModel(
    Program program,
    List<ModelInput> inputs,
    Optional<MemorySegment> calibration,
    Optional<MemorySegment> answers,
    String digest,
    Optional<String> producer) {
  public ImportedModel {
    switch (program.level()) {
      case TORCH, TENSOR -> {}
      case INTEGER, CIRCUIT ->
          throw new IllegalArgumentException(
              "an imported model is at the torch or tensor level, not at the "
                  + program.level().text()
                  + " level");
    }
    inputs = List.copyOf(inputs);
    if (program.main().parameters().size() != inputs.size()) {
      throw new IllegalArgumentException(
          "main has %d parameters, %d inputs are described"
              .formatted(program.main().parameters().size(), inputs.size()));
    }
    Objects.requireNonNull(calibration);
    Objects.requireNonNull(answers);
    Objects.requireNonNull(digest);
    Objects.requireNonNull(producer);
  }
}
