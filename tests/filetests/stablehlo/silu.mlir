// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// jax.nn.silu(x)
// CHECK: tensor.silu(%{{.+}}) : tensor<2x4:f32>
// CHECK-NEXT: return
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %0 = call @silu(%arg0) : (tensor<2x4xf32>) -> tensor<2x4xf32>
    return %0 : tensor<2x4xf32>
  }
  func.func private @silu(%arg0: tensor<2x4xf32>) -> tensor<2x4xf32> {
    %0 = stablehlo.negate %arg0 : tensor<2x4xf32>
    %1 = stablehlo.exponential %0 : tensor<2x4xf32>
    %cst = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %3 = stablehlo.add %2, %1 : tensor<2x4xf32>
    %cst_0 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %5 = stablehlo.divide %4, %3 : tensor<2x4xf32>
    %6 = stablehlo.multiply %arg0, %5 : tensor<2x4xf32>
    return %6 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// torch.nn.functional.silu(x) by torchax
// CHECK: tensor.silu(%{{.+}}) : tensor<2x4:f32>
// CHECK-NEXT: return
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %0 = stablehlo.negate %arg0 : tensor<2x4xf32>
    %1 = stablehlo.exponential %0 : tensor<2x4xf32>
    %2 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %3 = stablehlo.add %2, %1 : tensor<2x4xf32>
    %4 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %5 = stablehlo.divide %4, %3 : tensor<2x4xf32>
    %6 = stablehlo.multiply %arg0, %5 : tensor<2x4xf32>
    return %6 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// x sigmoid(1.5 x)
// CHECK-NOT: tensor.silu
// CHECK: tensor.sigmoid
// CHECK-NOT: tensor.silu
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<1.500000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %1 = stablehlo.multiply %0, %arg0 : tensor<2x4xf32>
    %2 = stablehlo.negate %1 : tensor<2x4xf32>
    %3 = stablehlo.exponential %2 : tensor<2x4xf32>
    %cst_0 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %5 = stablehlo.add %4, %3 : tensor<2x4xf32>
    %cst_1 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %6 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %7 = stablehlo.divide %6, %5 : tensor<2x4xf32>
    %8 = stablehlo.multiply %arg0, %7 : tensor<2x4xf32>
    return %8 : tensor<2x4xf32>
  }
}
