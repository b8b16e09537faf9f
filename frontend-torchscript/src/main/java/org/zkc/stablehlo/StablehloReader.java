package org.zkc.stablehlo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.lower.ModuleLowering;
import org.zkc.stablehlo.weights.BoundProgram;

/** Reads StableHLO programs as models: {@code main} with its weights bound. */
public final class StablehloReader {
  private StablehloReader() {}

  /**
   * Lowers an opened program.
   *
   * @throws UserException at the line of the user's program, or of the text, for what cannot be
   *     proved
   */
  public static ImportedModel read(BoundProgram program) {
    return lower(program, Optional.empty());
  }

  /**
   * A program that was looked through for faults.
   *
   * @param model with unknown values in place of what could not be read ({@link
   *     org.zkc.ir.torch.Operator#UNKNOWN})
   * @param faults empty where {@link #read} succeeds
   */
  public record Checked(ImportedModel model, List<UserException> faults) {
    public Checked {
      faults = List.copyOf(faults);
    }
  }

  /** Reads as {@link #read} does, and goes on after operations that cannot be read. */
  public static Checked check(BoundProgram program) {
    List<UserException> faults = new ArrayList<>();
    ImportedModel model = lower(program, Optional.of(faults));
    return new Checked(model, faults);
  }

  private static ImportedModel lower(BoundProgram opened, Optional<List<UserException>> faults) {
    ModuleLowering.Lowered lowered =
        ModuleLowering.lower(
            opened.program(), opened.module(), opened.main(), opened.bindings(), faults);
    return new ImportedModel(
        lowered.program(),
        lowered.inputs(),
        Optional.empty(),
        Optional.empty(),
        opened.digest(),
        Optional.of("StableHLO"));
  }
}
