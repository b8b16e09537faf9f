// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// jax.scipy.special.logit(p)
// CHECK: {function = logit
// CHECK-NOT: tensor.divide
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %0 = stablehlo.sine %arg0 : tensor<2x4xf32>
    %cst = stablehlo.constant dense<2.500000e-01> : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %2 = stablehlo.multiply %0, %1 : tensor<2x4xf32>
    %cst_0 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %3 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %4 = stablehlo.add %2, %3 : tensor<2x4xf32>
    %cst_1 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %5 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %6 = stablehlo.subtract %5, %4 : tensor<2x4xf32>
    %7 = stablehlo.divide %4, %6 : tensor<2x4xf32>
    %8 = stablehlo.log %7 : tensor<2x4xf32>
    return %8 : tensor<2x4xf32>
  }
}
