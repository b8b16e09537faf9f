package org.zkc.passes.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.zkc.ir.Program;
import org.zkc.ir.tensor.Constant;

/** fold-constants, divide-to-multiply and merge-pad-into-conv. */
final class ConstantPassesTest {

  @Test
  void opsOnConstantsAreEvaluatedInChains() {
    Program after =
        RewriteCase.of(
                "%x: tensor<2x4:f32>",
                """
                %w = RANDOM 4x3
                %wt = tensor.transpose(%w) {permutation = [1, 0]} : tensor<3x4:f32>
                %r = tensor.relu(%wt) : tensor<3x4:f32>
                %y = tensor.linear(%x, %r) : tensor<2x3:f32>
                return %y
                """)
            .becomes(new FoldConstants(), "linear");
    assertEquals("w.transpose.relu", ((Constant) after.main().body().getFirst()).name());
  }

  @Test
  void broadcastsOfConstantsAndWhatDependsOnTheInputStay() {
    RewriteCase.of(
            "%x: tensor<2x4:f32>",
            """
            %c = RANDOM 4
            %cs = tensor.broadcast(%c) : tensor<2x4:f32>
            %y = tensor.add(%x, %cs) : tensor<2x4:f32>
            return %y
            """)
        .staysWith(new FoldConstants());
  }

  @Test
  void aResultMuchLargerThanItsOperandsIsNotFolded() {
    RewriteCase.of(
            "%x: tensor<1:f32>",
            """
            %c = RANDOM 1
            %p = tensor.pad(%c) {low = [0], high = [2000000], value = 0.0} : tensor<2000001:f32>
            return %p, %x
            """)
        .staysWith(new FoldConstants());
  }

  @Test
  void aQuotientByAConstantIsAProduct() {
    RewriteCase.of(
            "%x: tensor<2x4:f32>",
            """
            %c = RANDOM+ 4
            %cs = tensor.broadcast(%c) : tensor<2x4:f32>
            %y = tensor.divide(%x, %cs) : tensor<2x4:f32>
            return %y
            """)
        .becomes(new DivideToMultiply(), "broadcast", "multiply");
  }

  @Test
  void aQuotientByZeroOrByAComputedValueStays() {
    RewriteCase.of(
            "%x: tensor<2:f32>",
            """
            %c = tensor.constant() {name = "", data = dense<2:f32 [1.0, 0.0]>} : tensor<2:f32>
            %y = tensor.divide(%x, %c) : tensor<2:f32>
            %z = tensor.divide(%c, %x) : tensor<2:f32>
            return %y, %z
            """)
        .staysWith(new DivideToMultiply());
  }

  private static final String CONV =
      "%y = tensor.conv(%p, %w) {strides = [2, 1], paddingLow = [0, 1], paddingHigh = [1, 0],"
          + " dilations = [1, 2], groups = 1} : tensor<1x2x3x5:f32>\n";

  @Test
  void zeroPaddingOfSpatialAxesJoinsTheConvolution() {
    RewriteCase.of(
            "%x: tensor<1x3x4x5:f32>",
            "%w = RANDOM 2x3x2x3\n"
                + "%p = tensor.pad(%x) {low = [0, 0, 1, 2], high = [0, 0, 0, 1], value = 0.0} :"
                + " tensor<1x3x5x8:f32>\n"
                + CONV
                + "return %y")
        .becomes(new MergePadIntoConv(), "conv");
  }

  @Test
  void otherPaddingStays() {
    RewriteCase.of(
            "%x: tensor<1x3x4x5:f32>",
            "%w = RANDOM 2x3x2x3\n"
                + "%p = tensor.pad(%x) {low = [0, 0, 1, 2], high = [0, 0, 0, 1], value = 1.0} :"
                + " tensor<1x3x5x8:f32>\n"
                + CONV
                + "return %y")
        .staysWith(new MergePadIntoConv());
    RewriteCase.of(
            "%x: tensor<1x2x5x8:f32>",
            "%w = RANDOM 2x3x2x3\n"
                + "%p = tensor.pad(%x) {low = [0, 1, 0, 0], high = [0, 0, 0, 0], value = 0.0} :"
                + " tensor<1x3x5x8:f32>\n"
                + CONV
                + "return %y")
        .staysWith(new MergePadIntoConv());
  }
}
