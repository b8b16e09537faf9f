package org.zkc.runtime.compile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.zkc.ir.DType;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.passes.PassContext;
import org.zkc.passes.torch.TorchToTensor;
import org.zkc.stablehlo.StablehloReader;
import org.zkc.stablehlo.check.Expectation;
import org.zkc.stablehlo.check.SelfCheckingProgram;
import org.zkc.stablehlo.check.SelfCheckingProgram.Input;
import org.zkc.stablehlo.program.DenseData;
import org.zkc.stablehlo.program.FloatFormat;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.text.StablehloText;

/**
 * The run of a StableHLO program that checks itself: through the reader, the lowering and the
 * tensor interpreter, with its inputs as the model's. Where that is refused, some inputs stay
 * constants, as in the text: indices and shifts that a proof must know, and numbers that are not
 * finite.
 */
public final class SelfCheckRun {
  /**
   * Units in the last place of its type that a result may be off where the program asks it to be
   * close.
   */
  private static final int CLOSE_UNITS = 3;

  /** The part of the greatest magnitude that sums in another order may be off. */
  private static final double CLOSE_PART = 2e-6;

  private static final double ALMOST = 1e-3;

  private SelfCheckRun() {}

  /** The outcome for one program. */
  public sealed interface Outcome {
    /** One sentence without its end. */
    String text();

    /**
     * Every result is what the program expects.
     *
     * @param constants how many of the inputs stayed constants
     * @param why why they did; empty where there are none
     */
    record Agrees(int constants, String why) implements Outcome {
      @Override
      public String text() {
        return constants == 0
            ? "agrees"
            : "agrees, %d of its inputs as constants; with all as inputs refused: %s"
                .formatted(constants, why);
      }
    }

    /** The program asks for what cannot be proved. */
    record Refused(String why) implements Outcome {
      @Override
      public String text() {
        return "refused: " + why;
      }
    }

    /** A result is another than the program expects. */
    record Differs(String what) implements Outcome {
      @Override
      public String text() {
        return "differs: " + what;
      }
    }
  }

  /**
   * The outcome for one function of a text.
   *
   * @param function its name, {@code main} where there is but one
   */
  public record Checked(String function, Outcome outcome) {}

  /** Runs a text: the first of its functions that differs, else that is refused, else agrees. */
  public static Outcome of(Path file) {
    List<Outcome> all = all(file).stream().map(Checked::outcome).toList();
    return all.stream()
        .filter(Outcome.Differs.class::isInstance)
        .findFirst()
        .or(() -> all.stream().filter(Outcome.Refused.class::isInstance).findFirst())
        .orElseGet(all::getFirst);
  }

  /** Runs all functions of a text that check themselves. */
  public static List<Checked> all(Path file) {
    List<SelfCheckingProgram> programs;
    try {
      programs = SelfCheckingProgram.of(StablehloText.read(file));
    } catch (UserException e) {
      return List.of(new Checked("main", new Outcome.Refused(sentence(e))));
    }
    return programs.stream().map(p -> new Checked(p.main().symbol(), of(p))).toList();
  }

  private static Outcome of(SelfCheckingProgram program) {
    Optional<String> first = Optional.empty();
    for (Predicate<Input> choice : choices(program)) {
      try {
        Optional<String> difference = run(program, choice);
        int constants = (int) program.inputs().stream().filter(choice.negate()).count();
        String why = first.orElse("");
        return difference
            .<Outcome>map(Outcome.Differs::new)
            .orElseGet(() -> new Outcome.Agrees(constants, why));
      } catch (UserException e) {
        first = first.or(() -> Optional.of(sentence(e)));
      }
    }
    return new Outcome.Refused(first.orElse("it has no inputs"));
  }

  private static String sentence(UserException e) {
    return e.location().isKnown() ? e.location() + ": " + e.getMessage() : e.getMessage();
  }

  /** The inputs that are the model's, the most first. */
  private static List<Predicate<Input>> choices(SelfCheckingProgram program) {
    List<Predicate<Input>> out = new ArrayList<>();
    out.add(_ -> true);
    out.add(SelfCheckRun::isFinite);
    out.add(i -> isReal(i) && isFinite(i));
    for (Input each : program.inputs()) {
      out.add(i -> i == each);
    }
    out.add(_ -> false);
    return out;
  }

  private static boolean isReal(Input input) {
    return input.elements().data().element() instanceof HloElementType.FloatElement;
  }

  private static boolean isFinite(Input input) {
    DenseData data = input.elements().data();
    boolean finite = true;
    for (long i = 0; isReal(input) && i < data.count(); i++) {
      finite &= Double.isFinite(data.getDouble(i));
    }
    return finite;
  }

  /** The first difference. */
  private static Optional<String> run(SelfCheckingProgram program, Predicate<Input> isInput) {
    ImportedModel model = StablehloReader.read(program.model(isInput));
    List<TensorData> samples = new ArrayList<>();
    List<TensorType> types = new ArrayList<>();
    List<Input> inputs = program.inputs().stream().filter(isInput).toList();
    for (int i = 0; i < inputs.size(); i++) {
      Shape shape = model.inputs().get(i).shape().orElseThrow();
      DType dtype = model.inputs().get(i).dtype().orElseThrow();
      if (!isFinite(inputs.get(i))) {
        throw new UserException(
            program.program().origin(inputs.get(i).location()),
            "an input is not finite; only finite numbers can be proved");
      }
      types.add(new TensorType(dtype, shape));
      samples.add(data(dtype, shape, inputs.get(i).elements()));
    }
    for (int i = inputs.size(); i < model.inputs().size(); i++) {
      Shape shape = model.inputs().get(i).shape().orElseThrow();
      DType dtype = model.inputs().get(i).dtype().orElseThrow();
      types.add(new TensorType(dtype, shape));
      samples.add(
          dtype.isFloating()
              ? TensorData.ofReals(dtype, shape, new double[1])
              : TensorData.ofLongs(dtype, shape, new long[1]));
    }
    List<TensorData> outputs =
        TensorInterpreter.run(
            TorchToTensor.lower(model.program(), types, new PassContext()).program(), samples);
    for (int i = 0; i < outputs.size(); i++) {
      Expectation each = program.expectations().get(i);
      Optional<String> difference = difference(each, outputs.get(i));
      if (difference.isPresent()) {
        return difference.map(d -> each.location() + ": " + d);
      }
    }
    return Optional.empty();
  }

  private static TensorData data(DType dtype, Shape shape, HloAttribute.Dense elements) {
    int count = Math.toIntExact(elements.data().count());
    if (dtype.isFloating()) {
      double[] reals = new double[count];
      for (int i = 0; i < count; i++) {
        reals[i] = elements.data().getDouble(i);
      }
      return TensorData.ofReals(dtype, shape, reals);
    }
    long[] integers = new long[count];
    for (int i = 0; i < count; i++) {
      integers[i] = elements.data().getLong(i);
      if (!dtype.holds(integers[i])) {
        throw new UserException("an input holds a number of 2^63 or more");
      }
    }
    return TensorData.ofLongs(dtype, shape, integers);
  }

  private static Optional<String> difference(Expectation expectation, TensorData found) {
    DenseData expected = expectation.expected().data();
    boolean isReal = expected.element() instanceof HloElementType.FloatElement;
    if (isReal != found.dtype().isFloating()) {
      return Optional.of(
          "a result has elements of %s, expected are those of %s"
              .formatted(found.dtype().text(), expected.element().text()));
    }
    // A program of constants has one more, its argument.
    if (expected.count() > found.elementCount()) {
      return Optional.of(
          "a result has %d elements, expected are %d"
              .formatted(found.elementCount(), expected.count()));
    }
    if (!isReal) {
      for (int i = 0; i < expected.count(); i++) {
        if (expected.getLong(i) != found.getLong(i)) {
          return Optional.of(
              "element %d is %d, expected is %d"
                  .formatted(i, found.getLong(i), expected.getLong(i)));
        }
      }
      return Optional.empty();
    }
    double greatest = 0;
    for (int i = 0; i < expected.count(); i++) {
      double x = Math.abs(expected.getDouble(i));
      greatest = Double.isFinite(x) ? Math.max(greatest, x) : greatest;
    }
    for (int i = 0; i < expected.count(); i++) {
      double wanted = expected.getDouble(i);
      double got = found.getDouble(i);
      if (!agree(expectation.nearness(), wanted, got, greatest, expected.element())) {
        if (!Double.isFinite(got)) {
          throw new UserException(
              expectation.location(),
              "element %d of a result is %s: a function leaves the domain on which it is proved"
                  .formatted(i, got));
        }
        return Optional.of("element %d is %s, expected is %s".formatted(i, got, wanted));
      }
    }
    return Optional.empty();
  }

  private static boolean agree(
      Expectation.Nearness nearness,
      double wanted,
      double got,
      double greatest,
      HloElementType element) {
    if (wanted == got || Double.isNaN(wanted) && Double.isNaN(got)) {
      return true;
    }
    double distance = Math.abs(wanted - got);
    return switch (nearness) {
      case EQUAL -> false;
      case CLOSE ->
          distance <= CLOSE_UNITS * unit(wanted, element) || distance <= CLOSE_PART * greatest;
      case ALMOST -> distance <= ALMOST;
    };
  }

  /** The unit in the last place of a number in a type; of f64 that of f32, which is computed in. */
  private static double unit(double number, HloElementType element) {
    int dropped =
        element instanceof HloElementType.FloatElement real
            ? real.format() == FloatFormat.BF16 ? 16 : real.format() == FloatFormat.F16 ? 13 : 0
            : 0;
    return Math.scalb((double) Math.ulp((float) number), dropped);
  }
}
