package org.zkc.runtime.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * The split of the user's samples: those that ranges come from, and the inputs that fidelity is
 * reported on. These inputs are an evaluation set where there is one; else samples that calibration
 * does not see, where there are enough; else these with samples that it sees, where one in seven is
 * too few to tell a variance from; else the few samples themselves; and synthetic inputs where
 * there is no more than one.
 *
 * @param calibration samples for ranges and for the search; empty where there are none
 * @param primary what fidelity is about, and {@code --min-fidelity} asks for
 * @param varied synthetic inputs of varied mean and contrast, reported beside the primary set where
 *     inputs are like images, whose lighting is not known
 */
record SampleSplit(
    Optional<List<List<TensorData>>> calibration,
    EvaluationSet primary,
    Optional<EvaluationSet> varied) {
  /** The least number of samples of which some are held back: ranges need all of fewer samples. */
  static final int FEWEST_TO_SPLIT = 10;

  /** The share of the samples that is held back. */
  private static final double HELD_BACK = 0.15;

  private static final int FEWEST_HELD_BACK = 2;
  private static final int MOST_HELD_BACK = 64;

  /**
   * Samples that are enough to report on. R^2 divides by a variance, and two samples say next to
   * nothing of one: a network with R^2 = 0.91 on fresh inputs had 0.35 on two, and others, of whose
   * inputs few are far from all others, have 0.98 there and 0.6 elsewhere.
   */
  private static final int ENOUGH = 8;

  static SampleSplit of(CompilePipeline.Calibrated model) {
    Optional<List<List<TensorData>>> samples = model.samples();
    EvaluationSet varied = VariedSet.of(model.tensor(), samples);
    boolean isImage = model.tensor().main().parameters().stream().anyMatch(SampleSplit::isImage);
    Optional<EvaluationSet> beside = isImage ? Optional.of(varied) : Optional.empty();
    if (model.evaluation().isPresent()) {
      return new SampleSplit(samples, model.evaluation().get(), beside);
    }
    int count = samples.map(List::size).orElse(0);
    if (count < 2) {
      return new SampleSplit(samples, varied, Optional.empty());
    }
    List<List<TensorData>> given = samples.orElseThrow();
    if (count < FEWEST_TO_SPLIT) {
      String name =
          "the %d calibration samples themselves, too few to hold some back".formatted(count);
      return new SampleSplit(samples, new EvaluationSet(name, given), beside);
    }
    int held = Math.clamp(Math.round(HELD_BACK * count), FEWEST_HELD_BACK, MOST_HELD_BACK);
    List<List<TensorData>> kept = new ArrayList<>();
    List<List<TensorData>> heldBack = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // Evenly spread, as samples may be sorted by class.
      boolean isHeld = (long) (i + 1) * held / count > (long) i * held / count;
      (isHeld ? heldBack : kept).add(given.get(i));
    }
    return new SampleSplit(Optional.of(kept), reported(model, heldBack, kept), beside);
  }

  /** The samples held back, and others beside them where they are few and time allows it. */
  private static EvaluationSet reported(
      CompilePipeline.Calibrated model,
      List<List<TensorData>> heldBack,
      List<List<TensorData>> kept) {
    int held = heldBack.size();
    int count = held + kept.size();
    int measured = Math.min(count, VariedSet.inSeconds(model.tensor()));
    if (held >= ENOUGH || measured <= held) {
      String name = "%d of %d calibration samples held back".formatted(held, count);
      return new EvaluationSet(name, heldBack);
    }
    List<List<TensorData>> inputs = new ArrayList<>(heldBack);
    inputs.addAll(kept.subList(0, measured - held));
    String name = "%d calibration samples, %d of them held back".formatted(measured, held);
    return new EvaluationSet(name, inputs);
  }

  private static boolean isImage(Value input) {
    Shape shape = input.shape();
    return shape.rank() == 4 && shape.extent(2) >= 4 && shape.extent(3) >= 4;
  }
}
