// Sums of windows along one dimension, padded on both sides, as an average pool of JAX has them.
func.func @main() {
  %a0 = stablehlo.constant dense<[[[0.5, -1.0], [1.5, 2.0], [-0.25, 0.75], [3.0, -2.0], [1.0, 0.5], [-1.5, 1.0], [2.0, -0.5]]]> : tensor<1x7x2xf32>
  %r0 = func.call @computed(%a0) : (tensor<1x7x2xf32>) -> (tensor<1x4x2xf32>)
  %e0 = stablehlo.constant dense<[[[2.0, 1.0], [4.25, 0.75], [2.5, -0.5], [0.5, 0.5]]]> : tensor<1x4x2xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<1x4x2xf32>, tensor<1x4x2xf32>) -> ()
  return
}
func.func private @computed(%a0: tensor<1x7x2xf32>) -> (tensor<1x4x2xf32>) {
  %n = stablehlo.constant dense<0.0> : tensor<f32>
  %r0 = "stablehlo.reduce_window"(%a0, %n) <{padding = dense<[[0, 0], [1, 1], [0, 0]]> : tensor<3x2xi64>, window_dimensions = array<i64: 1, 3, 1>, window_strides = array<i64: 1, 2, 1>}> ({
  ^bb0(%x: tensor<f32>, %y: tensor<f32>):
    %s = stablehlo.add %x, %y : tensor<f32>
    stablehlo.return %s : tensor<f32>
  }) : (tensor<1x7x2xf32>, tensor<f32>) -> tensor<1x4x2xf32>
  return %r0 : tensor<1x4x2xf32>
}
