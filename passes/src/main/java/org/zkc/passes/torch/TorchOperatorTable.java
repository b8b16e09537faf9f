package org.zkc.passes.torch;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The torch operators that can be proved: one line per operator in its family's file, one line per
 * family here.
 */
public final class TorchOperatorTable {
  private static final Map<String, TorchOperator> BY_NAME = new TreeMap<>();

  static {
    Stream.of(
            LinearOperators.ALL,
            RecurrentOperators.ALL,
            PackedSequences.ALL,
            ConvolutionOperators.ALL,
            NormalizationOperators.ALL,
            AttentionOperators.ALL,
            NestedOperators.ALL,
            ActivationOperators.ALL,
            PointwiseOperators.ALL,
            QuantizationOperators.ALL,
            QuantizedOperators.ALL,
            DecomposedQuantization.ALL,
            PoolingOperators.ALL,
            InterpolationOperators.ALL,
            ReductionOperators.ALL,
            NormOperators.ALL,
            LossOperators.ALL,
            ClassLossOperators.ALL,
            MarginLossOperators.ALL,
            ArithmeticOperators.ALL,
            PairOperators.ALL,
            ScanOperators.ALL,
            StatisticsOperators.ALL,
            CombinationOperators.ALL,
            GridOperators.ALL,
            ComparisonOperators.ALL,
            LogicOperators.ALL,
            SelectionOperators.ALL,
            OrderOperators.ALL,
            ScalarOperators.ALL,
            ViewOperators.ALL,
            IndexOperators.ALL,
            GatherOperators.ALL,
            ElementOperators.ALL,
            OneHotOperators.ALL,
            ScatterOperators.ALL,
            IntegerOperators.ALL,
            WordOperators.ALL,
            WordConversions.ALL,
            List.of(EmbeddingBag.OPERATOR),
            PickOperators.ALL,
            JoinOperators.ALL,
            PaddingOperators.ALL,
            ListOperators.ALL,
            DictOperators.ALL,
            WriteOperators.ALL,
            HostOperators.ALL,
            SizeOperators.ALL,
            CreationOperators.ALL,
            ConstantWindows.ALL,
            CastOperators.ALL,
            InferenceOperators.ALL,
            CoreOperators.ALL,
            ComplexOperators.ALL,
            FourierOperators.ALL,
            ShortTimeFourier.ALL,
            CompositeOperators.ALL,
            DerivedOperators.ALL,
            SmallMatrixOperators.ALL)
        .flatMap(List::stream)
        .forEach(o -> {
          if (BY_NAME.put(o.name(), o) != null) {
            throw new IllegalStateException("two rows for " + o.name());
          }
        });
  }

  private TorchOperatorTable() {}

  /** The line of {@code zkc ops} about an operator. */
  public record Row(String operator, String becomes, String remarks) {}

  /** All rows, by operator name. */
  public static List<Row> rows() {
    Map<String, Row> rows = new TreeMap<>();
    for (String name : HostFunctions.names()) {
      rows.put(name, new Row(name, "host", "constants only"));
    }
    BY_NAME.values().forEach(o -> rows.put(o.name(), new Row(o.name(), o.becomes(), o.remarks())));
    CompositeOperators.ALIASES.forEach((alias, name) -> {
      Row row = Objects.requireNonNull(rows.get(name), "aliases are of operators in the table");
      rows.put(alias, new Row(alias, row.becomes, row.remarks));
    });
    return List.copyOf(rows.values());
  }

  static Optional<TorchOperator> find(String operator) {
    return Optional.ofNullable(BY_NAME.get(operator));
  }
}
