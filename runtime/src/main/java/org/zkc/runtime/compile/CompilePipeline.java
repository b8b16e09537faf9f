package org.zkc.runtime.compile;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.file.Generation;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.prove.ProvingKey;
import org.zkc.ir.Function;
import org.zkc.ir.ImportedModel;
import org.zkc.ir.LayerNumbers;
import org.zkc.ir.Level;
import org.zkc.ir.ModelInput;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.text.Printer;
import org.zkc.passes.Fault;
import org.zkc.passes.PassCatalogue;
import org.zkc.passes.PassContext;
import org.zkc.passes.PassManager;
import org.zkc.passes.circuit.IntegerToCircuit;
import org.zkc.passes.generation.PrefillReuse;
import org.zkc.passes.quantize.Calibrate;
import org.zkc.passes.quantize.ChannelBalance;
import org.zkc.passes.quantize.ColumnScales;
import org.zkc.passes.quantize.FidelityTarget;
import org.zkc.passes.quantize.FillMasks;
import org.zkc.passes.quantize.QuantizationOptions;
import org.zkc.passes.quantize.QuantizedProgram;
import org.zkc.passes.quantize.Ranges;
import org.zkc.passes.quantize.ResidualScales;
import org.zkc.passes.quantize.TensorToInteger;
import org.zkc.passes.tensor.ScaleColumns;
import org.zkc.passes.tensor.SplitColumns;
import org.zkc.passes.torch.TorchToTensor;
import org.zkc.runtime.artifact.Summary;
import org.zkc.runtime.emit.CircuitEmitter;
import org.zkc.runtime.emit.EmittedCircuit;
import org.zkc.runtime.numpy.ArrayFiles;
import org.zkc.runtime.numpy.NpzReader;

/**
 * Compilation from archive to circuit: the order of lowerings and passes. One object compiles one
 * model; its intermediate results are available afterwards.
 */
public final class CompilePipeline {
  private final CompileOptions options;
  private final TaskRunner tasks;
  private final PassManager passes;

  /** Compiles on the calling thread alone. */
  public CompilePipeline(CompileOptions options) {
    this(options, TaskRunner.CALLER);
  }

  /**
   * @param tasks runs the pieces of large products; the result does not depend on it
   */
  public CompilePipeline(CompileOptions options, TaskRunner tasks) {
    this.options = options;
    this.tasks = tasks;
    this.passes = new PassManager(options.disabled(), options.listener(), new PassContext(tasks));
  }

  /** Steps with their times, and counts, of what was run so far. */
  public PassManager passes() {
    return passes;
  }

  /**
   * A tensor-level program with the calibration samples for it. Names are those of main's
   * parameters and results.
   *
   * @param inputParts the array that an input is a part of, if any
   * @param samples none means noise
   * @param evaluation the user's own set that fidelity is reported on
   * @param columns units that the program, samples and evaluation set are in; empty until they are
   *     chosen
   * @param generation present where the program is a causal language model: which output is about
   *     which input's next token
   * @param logits the language model whose next tokens {@code tensor} states in place of its
   *     logits; precision is chosen for these. Empty for all other programs
   */
  public record Calibrated(
      Program tensor,
      List<String> inputNames,
      List<Optional<Port.Part>> inputParts,
      List<String> outputNames,
      Optional<List<List<TensorData>>> samples,
      Optional<EvaluationSet> evaluation,
      Optional<ColumnScales> columns,
      Optional<Generation> generation,
      Optional<Program> logits,
      String archiveDigest) {

    /** The same without an evaluation set. */
    public Calibrated(
        Program tensor,
        List<String> inputNames,
        List<String> outputNames,
        Optional<List<List<TensorData>>> samples,
        String archiveDigest) {
      this(
          tensor,
          inputNames,
          Collections.nCopies(inputNames.size(), Optional.empty()),
          outputNames,
          samples,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          archiveDigest);
    }

    private Calibrated withLayerNumbers() {
      return withTensor(LayerNumbers.number(tensor));
    }

    private Calibrated withTensor(Program newTensor) {
      return new Calibrated(
          newTensor,
          inputNames,
          inputParts,
          outputNames,
          samples,
          evaluation,
          columns,
          generation,
          logits,
          archiveDigest);
    }

    /** A program that states the likeliest next tokens of this one. */
    private Calibrated stating(Program nextTokens) {
      return new Calibrated(
          nextTokens,
          inputNames,
          inputParts,
          List.of("next"),
          samples,
          evaluation,
          columns,
          generation,
          Optional.of(tensor),
          archiveDigest);
    }

    /** A program that reads samples and evaluation set in these units. */
    private Calibrated inUnits(ColumnScales units, Program newTensor) {
      return new Calibrated(
          newTensor,
          inputNames,
          inputParts,
          outputNames,
          samples.map(list -> list.stream().map(units::apply).toList()),
          evaluation.map(set ->
              new EvaluationSet(
                  set.name(), set.inputs().stream().map(units::apply).toList(), set.labels())),
          Optional.of(units),
          generation,
          logits,
          archiveDigest);
    }
  }

  /**
   * Reads a model by the front end that it is for.
   *
   * @throws UserException when the file is missing or not supported
   */
  public ImportedModel read(Path file) {
    FrontEnd frontEnd = FrontEnd.of(file, options);
    return read(frontEnd.step(), frontEnd::read);
  }

  private ImportedModel read(String step, Supplier<ImportedModel> reader) {
    ImportedModel[] model = new ImportedModel[1];
    passes.read(
        step,
        () -> {
          model[0] = reader.get();
          return model[0].program();
        });
    return model[0];
  }

  /** Lowers a model to the tensor level and runs the passes of that level. */
  public Calibrated toTensor(ImportedModel model) {
    List<String> names = model.inputs().stream().map(ModelInput::name).toList();
    Optional<List<TensorData>> arrays = calibrationArrays(model, names);
    List<TensorType> types =
        InputTypes.resolve(
            model.inputs(),
            options.inputShapes(),
            arrays.map(a -> a.stream().map(TensorData::dtype).toList()));
    Program imported = runLevel(model.program());
    List<String> outputs = new ArrayList<>();
    Program tensor =
        switch (imported.level()) {
          case TORCH ->
              runLevel(
                  passes.lower(
                      TorchToTensor.LOWERING,
                      (program, context) -> {
                        TorchToTensor.Lowered lowered =
                            TorchToTensor.lower(program, types, context);
                        outputs.addAll(lowered.outputNames());
                        return lowered.program();
                      },
                      imported));
          case TENSOR -> {
            requireTypes(imported.main(), types);
            outputs.addAll(TorchToTensor.outputNames(imported.main().results().size()));
            yield imported;
          }
          case INTEGER, CIRCUIT -> throw new AssertionError("no front end goes so far");
        };
    requireAnswers(model, tensor, names, outputs);
    InputParts parts = new InputParts(names, SplitColumns.parts(tensor));
    Program split = split(tensor, parts);
    Calibrated calibrated =
        withColumns(
            new Calibrated(
                split,
                parts.partNames(),
                parts.ofPorts(),
                outputs,
                arrays.map(
                    a -> parts.split(SampleArrays.split(a, types, names, "calibration data"))),
                options.evaluation().read(types, names, tensor).map(parts::split),
                Optional.empty(),
                generation(split),
                Optional.empty(),
                model.digest()));
    return options.generation() ? calibrated.stating(nextTokens(calibrated.tensor())) : calibrated;
  }

  /** Makes inputs of the columns that are indices of tables of different size. */
  private Program split(Program tensor, InputParts parts) {
    return parts.isPlain()
        ? tensor
        : runLevel(
            passes.lower(
                SplitColumns.LOWERING,
                (program, context) -> SplitColumns.apply(program, parts.parts()),
                tensor));
  }

  /**
   * The input and output of next tokens, where the program is a causal language model.
   *
   * @throws UserException when that is asked for and it is no causal language model
   */
  private Optional<Generation> generation(Program tensor) {
    if (options.generation() && options.evaluation().labels().isPresent()) {
      throw new UserException("--labels counts classes of an output that --generation leaves out");
    }
    Optional<PrefillReuse.Tokens> tokens =
        options.generation()
            ? Optional.of(PrefillReuse.require(tensor))
            : PrefillReuse.find(tensor);
    return tokens.map(t -> new Generation(t.input(), 0));
  }

  private Program nextTokens(Program tensor) {
    return runLevel(
        passes.lower(PrefillReuse.LOWERING, PrefillReuse.LOWERING.with(List.of()), tensor));
  }

  /**
   * Everything in a model that cannot be proved, as far as it shows: the faults of reading and of
   * the step from the torch level; where there are none, those of quantisation, with calibration
   * data or noise.
   *
   * @throws UserException when the file is missing, is no model, or lacks shapes that are not given
   */
  public List<Fault> check(Path archive) {
    FrontEnd.Checked checked = FrontEnd.of(archive, options).check();
    if (checked.faults().isEmpty()) {
      return checkRead(checked.model().orElseThrow());
    }
    List<Fault> faults = new ArrayList<>();
    checked.faults().forEach(e -> faults.add(Fault.of(e, true)));
    checked
        .model()
        .ifPresent(model -> faults.addAll(TorchToTensor.check(model.program(), types(model))));
    return Fault.distinct(faults);
  }

  private List<Fault> checkRead(ImportedModel model) {
    if (model.program().level() == Level.TORCH) {
      List<Fault> faults = TorchToTensor.check(model.program(), types(model));
      if (!faults.isEmpty()) {
        return faults;
      }
    }
    Calibrated calibrated = toTensor(model);
    return TensorToInteger.check(calibrated.tensor(), calibrated.samples());
  }

  private List<TensorType> types(ImportedModel model) {
    List<String> names = model.inputs().stream().map(ModelInput::name).toList();
    return InputTypes.resolve(
        model.inputs(),
        options.inputShapes(),
        calibrationArrays(model, names).map(a -> a.stream().map(TensorData::dtype).toList()));
  }

  /**
   * Chooses units of columns and factors of channels, where that is not done, and lets the program
   * absorb them.
   */
  private Calibrated withColumns(Calibrated read) {
    if (read.columns().isPresent()) {
      return read;
    }
    Calibrated model = masked(read);
    ColumnScales units = ColumnScales.of(model.tensor(), model.samples().orElse(List.of()));
    Program tensor =
        units.isPlain()
            ? model.tensor()
            : runLevel(
                passes.lower(
                    ScaleColumns.LOWERING,
                    (program, context) -> units.apply(program),
                    model.tensor()));
    return balanced(model.inUnits(units, tensor));
  }

  /** Makes masks of what is 0 or huge in all samples. */
  private Calibrated masked(Calibrated model) {
    if (model.samples().isEmpty()) {
      return model;
    }
    List<List<TensorData>> samples = model.samples().get();
    Program masked =
        passes.lower(
            FillMasks.LOWERING,
            (program, context) -> FillMasks.apply(program, samples, context, tasks),
            model.tensor());
    return masked == model.tensor() ? model : model.withTensor(runLevel(masked));
  }

  /** Moves factors between channels by the samples that ranges are taken from. */
  private Calibrated balanced(Calibrated model) {
    Optional<List<List<TensorData>>> samples = SampleSplit.of(model).calibration();
    if (samples.isEmpty()) {
      return model;
    }
    Program between =
        passes.lower(
            ChannelBalance.LOWERING,
            (program, context) -> ChannelBalance.apply(program, samples.get(), context, tasks),
            model.tensor());
    return model.withTensor(
        passes.lower(
            ResidualScales.LOWERING,
            (program, context) -> ResidualScales.apply(program, samples.get(), context, tasks),
            between));
  }

  /** Compares with the answers in the archive and with those that the user gave. */
  private void requireAnswers(
      ImportedModel model, Program tensor, List<String> inputs, List<String> outputs) {
    if (!options.reference().isEmpty()) {
      List<String> names = Stream.concat(inputs.stream(), outputs.stream()).toList();
      RecordedAnswers.check(
          tensor,
          outputs,
          ArrayFiles.read(options.reference(), names, "--reference"),
          "--reference",
          AnswerPrecision.of(model));
    }
    if (model.answers().isPresent()) {
      String source = "the archive's record of the model's answers";
      List<String> names = new ArrayList<>();
      IntStream.range(0, inputs.size()).forEach(i -> names.add("input" + i));
      IntStream.range(0, outputs.size()).forEach(i -> names.add("output" + i));
      byte[] bytes = model.answers().get().toArray(ValueLayout.JAVA_BYTE);
      List<TensorData> arrays = ArrayFiles.pick(NpzReader.read(bytes, source), names, source);
      // Answers for another shape than the one asked for say nothing.
      if (options.inputShapes().isEmpty() || RecordedAnswers.fit(tensor, arrays)) {
        RecordedAnswers.check(tensor, outputs, arrays, source, AnswerPrecision.of(model));
      }
    }
  }

  /** Shapes of a tensor-level program are fixed, so the requested shapes must be the program's. */
  private static void requireTypes(Function main, List<TensorType> types) {
    for (int i = 0; i < types.size(); i++) {
      Value parameter = main.parameters().get(i);
      if (!parameter.type().equals(types.get(i))) {
        throw new UserException(
            "input %s of the model is %s and cannot become %s; leave --input-shape out"
                .formatted(
                    parameter.name(), Printer.type(parameter.type()), Printer.type(types.get(i))));
      }
    }
  }

  private Optional<List<TensorData>> calibrationArrays(ImportedModel model, List<String> names) {
    if (!options.calibration().isEmpty()) {
      return Optional.of(ArrayFiles.read(options.calibration(), names, "--calibration"));
    }
    return model
        .calibration()
        .map(bytes -> {
          String name = "the archive's calibration data";
          return ArrayFiles.pick(
              NpzReader.read(bytes.toArray(ValueLayout.JAVA_BYTE), name), names, name);
        });
  }

  /** Quantises and runs the passes of the integer level. */
  public QuantizedProgram toInteger(Calibrated model) {
    SampleSplit split = SampleSplit.of(model);
    Ranges ranges = ranges(model.tensor(), split);
    split.calibration().ifPresent(samples -> warnOfSamples(model, samples));
    if (split.calibration().isEmpty()) {
      options
          .warnings()
          .accept(
              "no calibration data given: ranges come from noise, which may cost accuracy; pass"
                  + " --calibration FILE with some real inputs");
    }
    QuantizedProgram[] quantized = new QuantizedProgram[1];
    Program integer =
        passes.lower(
            TensorToInteger.LOWERING,
            (program, context) -> {
              Optional<FidelityTarget> target = target(model, split.primary());
              quantized[0] =
                  model
                      .logits()
                      .map(logits ->
                          TensorToInteger.lower(
                              new TensorToInteger.Source(program, ranges),
                              new TensorToInteger.Source(logits, ranges(logits, split)),
                              quantization(model),
                              target,
                              context))
                      .orElseGet(() ->
                          TensorToInteger.lower(
                              program, ranges, quantization(model), target, context));
              return quantized[0].program();
            },
            model.tensor());
    return new QuantizedProgram(runLevel(integer), quantized[0].counterparts());
  }

  private Ranges ranges(Program tensor, SampleSplit split) {
    return split.calibration().isPresent()
        ? Calibrate.run(tensor, split.calibration().get(), tasks)
        : Calibrate.runDefault(tensor, tasks);
  }

  private Optional<FidelityTarget> target(Calibrated model, EvaluationSet primary) {
    if (options.minFidelity().isEmpty()) {
      return Optional.empty();
    }
    EvaluationSet measured = primary.first(VariedSet.affordable(model.tensor()));
    return Optional.of(
        new FidelityTarget(
            options.minFidelity().getAsDouble(), measured.name(), measured.inputs()));
  }

  /** The user's options, and bits of tables. */
  private QuantizationOptions quantization(Calibrated model) {
    Map<String, Integer> least = new TreeMap<>();
    for (int i = 0; i < model.inputNames().size(); i++) {
      int input = i;
      int bits = model.columns().map(c -> c.bits(model.tensor(), input)).orElse(0);
      if (bits > 0) {
        least.put(model.tensor().main().parameters().get(i).name(), bits);
      }
    }
    return options.quantization().withLeastBits(least);
  }

  /** Samples that are all the same say nothing of what depends on the input. */
  private void warnOfSamples(Calibrated model, List<List<TensorData>> samples) {
    for (int i = 0; i < model.inputNames().size(); i++) {
      int input = i;
      double[] first = samples.getFirst().get(i).toDoubles();
      boolean isSame =
          samples.size() > 1
              ? samples.stream().allMatch(s -> Arrays.equals(s.get(input).toDoubles(), first))
              : first.length > 1 && Arrays.stream(first).allMatch(x -> x == first[0]);
      if (isSame) {
        options
            .warnings()
            .accept(
                "the calibration samples of input %s do not vary: ranges that other inputs need are not known from them, and R^2 says nothing; give real inputs"
                    .formatted(model.inputNames().get(i)));
      }
    }
  }

  /** Lowers to the circuit level and runs its passes. */
  public Program toCircuit(Program integer) {
    return runLevel(
        passes.lower(
            IntegerToCircuit.LOWERING,
            (program, context) ->
                IntegerToCircuit.lower(program, options.convolutions().choice(), context),
            integer));
  }

  /** The whole way from an archive. */
  public CompiledModel compile(Path archive) {
    return compile(toTensor(read(archive)));
  }

  /** The whole way from a tensor-level program. */
  public CompiledModel compile(Calibrated calibrated) {
    VerifierLimits.requireStatement(calibrated.tensor().main(), calibrated.generation());
    VerifierLimits.requireReads(calibrated.tensor().main(), calibrated.generation());
    VerifierLimits.requireLookups(calibrated.tensor().main(), calibrated.generation());
    SampleBounds.require(calibrated.tensor().main());
    Calibrated model = withColumns(calibrated).withLayerNumbers();
    QuantizedProgram quantized = toInteger(model);
    Program circuit = toCircuit(quantized.program());
    EmittedCircuit emitted = CircuitEmitter.emit(circuit);
    List<Port> inputs = ModelPorts.inputs(model, quantized.program());
    List<Port> outputs = ModelPorts.outputs(model, quantized.program());
    CheckedCircuit checked = VerifierLimits.check(emitted, inputs, outputs, model.generation());
    // Fidelity is measured while the loops of the commitment are compiled.
    ProvingKey.announce(checked);
    Measured measured = Measured.of(model, quantized, options, tasks);
    List<String> names = outputs.stream().map(Port::name).toList();
    measured.warnings(names).forEach(options.warnings());
    // The target of a language model whose next tokens are stated is one of its logits.
    if (model.logits().isEmpty()) {
      measured.requireTarget(names);
    }
    Summary summary =
        new Summary(
            model.archiveDigest(),
            model.samples().isEmpty(),
            measured.evaluation(names),
            measured.layers(),
            Layers.of(model.tensor(), quantized),
            Layers.results(model.tensor()));
    return new CompiledModel(
        model.tensor(),
        quantized.program(),
        circuit,
        emitted,
        checked,
        inputs,
        outputs,
        model.generation(),
        summary);
  }

  /** The passes of the program's level, in the catalogue's order. */
  private Program runLevel(Program program) {
    return passes.run(program, PassCatalogue.of(program.level()));
  }
}
