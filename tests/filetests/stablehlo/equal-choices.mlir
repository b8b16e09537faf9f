// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// Both zeros as one, before numbers are compared in total order.
// CHECK-NOT: tensor.compare_zero
// CHECK: {function = sin,
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<0.0> : tensor<2x4xf32>
    %cst_0 = stablehlo.constant dense<-0.0> : tensor<2x4xf32>
    %0 = stablehlo.compare EQ, %arg0, %cst, FLOAT : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xi1>
    %1 = stablehlo.select %0, %cst_0, %arg0 : tensor<2x4xi1>, tensor<2x4xf32>
    %2 = stablehlo.sine %1 : tensor<2x4xf32>
    return %2 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// The same with the branches the other way.
// CHECK-NOT: tensor.compare_zero
// CHECK: {function = sin,
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<2.0> : tensor<2x4xf32>
    %cst_0 = stablehlo.constant dense<2.0> : tensor<2x4xf32>
    %0 = stablehlo.compare NE, %arg0, %cst, FLOAT : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xi1>
    %1 = stablehlo.select %0, %arg0, %cst_0 : tensor<2x4xi1>, tensor<2x4xf32>
    %2 = stablehlo.sine %1 : tensor<2x4xf32>
    return %2 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// Another number than the one that is compared with.
// CHECK: tensor.compare_zero
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<0.0> : tensor<2x4xf32>
    %cst_0 = stablehlo.constant dense<1.0> : tensor<2x4xf32>
    %0 = stablehlo.compare EQ, %arg0, %cst, FLOAT : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xi1>
    %1 = stablehlo.select %0, %cst_0, %arg0 : tensor<2x4xi1>, tensor<2x4xf32>
    %2 = stablehlo.sine %1 : tensor<2x4xf32>
    return %2 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), eliminate-dead-code
// Numbers that are not equal where they are chosen.
// CHECK: tensor.compare_zero
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<0.0> : tensor<2x4xf32>
    %cst_0 = stablehlo.constant dense<0.0> : tensor<2x4xf32>
    %0 = stablehlo.compare GE, %arg0, %cst, FLOAT : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xi1>
    %1 = stablehlo.select %0, %cst_0, %arg0 : tensor<2x4xi1>, tensor<2x4xf32>
    %2 = stablehlo.sine %1 : tensor<2x4xf32>
    return %2 : tensor<2x4xf32>
  }
}
