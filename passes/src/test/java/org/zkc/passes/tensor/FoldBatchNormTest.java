package org.zkc.passes.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Program;
import org.zkc.ir.tensor.Constant;

final class FoldBatchNormTest {
  private static final String STATISTICS =
      "%g = RANDOM 4\n%h = RANDOM 4\n%m = RANDOM 4\n%v = RANDOM+ 4\n";
  private static final String CONV =
      "%y = tensor.conv(%x, %w BIAS) {strides = [1, 1], paddingLow = [1, 1], paddingHigh = [1, 0],"
          + " dilations = [1, 1], groups = 1} : tensor<2x4x5x4:f32>\n";
  private static final String NORM =
      "%z = tensor.batch_norm(%y, weight = %g, bias = %h, %m, %v) {epsilon = 1.0E-5} :"
          + " tensor<2x4x5x4:f32>\n";
  private static final String X = "%x: tensor<2x3x5x5:f32>";

  @Test
  void afterAConvolutionWithBias() {
    Program after =
        RewriteCase.of(
                X,
                "%w = RANDOM 4x3x3x3\n%b = RANDOM 4\n"
                    + STATISTICS
                    + CONV.replace("BIAS", ", bias = %b")
                    + NORM
                    + "return %z")
            .becomes(new FoldBatchNorm(), "conv");
    assertEquals(List.of("w.folded", "b.folded"), names(after));
  }

  @Test
  void afterAConvolutionWithoutBiasWhichGetsOne() {
    Program after =
        RewriteCase.of(
                X,
                "%w = RANDOM 4x3x3x3\n"
                    + STATISTICS
                    + CONV.replace("BIAS", "")
                    + NORM
                    + "return %z")
            .becomes(new FoldBatchNorm(), "conv");
    assertEquals(List.of("w.folded", "w.shift.folded"), names(after));
  }

  @Test
  void afterAGroupedConvolutionAndTwiceInARow() {
    RewriteCase.of(
            "%x: tensor<1x4x6:f32>",
            "%w = RANDOM 4x2x3\n%u = RANDOM 4\n"
                + STATISTICS
                + """
                %y = tensor.conv(%x, %w) {strides = [2], paddingLow = [0], paddingHigh = [0], dilations = [1], groups = 2} : tensor<1x4x2:f32>
                %z = tensor.batch_norm(%y, weight = %g, %m, %v) {epsilon = 0.1} : tensor<1x4x2:f32>
                %t = tensor.batch_norm(%z, bias = %u, %h, %v) {epsilon = 0.01} : tensor<1x4x2:f32>
                return %t
                """)
        .becomes(new FoldBatchNorm(), "conv");
  }

  @Test
  void afterALinearMapOfRankTwo() {
    RewriteCase.of(
            "%x: tensor<3x7:f32>",
            "%w = RANDOM 4x7\n%b = RANDOM 4\n"
                + STATISTICS
                + """
                %y = tensor.linear(%x, %w, bias = %b) : tensor<3x4:f32>
                %z = tensor.batch_norm(%y, weight = %g, bias = %h, %m, %v) {epsilon = 1.0E-5} : tensor<3x4:f32>
                return %z
                """)
        .becomes(new FoldBatchNorm(), "linear");
  }

  @Test
  void notWhereTheMapIsReadElsewhere() {
    RewriteCase.of(
            X,
            "%w = RANDOM 4x3x3x3\n"
                + STATISTICS
                + CONV.replace("BIAS", "")
                + NORM
                + "return %z, %y")
        .staysWith(new FoldBatchNorm());
  }

  @Test
  void notAfterALinearMapWhoseOutputsAreOnAnotherAxis() {
    RewriteCase.of(
            "%x: tensor<3x4x7:f32>",
            "%w = RANDOM 4x7\n"
                + STATISTICS
                + """
                %y = tensor.linear(%x, %w) : tensor<3x4x4:f32>
                %z = tensor.batch_norm(%y, weight = %g, bias = %h, %m, %v) {epsilon = 1.0E-5} : tensor<3x4x4:f32>
                return %z
                """)
        .staysWith(new FoldBatchNorm());
  }

  @Test
  void notAfterOtherOps() {
    RewriteCase.of(
            "%x: tensor<1x4x2:f32>",
            STATISTICS
                + """
                %y = tensor.relu(%x) : tensor<1x4x2:f32>
                %z = tensor.batch_norm(%y, weight = %g, bias = %h, %m, %v) {epsilon = 1.0E-5} : tensor<1x4x2:f32>
                return %z
                """)
        .staysWith(new FoldBatchNorm());
  }

  private static List<String> names(Program program) {
    return program.main().body().stream()
        .filter(Constant.class::isInstance)
        .map(op -> ((Constant) op).name())
        .toList();
  }
}
