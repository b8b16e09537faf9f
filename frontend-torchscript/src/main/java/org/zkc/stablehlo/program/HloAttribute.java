package org.zkc.stablehlo.program;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The value of an attribute or property. */
public sealed interface HloAttribute {

  /**
   * An integer.
   *
   * @param value of ui64, the 64 bits
   * @param type i64 where the text names none
   */
  record IntegerValue(long value, HloElementType type) implements HloAttribute {
    public IntegerValue {
      Objects.requireNonNull(type);
    }
  }

  /**
   * A real number.
   *
   * @param value rounded to {@code type}
   * @param type f64 where the text names none
   */
  record RealValue(double value, HloElementType type) implements HloAttribute {
    public RealValue {
      Objects.requireNonNull(type);
    }
  }

  /** {@code true} or {@code false}. */
  record BooleanValue(boolean value) implements HloAttribute {}

  /** A string, its escapes resolved. */
  record StringValue(String value) implements HloAttribute {
    public StringValue {
      Objects.requireNonNull(value);
    }
  }

  /** A list of attributes, {@code [#stablehlo<precision DEFAULT>, ...]}. */
  record ListValue(List<HloAttribute> elements) implements HloAttribute {
    public ListValue {
      elements = List.copyOf(elements);
    }
  }

  /** Attributes by name, in the order of the text. */
  record Dictionary(Map<String, HloAttribute> entries) implements HloAttribute {
    public Dictionary {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /** {@code dense<...> : tensor<...>}, or {@code dense_resource}, the elements of a tensor. */
  record Dense(HloType.TensorOf type, DenseData data) implements HloAttribute {
    public Dense {
      Objects.requireNonNull(type);
      Objects.requireNonNull(data);
    }
  }

  /** {@code array<i64: 1, 2>}; booleans are 0 and 1. */
  record IntegerArray(HloElementType element, List<Long> values) implements HloAttribute {
    public IntegerArray {
      Objects.requireNonNull(element);
      values = List.copyOf(values);
    }
  }

  /** {@code array<f32: 0.5, 1.0>}. */
  record RealArray(HloElementType element, List<Double> values) implements HloAttribute {
    public RealArray {
      Objects.requireNonNull(element);
      values = List.copyOf(values);
    }
  }

  /** A word of an enumeration, {@code #stablehlo<comparison_direction LT>}. */
  record EnumCase(String dialect, String enumeration, String word) implements HloAttribute {
    public EnumCase {
      Objects.requireNonNull(dialect);
      Objects.requireNonNull(enumeration);
      Objects.requireNonNull(word);
    }
  }

  /**
   * {@code #stablehlo.dot<...>}, the dimension numbers of dot_general; dimensions left out are
   * none.
   */
  record DotDimensions(
      List<Long> lhsBatching,
      List<Long> rhsBatching,
      List<Long> lhsContracting,
      List<Long> rhsContracting)
      implements HloAttribute {
    public DotDimensions {
      lhsBatching = List.copyOf(lhsBatching);
      rhsBatching = List.copyOf(rhsBatching);
      lhsContracting = List.copyOf(lhsContracting);
      rhsContracting = List.copyOf(rhsContracting);
    }
  }

  /** {@code #stablehlo.gather<...>}; dimensions left out are none, the index vector's is 0. */
  record GatherDimensions(
      List<Long> offsetDims,
      List<Long> collapsedSliceDims,
      List<Long> operandBatchingDims,
      List<Long> startIndicesBatchingDims,
      List<Long> startIndexMap,
      long indexVectorDim)
      implements HloAttribute {
    public GatherDimensions {
      offsetDims = List.copyOf(offsetDims);
      collapsedSliceDims = List.copyOf(collapsedSliceDims);
      operandBatchingDims = List.copyOf(operandBatchingDims);
      startIndicesBatchingDims = List.copyOf(startIndicesBatchingDims);
      startIndexMap = List.copyOf(startIndexMap);
    }
  }

  /** {@code #stablehlo.scatter<...>}; dimensions left out are none, the index vector's is 0. */
  record ScatterDimensions(
      List<Long> updateWindowDims,
      List<Long> insertedWindowDims,
      List<Long> inputBatchingDims,
      List<Long> scatterIndicesBatchingDims,
      List<Long> scatterDimsToOperandDims,
      long indexVectorDim)
      implements HloAttribute {
    public ScatterDimensions {
      updateWindowDims = List.copyOf(updateWindowDims);
      insertedWindowDims = List.copyOf(insertedWindowDims);
      inputBatchingDims = List.copyOf(inputBatchingDims);
      scatterIndicesBatchingDims = List.copyOf(scatterIndicesBatchingDims);
      scatterDimsToOperandDims = List.copyOf(scatterDimsToOperandDims);
    }
  }

  /**
   * {@code #stablehlo.conv<[b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]>}: which dimension of an operand
   * is the batch, the feature and the i-th spatial one.
   */
  record ConvolutionDimensions(
      long inputBatch,
      long inputFeature,
      List<Long> inputSpatial,
      long kernelInputFeature,
      long kernelOutputFeature,
      List<Long> kernelSpatial,
      long outputBatch,
      long outputFeature,
      List<Long> outputSpatial)
      implements HloAttribute {
    public ConvolutionDimensions {
      inputSpatial = List.copyOf(inputSpatial);
      kernelSpatial = List.copyOf(kernelSpatial);
      outputSpatial = List.copyOf(outputSpatial);
    }
  }

  /**
   * Another attribute of named fields, {@code #stablehlo.channel_handle<handle = 1, type = 0>}.
   *
   * @param mnemonic {@code channel_handle}
   */
  record Structured(String dialect, String mnemonic, Map<String, HloAttribute> fields)
      implements HloAttribute {
    public Structured {
      Objects.requireNonNull(dialect);
      Objects.requireNonNull(mnemonic);
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }
  }

  /** A reference to a function, {@code @f}. */
  record SymbolReference(String root, List<String> nested) implements HloAttribute {
    public SymbolReference {
      Objects.requireNonNull(root);
      nested = List.copyOf(nested);
    }
  }

  /** A type that stands as an attribute. */
  record TypeValue(HloType type) implements HloAttribute {
    public TypeValue {
      Objects.requireNonNull(type);
    }
  }

  /** An attribute that says something by being there. */
  record Unit() implements HloAttribute {}

  /**
   * An attribute that the reader passes over, such as a sharding, as it stands in the text.
   *
   * @param dialect {@code sdy}; empty for those of MLIR itself
   */
  record Opaque(String dialect, String text) implements HloAttribute {
    public Opaque {
      Objects.requireNonNull(dialect);
      Objects.requireNonNull(text);
    }
  }
}
