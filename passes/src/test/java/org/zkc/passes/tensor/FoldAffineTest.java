package org.zkc.passes.tensor;

import org.junit.jupiter.api.Test;

final class FoldAffineTest {
  private static final String LINEAR =
      "%w = RANDOM 4x7\n%b = RANDOM 4\n%y = tensor.linear(%x, %w, bias = %b) : tensor<3x4:f32>\n";
  private static final String X = "%x: tensor<3x7:f32>";

  @Test
  void aProductWithOneNumber() {
    RewriteCase.of(
            X,
            LINEAR
                + """
                %c = RANDOM scalar
                %cs = tensor.broadcast(%c) : tensor<3x4:f32>
                %z = tensor.multiply(%y, %cs) : tensor<3x4:f32>
                return %z
                """)
        .becomes(new FoldAffine(), "linear");
  }

  @Test
  void aDifferenceThatSubtractsTheMapAndASumAfterIt() {
    RewriteCase.of(
            X,
            LINEAR
                + """
                %c = RANDOM 4
                %cs = tensor.broadcast(%c) : tensor<3x4:f32>
                %z = tensor.subtract(%cs, %y) : tensor<3x4:f32>
                %d = RANDOM 1x1
                %ds = tensor.broadcast(%d) : tensor<3x4:f32>
                %t = tensor.add(%ds, %z) : tensor<3x4:f32>
                return %t
                """)
        .becomes(new FoldAffine(), "linear");
  }

  @Test
  void aProductPerChannelOfAConvolution() {
    RewriteCase.of(
            "%x: tensor<2x2x5:f32>",
            """
            %w = RANDOM 4x2x3
            %y = tensor.conv(%x, %w) {strides = [1], paddingLow = [1], paddingHigh = [1], dilations = [1], groups = 1} : tensor<2x4x5:f32>
            %c = RANDOM 4x1
            %cs = tensor.broadcast(%c) : tensor<2x4x5:f32>
            %z = tensor.multiply(%cs, %y) : tensor<2x4x5:f32>
            return %z
            """)
        .becomes(new FoldAffine(), "conv");
  }

  @Test
  void notAConstantThatVariesWithinAChannel() {
    RewriteCase.of(
            "%x: tensor<2x2x5:f32>",
            """
            %w = RANDOM 5x2x1
            %y = tensor.conv(%x, %w) {strides = [1], paddingLow = [0], paddingHigh = [0], dilations = [1], groups = 1} : tensor<2x5x5:f32>
            %c = RANDOM 5
            %cs = tensor.broadcast(%c) : tensor<2x5x5:f32>
            %z = tensor.multiply(%cs, %y) : tensor<2x5x5:f32>
            return %z
            """)
        .staysWith(new FoldAffine());
  }

  @Test
  void notWhereTheMapIsReadTwice() {
    RewriteCase.of(X, LINEAR + "%z = tensor.add(%y, %y) : tensor<3x4:f32>\nreturn %z")
        .staysWith(new FoldAffine());
  }
}
