// RUN: passes = torch-to-tensor(1x3x4), fold-constants, eliminate-common-subexpressions, raise-norms, eliminate-dead-code
// torch_xla writes a layer norm as a batch norm whose features are the lines, with gains of 1; gains and biases of the model follow.
// CHECK: tensor.layer_norm(%x) {axis = 2, epsilon = 9.99
// CHECK-COUNT-0: tensor.window_mean
// CHECK-COUNT-1: tensor.multiply
// CHECK-COUNT-1: tensor.add
module @model {
  func.func public @main(%x: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
    %gain = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
    %bias = stablehlo.constant dense<[0.5, 0.25, -1.0, 2.0]> : tensor<4xf32>
    %one = stablehlo.constant dense<1.0> : tensor<3xf32>
    %zero = stablehlo.constant dense<0.0> : tensor<3xf32>
    %y, %mean, %var = "stablehlo.batch_norm_training"(%x, %one, %zero) <{epsilon = 9.99999974E-6 : f32, feature_index = 1 : i64}> : (tensor<1x3x4xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<1x3x4xf32>, tensor<3xf32>, tensor<3xf32>)
    %0 = stablehlo.broadcast_in_dim %gain, dims = [2] : (tensor<4xf32>) -> tensor<1x3x4xf32>
    %1 = stablehlo.multiply %y, %0 : tensor<1x3x4xf32>
    %2 = stablehlo.broadcast_in_dim %bias, dims = [2] : (tensor<4xf32>) -> tensor<1x3x4xf32>
    %3 = stablehlo.add %2, %1 : tensor<1x3x4xf32>
    return %3 : tensor<1x3x4xf32>
  }
}
