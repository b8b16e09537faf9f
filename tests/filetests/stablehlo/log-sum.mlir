// RUN: passes = torch-to-tensor(2x4 2x4), eliminate-dead-code
// jnp.logaddexp(x, y)
// CHECK: {function = softplus
// CHECK-NOT: tensor.max_pool
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>, %arg1: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %0 = stablehlo.maximum %arg0, %arg1 : tensor<2x4xf32>
    %1 = stablehlo.subtract %arg0, %arg1 : tensor<2x4xf32>
    %2 = stablehlo.compare NE, %1, %1, FLOAT : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xi1>
    %3 = stablehlo.add %arg0, %arg1 : tensor<2x4xf32>
    %4 = stablehlo.abs %1 : tensor<2x4xf32>
    %5 = stablehlo.negate %4 : tensor<2x4xf32>
    %6 = stablehlo.exponential %5 : tensor<2x4xf32>
    %7 = stablehlo.log_plus_one %6 : tensor<2x4xf32>
    %8 = stablehlo.add %0, %7 : tensor<2x4xf32>
    %9 = stablehlo.select %2, %3, %8 : tensor<2x4xi1>, tensor<2x4xf32>
    return %9 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4 2x4), eliminate-dead-code
// The difference of other numbers.
// CHECK: tensor.max_pool
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>, %arg1: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %0 = stablehlo.maximum %arg0, %arg1 : tensor<2x4xf32>
    %cst = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %2 = stablehlo.multiply %1, %arg1 : tensor<2x4xf32>
    %3 = stablehlo.subtract %arg0, %2 : tensor<2x4xf32>
    %4 = stablehlo.abs %3 : tensor<2x4xf32>
    %5 = stablehlo.negate %4 : tensor<2x4xf32>
    %6 = stablehlo.exponential %5 : tensor<2x4xf32>
    %7 = stablehlo.log_plus_one %6 : tensor<2x4xf32>
    %8 = stablehlo.add %0, %7 : tensor<2x4xf32>
    return %8 : tensor<2x4xf32>
  }
}
