// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// A proof is of finite numbers: none differs from itself.
// CHECK: tensor.pointwise
// CHECK-NEXT: return
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %0 = stablehlo.compare NE, %arg0, %arg0, FLOAT : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xi1>
    %1 = stablehlo.sine %arg0 : tensor<2x4xf32>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %2 = call @_where(%0, %cst, %1) : (tensor<2x4xi1>, tensor<f32>, tensor<2x4xf32>) -> tensor<2x4xf32>
    return %2 : tensor<2x4xf32>
  }
  func.func private @_where(%arg0: tensor<2x4xi1>, %arg1: tensor<f32>, %arg2: tensor<2x4xf32>) -> tensor<2x4xf32> {
    %0 = stablehlo.convert %arg1 : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %2 = stablehlo.select %arg0, %1, %arg2 : tensor<2x4xi1>, tensor<2x4xf32>
    return %2 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// None is infinite.
// CHECK: tensor.pointwise
// CHECK-NEXT: return
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %0 = call @isinf(%arg0) : (tensor<2x4xf32>) -> tensor<2x4xi1>
    %1 = stablehlo.sine %arg0 : tensor<2x4xf32>
    %cst = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %2 = call @_where(%0, %cst, %1) : (tensor<2x4xi1>, tensor<f32>, tensor<2x4xf32>) -> tensor<2x4xf32>
    return %2 : tensor<2x4xf32>
  }
  func.func private @isinf(%arg0: tensor<2x4xf32>) -> tensor<2x4xi1> {
    %0 = stablehlo.abs %arg0 : tensor<2x4xf32>
    %cst = stablehlo.constant dense<0x7F800000> : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %2 = stablehlo.compare EQ, %0, %1, FLOAT : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xi1>
    return %2 : tensor<2x4xi1>
  }
  func.func private @_where(%arg0: tensor<2x4xi1>, %arg1: tensor<f32>, %arg2: tensor<2x4xf32>) -> tensor<2x4xf32> {
    %0 = stablehlo.convert %arg1 : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %2 = stablehlo.select %arg0, %1, %arg2 : tensor<2x4xi1>, tensor<2x4xf32>
    return %2 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// Medians ask whether any element of a line differs from itself.
// CHECK: tensor.pointwise
// CHECK-NEXT: return
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %c = stablehlo.constant dense<false> : tensor<i1>
    %0 = stablehlo.compare  NE, %arg0, %arg0,  FLOAT : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xi1>
    %1 = stablehlo.reduce(%0 init: %c) applies stablehlo.or across dimensions = [1] : (tensor<2x4xi1>, tensor<i1>) -> tensor<2xi1>
    %2 = stablehlo.broadcast_in_dim %1, dims = [0] : (tensor<2xi1>) -> tensor<2x4xi1>
    %3 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %4 = stablehlo.sine %arg0 : tensor<2x4xf32>
    %5 = stablehlo.select %2, %3, %4 : tensor<2x4xi1>, tensor<2x4xf32>
    return %5 : tensor<2x4xf32>
  }
}
