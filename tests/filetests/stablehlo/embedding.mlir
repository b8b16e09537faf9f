// RUN: passes = torch-to-tensor(1x3:i32), merge-views, eliminate-dead-code
// jnp.take of rows: NaN at indices that do not exist, which have no proof.
// CHECK: tensor.gather
// CHECK-COUNT-0: tensor.compare
module @model {
  func.func public @main(%arg0: tensor<1x3xi32>) -> (tensor<1x3x2xf32>) {
    %cst = stablehlo.constant dense<[[0.000000e+00, 1.000000e+00], [3.000000e+00, 2.000000e+00], [1.000000e+00, 0.000000e+00], [0.000000e+00, 3.000000e+00], [-2.000000e+00, 2.000000e+00]]> : tensor<5x2xf32>
    %0 = call @_take(%cst, %arg0) : (tensor<5x2xf32>, tensor<1x3xi32>) -> tensor<1x3x2xf32>
    return %0 : tensor<1x3x2xf32>
  }
  func.func private @_take(%arg0: tensor<5x2xf32>, %arg1: tensor<1x3xi32>) -> tensor<1x3x2xf32> {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<1x3xi32>
    %1 = stablehlo.compare LT, %arg1, %0, SIGNED : (tensor<1x3xi32>, tensor<1x3xi32>) -> tensor<1x3xi1>
    %c_0 = stablehlo.constant dense<5> : tensor<i32>
    %2 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i32>) -> tensor<1x3xi32>
    %3 = stablehlo.add %arg1, %2 : tensor<1x3xi32>
    %4 = call @_where(%1, %3, %arg1) : (tensor<1x3xi1>, tensor<1x3xi32>, tensor<1x3xi32>) -> tensor<1x3xi32>
    %5 = stablehlo.broadcast_in_dim %4, dims = [0, 1] : (tensor<1x3xi32>) -> tensor<1x3x1xi32>
    %c_1 = stablehlo.constant dense<4> : tensor<1xi32>
    %c_2 = stablehlo.constant dense<0> : tensor<i32>
    %6 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<1x3x1xi32>
    %7 = stablehlo.compare GE, %5, %6, SIGNED : (tensor<1x3x1xi32>, tensor<1x3x1xi32>) -> tensor<1x3x1xi1>
    %8 = stablehlo.broadcast_in_dim %c_1, dims = [2] : (tensor<1xi32>) -> tensor<1x1x1xi32>
    %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1, 2] : (tensor<1x1x1xi32>) -> tensor<1x3x1xi32>
    %10 = stablehlo.compare LE, %5, %9, SIGNED : (tensor<1x3x1xi32>, tensor<1x3x1xi32>) -> tensor<1x3x1xi1>
    %11 = stablehlo.and %7, %10 : tensor<1x3x1xi1>
    %c_3 = stablehlo.constant dense<true> : tensor<i1>
    %12 = stablehlo.reduce(%11 init: %c_3) applies stablehlo.and across dimensions = [2] : (tensor<1x3x1xi1>, tensor<i1>) -> tensor<1x3xi1>
    %13 = "stablehlo.gather"(%arg0, %5) <{dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 2>, indices_are_sorted = false, slice_sizes = array<i64: 1, 2>}> : (tensor<5x2xf32>, tensor<1x3x1xi32>) -> tensor<1x3x2xf32>
    %14 = stablehlo.broadcast_in_dim %12, dims = [0, 1] : (tensor<1x3xi1>) -> tensor<1x3x2xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %15 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<1x3x2xf32>
    %16 = stablehlo.select %14, %13, %15 : tensor<1x3x2xi1>, tensor<1x3x2xf32>
    return %16 : tensor<1x3x2xf32>
  }
  func.func private @_where(%arg0: tensor<1x3xi1>, %arg1: tensor<1x3xi32>, %arg2: tensor<1x3xi32>) -> tensor<1x3xi32> {
    %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<1x3xi1>, tensor<1x3xi32>
    return %0 : tensor<1x3xi32>
  }
}
// -----
// RUN: passes = torch-to-tensor(5x2 1x3:i32), merge-views, eliminate-dead-code
// torch.nn.functional.embedding by torchax
// CHECK: tensor.gather
// CHECK-COUNT-0: tensor.compare
module @model {
  func.func public @main(%arg0: tensor<5x2xf32>, %arg1: tensor<1x3xi32>) -> (tensor<1x3x2xf32>) {
    %0 = call @_take(%arg0, %arg1) : (tensor<5x2xf32>, tensor<1x3xi32>) -> tensor<1x3x2xf32>
    return %0 : tensor<1x3x2xf32>
  }
  func.func private @_take(%arg0: tensor<5x2xf32>, %arg1: tensor<1x3xi32>) -> tensor<1x3x2xf32> {
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %c = stablehlo.constant dense<true> : tensor<i1>
    %c_0 = stablehlo.constant dense<4> : tensor<1xi32>
    %c_1 = stablehlo.constant dense<5> : tensor<i32>
    %c_2 = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<1x3xi32>
    %1 = stablehlo.compare LT, %arg1, %0, SIGNED : (tensor<1x3xi32>, tensor<1x3xi32>) -> tensor<1x3xi1>
    %2 = stablehlo.broadcast_in_dim %c_1, dims = [] : (tensor<i32>) -> tensor<1x3xi32>
    %3 = stablehlo.add %arg1, %2 : tensor<1x3xi32>
    %4 = call @_where(%1, %3, %arg1) : (tensor<1x3xi1>, tensor<1x3xi32>, tensor<1x3xi32>) -> tensor<1x3xi32>
    %5 = stablehlo.broadcast_in_dim %4, dims = [0, 1] : (tensor<1x3xi32>) -> tensor<1x3x1xi32>
    %6 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<1x3x1xi32>
    %7 = stablehlo.compare GE, %5, %6, SIGNED : (tensor<1x3x1xi32>, tensor<1x3x1xi32>) -> tensor<1x3x1xi1>
    %8 = stablehlo.broadcast_in_dim %c_0, dims = [2] : (tensor<1xi32>) -> tensor<1x1x1xi32>
    %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1, 2] : (tensor<1x1x1xi32>) -> tensor<1x3x1xi32>
    %10 = stablehlo.compare LE, %5, %9, SIGNED : (tensor<1x3x1xi32>, tensor<1x3x1xi32>) -> tensor<1x3x1xi1>
    %11 = stablehlo.and %7, %10 : tensor<1x3x1xi1>
    %12 = stablehlo.reduce(%11 init: %c) applies stablehlo.and across dimensions = [2] : (tensor<1x3x1xi1>, tensor<i1>) -> tensor<1x3xi1>
    %13 = "stablehlo.gather"(%arg0, %5) <{dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 2>, slice_sizes = array<i64: 1, 2>}> : (tensor<5x2xf32>, tensor<1x3x1xi32>) -> tensor<1x3x2xf32>
    %14 = stablehlo.broadcast_in_dim %12, dims = [0, 1] : (tensor<1x3xi1>) -> tensor<1x3x2xi1>
    %15 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<1x3x2xf32>
    %16 = stablehlo.select %14, %13, %15 : tensor<1x3x2xi1>, tensor<1x3x2xf32>
    return %16 : tensor<1x3x2xf32>
  }
  func.func private @_where(%arg0: tensor<1x3xi1>, %arg1: tensor<1x3xi32>, %arg2: tensor<1x3xi32>) -> tensor<1x3xi32> {
    %0 = stablehlo.select %arg0, %arg1, %arg2 : tensor<1x3xi1>, tensor<1x3xi32>
    return %0 : tensor<1x3xi32>
  }
}
// -----
// RUN: passes = torch-to-tensor(1x3:i32), merge-views, eliminate-dead-code
// jnp.take(mode='clip'): indices that do not exist are those of the first and the last row.
// CHECK: tensor.{{.*(clamp|max|min).*}}
// CHECK: tensor.gather
module @model {
  func.func public @main(%arg0: tensor<1x3xi32>) -> (tensor<1x3x2xf32>) {
    %cst = stablehlo.constant dense<[[0.000000e+00, 1.000000e+00], [3.000000e+00, 2.000000e+00], [1.000000e+00, 0.000000e+00], [0.000000e+00, 3.000000e+00], [-2.000000e+00, 2.000000e+00]]> : tensor<5x2xf32>
    %0 = call @_take(%cst, %arg0) : (tensor<5x2xf32>, tensor<1x3xi32>) -> tensor<1x3x2xf32>
    return %0 : tensor<1x3x2xf32>
  }
  func.func private @_take(%arg0: tensor<5x2xf32>, %arg1: tensor<1x3xi32>) -> tensor<1x3x2xf32> {
    %0 = stablehlo.broadcast_in_dim %arg1, dims = [0, 1] : (tensor<1x3xi32>) -> tensor<1x3x1xi32>
    %1 = "stablehlo.gather"(%arg0, %0) <{dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 2>, indices_are_sorted = false, slice_sizes = array<i64: 1, 2>}> : (tensor<5x2xf32>, tensor<1x3x1xi32>) -> tensor<1x3x2xf32>
    return %1 : tensor<1x3x2xf32>
  }
}
