// RUN: passes = torch-to-tensor(1x3x2x4 1x3x2x4 1x3x2x4), fold-constants, divide-to-multiply, merge-views, hoist-factors, mask-softmax, fuse-attention, eliminate-dead-code
// flax.linen.dot_product_attention: the weights are the right factor of the second product.
// CHECK: tensor.mat_mul
// CHECK: tensor.attention
// CHECK-COUNT-1: tensor.mat_mul
// CHECK-COUNT-0: tensor.softmax
module @model {
  func.func public @main(%arg0: tensor<1x3x2x4xf32>, %arg1: tensor<1x3x2x4xf32>, %arg2: tensor<1x3x2x4xf32>) -> (tensor<1x3x2x4xf32>) {
    %cst = stablehlo.constant dense<4.000000e+00> : tensor<f32>
    %0 = stablehlo.sqrt %cst : tensor<f32>
    %1 = stablehlo.convert %0 : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [] : (tensor<f32>) -> tensor<1x3x2x4xf32>
    %3 = stablehlo.divide %arg0, %2 : tensor<1x3x2x4xf32>
    %4 = stablehlo.dot_general %3, %arg1, batching_dims = [0, 2] x [0, 2], contracting_dims = [3] x [3], precision = [DEFAULT, DEFAULT] : (tensor<1x3x2x4xf32>, tensor<1x3x2x4xf32>) -> tensor<1x2x3x3xf32>
    %cst_0 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %5 = stablehlo.reduce(%4 init: %cst_0) applies stablehlo.maximum across dimensions = [3] : (tensor<1x2x3x3xf32>, tensor<f32>) -> tensor<1x2x3xf32>
    %cst_1 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %6 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<1x2x3xf32>
    %7 = stablehlo.maximum %6, %5 : tensor<1x2x3xf32>
    %8 = stablehlo.broadcast_in_dim %7, dims = [0, 1, 2] : (tensor<1x2x3xf32>) -> tensor<1x2x3x1xf32>
    %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1, 2, 3] : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x3xf32>
    %10 = stablehlo.subtract %4, %9 : tensor<1x2x3x3xf32>
    %11 = stablehlo.exponential %10 : tensor<1x2x3x3xf32>
    %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %12 = stablehlo.reduce(%11 init: %cst_2) applies stablehlo.add across dimensions = [3] : (tensor<1x2x3x3xf32>, tensor<f32>) -> tensor<1x2x3xf32>
    %13 = stablehlo.broadcast_in_dim %12, dims = [0, 1, 2] : (tensor<1x2x3xf32>) -> tensor<1x2x3x1xf32>
    %14 = stablehlo.broadcast_in_dim %13, dims = [0, 1, 2, 3] : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x3xf32>
    %15 = stablehlo.divide %11, %14 : tensor<1x2x3x3xf32>
    %16 = stablehlo.dot_general %arg2, %15, batching_dims = [0, 2] x [0, 1], contracting_dims = [1] x [3], precision = [DEFAULT, DEFAULT] : (tensor<1x3x2x4xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x4x3xf32>
    %17 = stablehlo.transpose %16, dims = [0, 3, 1, 2] : (tensor<1x2x4x3xf32>) -> tensor<1x3x2x4xf32>
    return %17 : tensor<1x3x2x4xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(1x3x2x4 1x3x2x4 1x3x2x4), fold-constants, divide-to-multiply, merge-views, hoist-factors, mask-softmax, fuse-attention, eliminate-dead-code
// jax.nn.dot_product_attention(q, k, v, is_causal=True)
// CHECK: dense<{{.*}}3x3:i1 [1, 0, 0, 1, 1, 0, 1, 1, 1]>
// CHECK: tensor.attention({{.+}}mask = 
// CHECK-COUNT-0: tensor.softmax
module @model {
  func.func public @main(%arg0: tensor<1x3x2x4xf32>, %arg1: tensor<1x3x2x4xf32>, %arg2: tensor<1x3x2x4xf32>) -> (tensor<1x3x2x4xf32>) {
    %0 = stablehlo.reshape %arg0 : (tensor<1x3x2x4xf32>) -> tensor<1x3x2x1x4xf32>
    %1 = stablehlo.dot_general %0, %arg1, batching_dims = [0, 2] x [0, 2], contracting_dims = [4] x [3], precision = [DEFAULT, DEFAULT] : (tensor<1x3x2x1x4xf32>, tensor<1x3x2x4xf32>) -> tensor<1x2x3x1x3xf32>
    %cst = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<1x2x3x1x3xf32>
    %3 = stablehlo.multiply %1, %2 : tensor<1x2x3x1x3xf32>
    %c = stablehlo.constant dense<true> : tensor<i1>
    %4 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i1>) -> tensor<1x2x3x3xi1>
    %c_0 = stablehlo.constant dense<true> : tensor<i1>
    %5 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i1>) -> tensor<3x3xi1>
    %6 = call @tril(%5) : (tensor<3x3xi1>) -> tensor<3x3xi1>
    %7 = stablehlo.broadcast_in_dim %6, dims = [2, 3] : (tensor<3x3xi1>) -> tensor<1x1x3x3xi1>
    %8 = stablehlo.broadcast_in_dim %7, dims = [0, 1, 2, 3] : (tensor<1x1x3x3xi1>) -> tensor<1x2x3x3xi1>
    %9 = stablehlo.and %4, %8 : tensor<1x2x3x3xi1>
    %cst_1 = stablehlo.constant dense<-2.38197633E+38> : tensor<f32>
    %10 = call @_where(%9, %3, %cst_1) : (tensor<1x2x3x3xi1>, tensor<1x2x3x1x3xf32>, tensor<f32>) -> tensor<1x1x2x3x3xf32>
    %cst_2 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %11 = stablehlo.reduce(%10 init: %cst_2) applies stablehlo.maximum across dimensions = [4] : (tensor<1x1x2x3x3xf32>, tensor<f32>) -> tensor<1x1x2x3xf32>
    %cst_3 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %12 = stablehlo.broadcast_in_dim %cst_3, dims = [] : (tensor<f32>) -> tensor<1x1x2x3xf32>
    %13 = stablehlo.maximum %12, %11 : tensor<1x1x2x3xf32>
    %14 = stablehlo.broadcast_in_dim %13, dims = [0, 1, 2, 3] : (tensor<1x1x2x3xf32>) -> tensor<1x1x2x3x1xf32>
    %15 = stablehlo.broadcast_in_dim %14, dims = [0, 1, 2, 3, 4] : (tensor<1x1x2x3x1xf32>) -> tensor<1x1x2x3x3xf32>
    %16 = stablehlo.subtract %10, %15 : tensor<1x1x2x3x3xf32>
    %17 = stablehlo.exponential %16 : tensor<1x1x2x3x3xf32>
    %cst_4 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %18 = stablehlo.reduce(%17 init: %cst_4) applies stablehlo.add across dimensions = [4] : (tensor<1x1x2x3x3xf32>, tensor<f32>) -> tensor<1x1x2x3xf32>
    %19 = stablehlo.broadcast_in_dim %18, dims = [0, 1, 2, 3] : (tensor<1x1x2x3xf32>) -> tensor<1x1x2x3x1xf32>
    %20 = stablehlo.broadcast_in_dim %19, dims = [0, 1, 2, 3, 4] : (tensor<1x1x2x3x1xf32>) -> tensor<1x1x2x3x3xf32>
    %21 = stablehlo.divide %17, %20 : tensor<1x1x2x3x3xf32>
    %22 = stablehlo.dot_general %arg2, %21, batching_dims = [0, 2] x [1, 2], contracting_dims = [1] x [4], precision = [DEFAULT, DEFAULT] : (tensor<1x3x2x4xf32>, tensor<1x1x2x3x3xf32>) -> tensor<1x2x4x1x3xf32>
    %23 = stablehlo.transpose %22, dims = [3, 0, 4, 1, 2] : (tensor<1x2x4x1x3xf32>) -> tensor<1x1x3x2x4xf32>
    %24 = stablehlo.transpose %23, dims = [1, 2, 3, 0, 4] : (tensor<1x1x3x2x4xf32>) -> tensor<1x3x2x1x4xf32>
    %25 = stablehlo.reshape %24 : (tensor<1x3x2x1x4xf32>) -> tensor<1x3x2x4xf32>
    return %25 : tensor<1x3x2x4xf32>
  }
  func.func private @tril(%arg0: tensor<3x3xi1>) -> tensor<3x3xi1> {
    %0 = stablehlo.iota dim = 0 : tensor<3x3xi32>
    %c = stablehlo.constant dense<0> : tensor<i32>
    %1 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<3x3xi32>
    %2 = stablehlo.add %0, %1 : tensor<3x3xi32>
    %3 = stablehlo.iota dim = 1 : tensor<3x3xi32>
    %4 = stablehlo.compare GE, %2, %3, SIGNED : (tensor<3x3xi32>, tensor<3x3xi32>) -> tensor<3x3xi1>
    %c_0 = stablehlo.constant dense<false> : tensor<i1>
    %5 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i1>) -> tensor<3x3xi1>
    %6 = stablehlo.select %4, %arg0, %5 : tensor<3x3xi1>, tensor<3x3xi1>
    return %6 : tensor<3x3xi1>
  }
  func.func private @_where(%arg0: tensor<1x2x3x3xi1>, %arg1: tensor<1x2x3x1x3xf32>, %arg2: tensor<f32>) -> tensor<1x1x2x3x3xf32> {
    %0 = stablehlo.broadcast_in_dim %arg2, dims = [] : (tensor<f32>) -> tensor<1x2x3x3xf32>
    %1 = stablehlo.broadcast_in_dim %arg0, dims = [1, 2, 3, 4] : (tensor<1x2x3x3xi1>) -> tensor<1x1x2x3x3xi1>
    %2 = stablehlo.broadcast_in_dim %0, dims = [1, 2, 3, 4] : (tensor<1x2x3x3xf32>) -> tensor<1x1x2x3x3xf32>
    %3 = stablehlo.transpose %arg1, dims = [3, 0, 1, 2, 4] : (tensor<1x2x3x1x3xf32>) -> tensor<1x1x2x3x3xf32>
    %4 = stablehlo.select %1, %3, %2 : tensor<1x1x2x3x3xi1>, tensor<1x1x2x3x3xf32>
    return %4 : tensor<1x1x2x3x3xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(1x2x3x4), fold-constants, divide-to-multiply, merge-views, hoist-factors, mask-softmax, fuse-attention, eliminate-dead-code
// scaled_dot_product_attention(x, x, x) by torchax: queries and keys are scaled by a root each, which is one factor of the scores.
// CHECK: tensor.mat_mul
// CHECK: dense<scalar:f32 [0.49999997]>
// CHECK: tensor.attention
// CHECK-COUNT-1: tensor.multiply
// CHECK-COUNT-0: tensor.softmax
module @model {
  func.func public @main(%arg0: tensor<1x2x3x4xf32>) -> (tensor<1x2x3x4xf32>) {
    %c = stablehlo.constant dense<false> : tensor<i1>
    %cst = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %cst_0 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %cst_1 = stablehlo.constant dense<0.707106769> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<1x2x3x4xf32>
    %1 = stablehlo.multiply %arg0, %0 : tensor<1x2x3x4xf32>
    %2 = stablehlo.transpose %arg0, dims = [0, 1, 3, 2] : (tensor<1x2x3x4xf32>) -> tensor<1x2x4x3xf32>
    %3 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<1x2x4x3xf32>
    %4 = stablehlo.multiply %2, %3 : tensor<1x2x4x3xf32>
    %5 = stablehlo.reshape %1 : (tensor<1x2x3x4xf32>) -> tensor<2x3x4xf32>
    %6 = stablehlo.reshape %4 : (tensor<1x2x4x3xf32>) -> tensor<2x4x3xf32>
    %7 = stablehlo.dot_general %5, %6, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (tensor<2x3x4xf32>, tensor<2x4x3xf32>) -> tensor<2x3x3xf32>
    %8 = stablehlo.reshape %7 : (tensor<2x3x3xf32>) -> tensor<1x2x3x3xf32>
    %9 = stablehlo.reduce(%8 init: %cst_0) applies stablehlo.maximum across dimensions = [3] : (tensor<1x2x3x3xf32>, tensor<f32>) -> tensor<1x2x3xf32>
    %10 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<1x2x3xf32>
    %11 = stablehlo.maximum %10, %9 : tensor<1x2x3xf32>
    %12 = stablehlo.broadcast_in_dim %11, dims = [0, 1, 2] : (tensor<1x2x3xf32>) -> tensor<1x2x3x1xf32>
    %13 = stablehlo.broadcast_in_dim %12, dims = [0, 1, 2, 3] : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x3xf32>
    %14 = stablehlo.subtract %8, %13 : tensor<1x2x3x3xf32>
    %15 = stablehlo.exponential %14 : tensor<1x2x3x3xf32>
    %16 = stablehlo.reduce(%15 init: %cst) applies stablehlo.add across dimensions = [3] : (tensor<1x2x3x3xf32>, tensor<f32>) -> tensor<1x2x3xf32>
    %17 = stablehlo.broadcast_in_dim %16, dims = [0, 1, 2] : (tensor<1x2x3xf32>) -> tensor<1x2x3x1xf32>
    %18 = stablehlo.broadcast_in_dim %17, dims = [0, 1, 2, 3] : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x3xf32>
    %19 = stablehlo.divide %15, %18 : tensor<1x2x3x3xf32>
    %20 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<1x2x3x3xf32>
    %21 = stablehlo.compare EQ, %8, %20, FLOAT : (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xi1>
    %22 = stablehlo.not %21 : tensor<1x2x3x3xi1>
    %23 = stablehlo.reduce(%22 init: %c) applies stablehlo.or across dimensions = [3] : (tensor<1x2x3x3xi1>, tensor<i1>) -> tensor<1x2x3xi1>
    %24 = stablehlo.broadcast_in_dim %23, dims = [0, 1, 2] : (tensor<1x2x3xi1>) -> tensor<1x2x3x1xi1>
    %25 = stablehlo.not %24 : tensor<1x2x3x1xi1>
    %26 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<1x2x3x3xf32>
    %27 = call @_where(%25, %26, %19) : (tensor<1x2x3x1xi1>, tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
    %28 = stablehlo.reshape %27 : (tensor<1x2x3x3xf32>) -> tensor<2x3x3xf32>
    %29 = stablehlo.reshape %arg0 : (tensor<1x2x3x4xf32>) -> tensor<2x3x4xf32>
    %30 = stablehlo.dot_general %28, %29, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (tensor<2x3x3xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
    %31 = stablehlo.reshape %30 : (tensor<2x3x4xf32>) -> tensor<1x2x3x4xf32>
    %32 = stablehlo.transpose %31, dims = [2, 0, 1, 3] : (tensor<1x2x3x4xf32>) -> tensor<3x1x2x4xf32>
    %33 = stablehlo.transpose %32, dims = [1, 2, 0, 3] : (tensor<3x1x2x4xf32>) -> tensor<1x2x3x4xf32>
    return %33 : tensor<1x2x3x4xf32>
  }
  func.func private @_where(%arg0: tensor<1x2x3x1xi1>, %arg1: tensor<1x2x3x3xf32>, %arg2: tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [0, 1, 2, 3] : (tensor<1x2x3x1xi1>) -> tensor<1x2x3x3xi1>
    %1 = stablehlo.select %0, %arg1, %arg2 : tensor<1x2x3x3xi1>, tensor<1x2x3x3xf32>
    return %1 : tensor<1x2x3x3xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(1x2x3x4), fold-constants, divide-to-multiply, merge-views, hoist-factors, mask-softmax, fuse-attention, eliminate-dead-code
// scaled_dot_product_attention(x, x, x, is_causal=True) by torchax
// CHECK: dense<{{.*}}3x3:i1 [1, 0, 0, 1, 1, 0, 1, 1, 1]>
// CHECK: tensor.attention({{.+}}mask = 
// CHECK-COUNT-0: tensor.softmax
module @model {
  func.func public @main(%arg0: tensor<1x2x3x4xf32>) -> (tensor<1x2x3x4xf32>) {
    %c = stablehlo.constant dense<false> : tensor<i1>
    %cst = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %cst_0 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %c_2 = stablehlo.constant dense<0> : tensor<i32>
    %c_3 = stablehlo.constant dense<1> : tensor<i32>
    %c_4 = stablehlo.constant dense<true> : tensor<i1>
    %cst_5 = stablehlo.constant dense<0.707106769> : tensor<f32>
    %0 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<1x2x3x4xf32>
    %1 = stablehlo.multiply %arg0, %0 : tensor<1x2x3x4xf32>
    %2 = stablehlo.broadcast_in_dim %c_4, dims = [] : (tensor<i1>) -> tensor<3x3xi1>
    %3 = stablehlo.iota dim = 0 : tensor<3xi32>
    %4 = stablehlo.broadcast_in_dim %3, dims = [1] : (tensor<3xi32>) -> tensor<1x3xi32>
    %5 = stablehlo.iota dim = 0 : tensor<3xi32>
    %6 = stablehlo.broadcast_in_dim %5, dims = [0] : (tensor<3xi32>) -> tensor<3x1xi32>
    %7 = stablehlo.broadcast_in_dim %c_3, dims = [] : (tensor<i32>) -> tensor<3x1xi32>
    %8 = stablehlo.multiply %6, %7 : tensor<3x1xi32>
    %9 = stablehlo.broadcast_in_dim %4, dims = [0, 1] : (tensor<1x3xi32>) -> tensor<3x3xi32>
    %10 = stablehlo.broadcast_in_dim %8, dims = [0, 1] : (tensor<3x1xi32>) -> tensor<3x3xi32>
    %11 = stablehlo.subtract %9, %10 : tensor<3x3xi32>
    %12 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<3x3xi32>
    %13 = stablehlo.compare LE, %11, %12, SIGNED : (tensor<3x3xi32>, tensor<3x3xi32>) -> tensor<3x3xi1>
    %14 = stablehlo.and %13, %2 : tensor<3x3xi1>
    %15 = call @_where(%14, %cst_1, %cst_0) : (tensor<3x3xi1>, tensor<f32>, tensor<f32>) -> tensor<3x3xf32>
    %16 = stablehlo.transpose %arg0, dims = [0, 1, 3, 2] : (tensor<1x2x3x4xf32>) -> tensor<1x2x4x3xf32>
    %17 = stablehlo.broadcast_in_dim %cst_5, dims = [] : (tensor<f32>) -> tensor<1x2x4x3xf32>
    %18 = stablehlo.multiply %16, %17 : tensor<1x2x4x3xf32>
    %19 = stablehlo.reshape %1 : (tensor<1x2x3x4xf32>) -> tensor<2x3x4xf32>
    %20 = stablehlo.reshape %18 : (tensor<1x2x4x3xf32>) -> tensor<2x4x3xf32>
    %21 = stablehlo.dot_general %19, %20, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (tensor<2x3x4xf32>, tensor<2x4x3xf32>) -> tensor<2x3x3xf32>
    %22 = stablehlo.reshape %21 : (tensor<2x3x3xf32>) -> tensor<1x2x3x3xf32>
    %23 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3x3xf32>
    %24 = stablehlo.multiply %15, %23 : tensor<3x3xf32>
    %25 = stablehlo.broadcast_in_dim %24, dims = [2, 3] : (tensor<3x3xf32>) -> tensor<1x1x3x3xf32>
    %26 = stablehlo.broadcast_in_dim %25, dims = [0, 1, 2, 3] : (tensor<1x1x3x3xf32>) -> tensor<1x2x3x3xf32>
    %27 = stablehlo.add %22, %26 : tensor<1x2x3x3xf32>
    %28 = stablehlo.reduce(%27 init: %cst_0) applies stablehlo.maximum across dimensions = [3] : (tensor<1x2x3x3xf32>, tensor<f32>) -> tensor<1x2x3xf32>
    %29 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<1x2x3xf32>
    %30 = stablehlo.maximum %29, %28 : tensor<1x2x3xf32>
    %31 = stablehlo.broadcast_in_dim %30, dims = [0, 1, 2] : (tensor<1x2x3xf32>) -> tensor<1x2x3x1xf32>
    %32 = stablehlo.broadcast_in_dim %31, dims = [0, 1, 2, 3] : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x3xf32>
    %33 = stablehlo.subtract %27, %32 : tensor<1x2x3x3xf32>
    %34 = stablehlo.exponential %33 : tensor<1x2x3x3xf32>
    %35 = stablehlo.reduce(%34 init: %cst_1) applies stablehlo.add across dimensions = [3] : (tensor<1x2x3x3xf32>, tensor<f32>) -> tensor<1x2x3xf32>
    %36 = stablehlo.broadcast_in_dim %35, dims = [0, 1, 2] : (tensor<1x2x3xf32>) -> tensor<1x2x3x1xf32>
    %37 = stablehlo.broadcast_in_dim %36, dims = [0, 1, 2, 3] : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x3xf32>
    %38 = stablehlo.divide %34, %37 : tensor<1x2x3x3xf32>
    %39 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<1x2x3x3xf32>
    %40 = stablehlo.compare EQ, %27, %39, FLOAT : (tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xi1>
    %41 = stablehlo.not %40 : tensor<1x2x3x3xi1>
    %42 = stablehlo.reduce(%41 init: %c) applies stablehlo.or across dimensions = [3] : (tensor<1x2x3x3xi1>, tensor<i1>) -> tensor<1x2x3xi1>
    %43 = stablehlo.broadcast_in_dim %42, dims = [0, 1, 2] : (tensor<1x2x3xi1>) -> tensor<1x2x3x1xi1>
    %44 = stablehlo.not %43 : tensor<1x2x3x1xi1>
    %45 = stablehlo.broadcast_in_dim %cst_1, dims = [] : (tensor<f32>) -> tensor<1x2x3x3xf32>
    %46 = call @_where_0(%44, %45, %38) : (tensor<1x2x3x1xi1>, tensor<1x2x3x3xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
    %47 = stablehlo.reshape %46 : (tensor<1x2x3x3xf32>) -> tensor<2x3x3xf32>
    %48 = stablehlo.reshape %arg0 : (tensor<1x2x3x4xf32>) -> tensor<2x3x4xf32>
    %49 = stablehlo.dot_general %47, %48, batching_dims = [0] x [0], contracting_dims = [2] x [1] : (tensor<2x3x3xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
    %50 = stablehlo.reshape %49 : (tensor<2x3x4xf32>) -> tensor<1x2x3x4xf32>
    %51 = stablehlo.transpose %50, dims = [2, 0, 1, 3] : (tensor<1x2x3x4xf32>) -> tensor<3x1x2x4xf32>
    %52 = stablehlo.transpose %51, dims = [1, 2, 0, 3] : (tensor<3x1x2x4xf32>) -> tensor<1x2x3x4xf32>
    return %52 : tensor<1x2x3x4xf32>
  }
  func.func private @_where(%arg0: tensor<3x3xi1>, %arg1: tensor<f32>, %arg2: tensor<f32>) -> tensor<3x3xf32> {
    %0 = stablehlo.broadcast_in_dim %arg1, dims = [] : (tensor<f32>) -> tensor<3x3xf32>
    %1 = stablehlo.broadcast_in_dim %arg2, dims = [] : (tensor<f32>) -> tensor<3x3xf32>
    %2 = stablehlo.select %arg0, %0, %1 : tensor<3x3xi1>, tensor<3x3xf32>
    return %2 : tensor<3x3xf32>
  }
  func.func private @_where_0(%arg0: tensor<1x2x3x1xi1>, %arg1: tensor<1x2x3x3xf32>, %arg2: tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
    %0 = stablehlo.broadcast_in_dim %arg0, dims = [0, 1, 2, 3] : (tensor<1x2x3x1xi1>) -> tensor<1x2x3x3xi1>
    %1 = stablehlo.select %0, %arg1, %arg2 : tensor<1x2x3x3xi1>, tensor<1x2x3x3xf32>
    return %1 : tensor<1x2x3x3xf32>
  }
}
// -----
// RUN: passes = torch-to-tensor(1x3x2x4 1x3x2x4 1x3x2x4), fold-constants, divide-to-multiply, merge-views, hoist-factors, mask-softmax, fuse-attention, eliminate-dead-code
// The weights are a result of their own.
// CHECK: tensor.softmax
// CHECK: tensor.mat_mul
// CHECK-COUNT-0: tensor.attention
module @model {
  func.func public @main(%arg0: tensor<1x3x2x4xf32>, %arg1: tensor<1x3x2x4xf32>, %arg2: tensor<1x3x2x4xf32>) -> (tensor<1x3x2x4xf32>, tensor<1x2x3x3xf32>) {
    %0 = stablehlo.dot_general %arg0, %arg1, batching_dims = [0, 2] x [0, 2], contracting_dims = [3] x [3], precision = [DEFAULT, DEFAULT] : (tensor<1x3x2x4xf32>, tensor<1x3x2x4xf32>) -> tensor<1x2x3x3xf32>
    %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %1 = stablehlo.reduce(%0 init: %cst) applies stablehlo.maximum across dimensions = [3] : (tensor<1x2x3x3xf32>, tensor<f32>) -> tensor<1x2x3xf32>
    %cst_0 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %2 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<1x2x3xf32>
    %3 = stablehlo.maximum %2, %1 : tensor<1x2x3xf32>
    %4 = stablehlo.broadcast_in_dim %3, dims = [0, 1, 2] : (tensor<1x2x3xf32>) -> tensor<1x2x3x1xf32>
    %5 = stablehlo.broadcast_in_dim %4, dims = [0, 1, 2, 3] : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x3xf32>
    %6 = stablehlo.subtract %0, %5 : tensor<1x2x3x3xf32>
    %7 = stablehlo.exponential %6 : tensor<1x2x3x3xf32>
    %cst_1 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %8 = stablehlo.reduce(%7 init: %cst_1) applies stablehlo.add across dimensions = [3] : (tensor<1x2x3x3xf32>, tensor<f32>) -> tensor<1x2x3xf32>
    %9 = stablehlo.broadcast_in_dim %8, dims = [0, 1, 2] : (tensor<1x2x3xf32>) -> tensor<1x2x3x1xf32>
    %10 = stablehlo.broadcast_in_dim %9, dims = [0, 1, 2, 3] : (tensor<1x2x3x1xf32>) -> tensor<1x2x3x3xf32>
    %11 = stablehlo.divide %7, %10 : tensor<1x2x3x3xf32>
    %12 = stablehlo.dot_general %arg2, %11, batching_dims = [0, 2] x [0, 1], contracting_dims = [1] x [3], precision = [DEFAULT, DEFAULT] : (tensor<1x3x2x4xf32>, tensor<1x2x3x3xf32>) -> tensor<1x2x4x3xf32>
    %13 = stablehlo.transpose %12, dims = [0, 3, 1, 2] : (tensor<1x2x4x3xf32>) -> tensor<1x3x2x4xf32>
    return %13, %11 : tensor<1x3x2x4xf32>, tensor<1x2x3x3xf32>
  }
}
