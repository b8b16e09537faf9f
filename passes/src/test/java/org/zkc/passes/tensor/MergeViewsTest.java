package org.zkc.passes.tensor;

import org.junit.jupiter.api.Test;

final class MergeViewsTest {
  private static final String X = "%x: tensor<2x3x4:f32>";

  @Test
  void reshapesThatCancel() {
    RewriteCase.of(
            X,
            """
            %a = tensor.reshape(%x) : tensor<6x4:f32>
            %b = tensor.reshape(%a) : tensor<24:f32>
            %c = tensor.reshape(%b) : tensor<2x3x4:f32>
            %d = tensor.relu(%c) : tensor<2x3x4:f32>
            return %d
            """)
        .becomes(new MergeViews(), "relu");
  }

  @Test
  void transposesCompose() {
    RewriteCase.of(
            X,
            """
            %a = tensor.transpose(%x) {permutation = [1, 2, 0]} : tensor<3x4x2:f32>
            %b = tensor.transpose(%a) {permutation = [0, 2, 1]} : tensor<3x2x4:f32>
            return %b
            """)
        .becomes(new MergeViews(), "transpose");
  }

  @Test
  void transposesCancel() {
    RewriteCase.of(
            X,
            """
            %a = tensor.transpose(%x) {permutation = [1, 2, 0]} : tensor<3x4x2:f32>
            %b = tensor.transpose(%a) {permutation = [2, 0, 1]} : tensor<2x3x4:f32>
            %c = tensor.tanh(%b) : tensor<2x3x4:f32>
            return %c
            """)
        .becomes(new MergeViews(), "tanh");
  }

  @Test
  void aTransposeOfAxesOfExtentOneIsAReshape() {
    RewriteCase.of(
            "%x: tensor<2x1x3x1:f32>",
            """
            %a = tensor.transpose(%x) {permutation = [1, 0, 3, 2]} : tensor<1x2x1x3:f32>
            return %a
            """)
        .becomes(new MergeViews(), "reshape");
  }

  @Test
  void slicesCompose() {
    RewriteCase.of(
            "%x: tensor<20x5:f32>",
            """
            %a = tensor.slice(%x) {starts = [1, 0], limits = [20, 5], strides = [2, 1]} : tensor<10x5:f32>
            %b = tensor.slice(%a) {starts = [2, 1], limits = [10, 4], strides = [3, 2]} : tensor<3x2:f32>
            return %b
            """)
        .becomes(new MergeViews(), "slice");
  }

  @Test
  void padsOfOneValueAdd() {
    RewriteCase.of(
            "%x: tensor<2x2:f32>",
            """
            %a = tensor.pad(%x) {low = [1, 0], high = [0, 2], value = 0.5} : tensor<3x4:f32>
            %b = tensor.pad(%a) {low = [0, 1], high = [1, 0], value = 0.5} : tensor<4x5:f32>
            return %b
            """)
        .becomes(new MergeViews(), "pad");
  }

  @Test
  void broadcastsComposeAndAConcatenationOfOneGoes() {
    RewriteCase.of(
            "%x: tensor<3x1:f32>",
            """
            %a = tensor.broadcast(%x) : tensor<2x3x1:f32>
            %b = tensor.broadcast(%a) : tensor<2x3x4:f32>
            %c = tensor.concatenate(%b) {axis = 1} : tensor<2x3x4:f32>
            return %c
            """)
        .becomes(new MergeViews(), "broadcast");
  }

  @Test
  void notPadsOfTwoValuesNorViewsOfTwoKinds() {
    RewriteCase.of(
            X,
            """
            %a = tensor.pad(%x) {low = [1, 0, 0], high = [0, 0, 0], value = 0.5} : tensor<3x3x4:f32>
            %b = tensor.pad(%a) {low = [1, 0, 0], high = [0, 0, 0], value = 0.0} : tensor<4x3x4:f32>
            %c = tensor.transpose(%b) {permutation = [2, 1, 0]} : tensor<4x3x4:f32>
            %d = tensor.reshape(%c) : tensor<48:f32>
            return %d
            """)
        .staysWith(new MergeViews());
  }
}
