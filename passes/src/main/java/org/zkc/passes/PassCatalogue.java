package org.zkc.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.zkc.ir.Level;
import org.zkc.ir.UserException;
import org.zkc.passes.circuit.CutExcess;
import org.zkc.passes.circuit.ExpandContractions;
import org.zkc.passes.circuit.IntegerToCircuit;
import org.zkc.passes.circuit.ReduceFftSteps;
import org.zkc.passes.circuit.RewriteFftConvolutions;
import org.zkc.passes.circuit.RewriteMatmulChecks;
import org.zkc.passes.circuit.ShareTables;
import org.zkc.passes.circuit.SizeRangeLimbs;
import org.zkc.passes.circuit.SizeTables;
import org.zkc.passes.generation.PrefillReuse;
import org.zkc.passes.integer.FuseRequantizeActivation;
import org.zkc.passes.integer.LengthenTables;
import org.zkc.passes.quantize.ChannelBalance;
import org.zkc.passes.quantize.FillMasks;
import org.zkc.passes.quantize.ResidualScales;
import org.zkc.passes.quantize.TensorToInteger;
import org.zkc.passes.tensor.ComposeFunctions;
import org.zkc.passes.tensor.DivideToMultiply;
import org.zkc.passes.tensor.EqualizeChannels;
import org.zkc.passes.tensor.FoldAffine;
import org.zkc.passes.tensor.FoldBatchNorm;
import org.zkc.passes.tensor.FoldConstants;
import org.zkc.passes.tensor.FoldGains;
import org.zkc.passes.tensor.FuseAttention;
import org.zkc.passes.tensor.HoistFactors;
import org.zkc.passes.tensor.MaskSoftmax;
import org.zkc.passes.tensor.MergeClamps;
import org.zkc.passes.tensor.MergePadIntoConv;
import org.zkc.passes.tensor.MergeViews;
import org.zkc.passes.tensor.OrderBeforeActivations;
import org.zkc.passes.tensor.RaiseNorms;
import org.zkc.passes.tensor.ScaleColumns;
import org.zkc.passes.tensor.SinkConcatenations;
import org.zkc.passes.tensor.SinkTransposes;
import org.zkc.passes.tensor.SplitColumns;
import org.zkc.passes.torch.TorchToTensor;

/**
 * Every lowering and every pass there is, the passes in the order in which {@code zkc compile} runs
 * those of one level. docs/passes.md has a paragraph for each; a test holds the two together. A
 * pass that works at several levels has an entry for each, under one name.
 */
public final class PassCatalogue {
  private static final List<Pass> PASSES =
      List.of(
          // Torch level.
          new EliminateDeadCode(Level.TORCH),
          // Tensor level.
          new FoldConstants(),
          new DivideToMultiply(),
          new FoldBatchNorm(),
          new FoldAffine(),
          new MergePadIntoConv(),
          new MergeClamps(),
          new SinkTransposes(),
          new MergeViews(),
          new SinkConcatenations(),
          new HoistFactors(),
          new MaskSoftmax(),
          new FuseAttention(),
          new OrderBeforeActivations(),
          new EliminateCommonSubexpressions(Level.TENSOR),
          new RaiseNorms(),
          new FoldGains(),
          new ComposeFunctions(),
          new EqualizeChannels(),
          new EliminateDeadCode(Level.TENSOR),
          // Integer level.
          new FuseRequantizeActivation(),
          new EliminateCommonSubexpressions(Level.INTEGER),
          new LengthenTables(),
          new EliminateDeadCode(Level.INTEGER),
          // Circuit level.
          new ReduceFftSteps(),
          new RewriteFftConvolutions(),
          new RewriteMatmulChecks(),
          new ExpandContractions(),
          new EliminateCommonSubexpressions(Level.CIRCUIT),
          new EliminateDeadCode(Level.CIRCUIT),
          new SizeTables(),
          new CutExcess(),
          new ShareTables(),
          new SizeRangeLimbs());

  private static final Map<String, List<Pass>> BY_NAME = new TreeMap<>();

  static {
    for (Pass pass : PASSES) {
      List<Pass> named = BY_NAME.computeIfAbsent(pass.name(), n -> new ArrayList<>());
      if (named.stream().anyMatch(p -> p.level() == pass.level())) {
        throw new IllegalStateException(
            "two passes of the %s level are named %s".formatted(pass.level(), pass.name()));
      }
      named.add(pass);
    }
  }

  private static final List<Lowering> LOWERINGS =
      List.of(
          TorchToTensor.LOWERING,
          PrefillReuse.LOWERING,
          SplitColumns.LOWERING,
          FillMasks.LOWERING,
          ScaleColumns.LOWERING,
          ChannelBalance.LOWERING,
          ResidualScales.LOWERING,
          TensorToInteger.LOWERING,
          IntegerToCircuit.LOWERING);

  private PassCatalogue() {}

  /** All lowerings, from the first level to the last. */
  public static List<Lowering> lowerings() {
    return LOWERINGS;
  }

  /** The lowering that {@code zkc opt --passes} calls {@code name}. */
  public static Optional<Lowering> lowering(String name) {
    return LOWERINGS.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  /** All passes, level by level, in the order of compilation. */
  public static List<Pass> all() {
    return PASSES;
  }

  /** The passes of one level, in the order of compilation. */
  public static List<Pass> of(Level level) {
    return PASSES.stream().filter(p -> p.level() == level).toList();
  }

  /**
   * The passes that {@code --disable} calls {@code name}, one for each level it works at.
   *
   * @throws UserException when there is none, with the names there are
   */
  public static List<Pass> byName(String name) {
    List<Pass> named = BY_NAME.get(name);
    if (named == null) {
      throw new UserException(
          "there is no pass or lowering named %s; the passes are %s, the lowerings %s"
              .formatted(
                  name,
                  String.join(", ", BY_NAME.keySet()),
                  LOWERINGS.stream().map(Lowering::name).collect(Collectors.joining(", "))));
    }
    return List.copyOf(named);
  }

  /**
   * The pass that {@code zkc opt --passes} calls {@code name}, for a program of {@code level}.
   *
   * @throws UserException when there is none, or none of that level
   */
  public static Pass byName(String name, Level level) {
    List<Pass> named = byName(name);
    return named.stream()
        .filter(p -> p.level() == level)
        .findFirst()
        .orElseThrow(() ->
            new UserException(
                "pass %s works on the %s level, the program is at the %s level"
                    .formatted(
                        name,
                        String.join(" and ", named.stream().map(p -> p.level().text()).toList()),
                        level.text())));
  }
}
