// RUN: passes = torch-to-tensor(2x4), merge-clamps, eliminate-dead-code
// jax.nn.relu(x)
// CHECK: tensor.relu(%{{.+}}) : tensor<2x4:f32>
// CHECK-NEXT: return
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<2x4xf32>
    return %1 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), merge-clamps, eliminate-dead-code
// torchax multiplies what is added by 1: the ReLU is one, and both read it.
// CHECK-COUNT-1: tensor.relu(
// CHECK-NOT: tensor.clamp
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %1 = stablehlo.maximum %arg0, %0 : tensor<2x4xf32>
    %2 = stablehlo.sine %1 : tensor<2x4xf32>
    %cst_0 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %3 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %4 = stablehlo.multiply %1, %3 : tensor<2x4xf32>
    %5 = stablehlo.add %4, %2 : tensor<2x4xf32>
    return %5 : tensor<2x4xf32>
  }
}
