// RUN: passes = torch-to-tensor(2x4), eliminate-common-subexpressions, raise-norms, eliminate-dead-code
// flax.linen.RMSNorm: the mean that is taken off is 0.
// CHECK: tensor.rms_norm(%arg0) {axis = 1, epsilon = 9.99
// CHECK-COUNT-0: tensor.subtract
// CHECK-COUNT-0: tensor.window_mean
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<[[1.000000e+00, 3.000000e+00, 2.000000e+00, 3.000000e+00]]> : tensor<1x4xf32>
    %0 = chlo.square %arg0 : tensor<2x4xf32> -> tensor<2x4xf32>
    %cst_0 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %1 = stablehlo.reduce(%0 init: %cst_0) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
    %cst_1 = stablehlo.constant dense<4.000000e+00> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<2xf32>
    %3 = stablehlo.divide %1, %2 : tensor<2xf32>
    %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %4 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<2xf32>
    %5 = stablehlo.broadcast_in_dim %4, dims = [0] : (tensor<2xf32>) -> tensor<2x1xf32>
    %6 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<2xf32>) -> tensor<2x1xf32>
    %7 = stablehlo.broadcast_in_dim %5, dims = [0, 1] : (tensor<2x1xf32>) -> tensor<2x4xf32>
    %8 = stablehlo.subtract %arg0, %7 : tensor<2x4xf32>
    %cst_3 = stablehlo.constant dense<9.99999997E-7> : tensor<f32>
    %9 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<2x1xf32>
    %10 = stablehlo.add %6, %9 : tensor<2x1xf32>
    %11 = stablehlo.rsqrt %10 : tensor<2x1xf32>
    %12 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<2x1xf32>) -> tensor<2x4xf32>
    %13 = stablehlo.broadcast_in_dim %cst, dims = [0, 1] : (tensor<1x4xf32>) -> tensor<2x4xf32>
    %14 = stablehlo.multiply %12, %13 : tensor<2x4xf32>
    %15 = stablehlo.multiply %8, %14 : tensor<2x4xf32>
    return %15 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), eliminate-common-subexpressions, raise-norms, eliminate-dead-code
// Written out in PyTorch, by torchax.
// CHECK: tensor.rms_norm(%{{.+}}) {axis = 1, epsilon = 9.99
// CHECK-COUNT-0: tensor.window_mean
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<9.99999997E-7> : tensor<f32>
    %cst_0 = stablehlo.constant dense<4.000000e+00> : tensor<f32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %cst_2 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %1 = stablehlo.power %arg0, %0 : tensor<2x4xf32>
    %2 = stablehlo.reduce(%1 init: %cst_1) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xf32>) -> tensor<2x1xf32>
    %4 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<2x1xf32>
    %5 = stablehlo.divide %3, %4 : tensor<2x1xf32>
    %6 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x1xf32>
    %7 = stablehlo.add %5, %6 : tensor<2x1xf32>
    %8 = stablehlo.rsqrt %7 : tensor<2x1xf32>
    %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1] : (tensor<2x1xf32>) -> tensor<2x4xf32>
    %10 = stablehlo.multiply %arg0, %9 : tensor<2x4xf32>
    return %10 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), eliminate-common-subexpressions, raise-norms, eliminate-dead-code
// torch.nn.functional.rms_norm by torchax
// CHECK: tensor.rms_norm(%{{.+}}) {axis = 1, epsilon = 9.99
// CHECK-COUNT-0: tensor.window_mean
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %cst = stablehlo.constant dense<9.99999997E-7> : tensor<f32>
    %cst_0 = stablehlo.constant dense<4.000000e+00> : tensor<f32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %cst_2 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst_2, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %1 = stablehlo.power %arg0, %0 : tensor<2x4xf32>
    %2 = stablehlo.reduce(%1 init: %cst_1) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<2xf32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<2xf32>) -> tensor<2x1xf32>
    %4 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<2x1xf32>
    %5 = stablehlo.divide %3, %4 : tensor<2x1xf32>
    %6 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<2x1xf32>
    %7 = stablehlo.add %5, %6 : tensor<2x1xf32>
    %8 = stablehlo.rsqrt %7 : tensor<2x1xf32>
    %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1] : (tensor<2x1xf32>) -> tensor<2x4xf32>
    %10 = stablehlo.multiply %arg0, %9 : tensor<2x4xf32>
    return %10 : tensor<2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(2x4), eliminate-common-subexpressions, raise-norms, eliminate-dead-code
// Over the means of columns.
// CHECK-NOT: rms_norm
// CHECK: function = rsqrt
// CHECK-NOT: rms_norm
module @model {
  func.func public @main(%arg0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
    %0 = stablehlo.multiply %arg0, %arg0 : tensor<2x4xf32>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %1 = stablehlo.reduce(%0 init: %cst) applies stablehlo.add across dimensions = [0] : (tensor<2x4xf32>, tensor<f32>) -> tensor<4xf32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [1] : (tensor<4xf32>) -> tensor<1x4xf32>
    %cst_0 = stablehlo.constant dense<2.000000e+00> : tensor<f32>
    %3 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<1x4xf32>
    %4 = stablehlo.divide %2, %3 : tensor<1x4xf32>
    %5 = stablehlo.reverse %4, dims = [1] : tensor<1x4xf32>
    %cst_1 = stablehlo.constant dense<9.99999997E-7> : tensor<f32>
    %6 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<1x4xf32>
    %7 = stablehlo.add %5, %6 : tensor<1x4xf32>
    %8 = stablehlo.rsqrt %7 : tensor<1x4xf32>
    %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1] : (tensor<1x4xf32>) -> tensor<2x4xf32>
    %10 = stablehlo.multiply %arg0, %9 : tensor<2x4xf32>
    return %10 : tensor<2x4xf32>
  }
}
