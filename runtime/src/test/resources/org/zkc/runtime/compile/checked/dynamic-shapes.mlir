func.func @main() {
  %a0 = stablehlo.constant dense<[[-1.5, -0.5, 0.5, 1.5, 2.5, -1.5], [-0.5, 0.5, 1.5, 2.5, -1.5, -0.5]]> : tensor<2x6xf32>
  %s = stablehlo.constant dense<[3, 4]> : tensor<2xi64>
  %r0 = stablehlo.dynamic_reshape %a0, %s : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  %t = stablehlo.constant dense<[2, 2, 6]> : tensor<3xi64>
  %r1 = stablehlo.dynamic_broadcast_in_dim %a0, %t, dims = [1, 2] : (tensor<2x6xf32>, tensor<3xi64>) -> tensor<2x2x6xf32>
  %lo = stablehlo.constant dense<[0, 1]> : tensor<2xi64>
  %hi = stablehlo.constant dense<[2, 6]> : tensor<2xi64>
  %st = stablehlo.constant dense<[1, 2]> : tensor<2xi64>
  %r2 = stablehlo.real_dynamic_slice %a0, %lo, %hi, %st : (tensor<2x6xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<2x3xf32>
  %z = stablehlo.constant dense<0.5> : tensor<f32>
  %n = stablehlo.constant dense<0> : tensor<2xi64>
  %r3 = stablehlo.dynamic_pad %a0, %z, %lo, %lo, %n : (tensor<2x6xf32>, tensor<f32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<2x8xf32>
  %r4 = stablehlo.get_dimension_size %a0, dim = 1 : (tensor<2x6xf32>) -> tensor<i32>
  %e0 = stablehlo.constant dense<[[-1.5, -0.5, 0.5, 1.5], [2.5, -1.5, -0.5, 0.5], [1.5, 2.5, -1.5, -0.5]]> : tensor<3x4xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<3x4xf32>, tensor<3x4xf32>) -> ()
  %e1 = stablehlo.constant dense<[[[-1.5, -0.5, 0.5, 1.5, 2.5, -1.5], [-0.5, 0.5, 1.5, 2.5, -1.5, -0.5]], [[-1.5, -0.5, 0.5, 1.5, 2.5, -1.5], [-0.5, 0.5, 1.5, 2.5, -1.5, -0.5]]]> : tensor<2x2x6xf32>
  stablehlo.custom_call @check.expect_close(%r1, %e1) : (tensor<2x2x6xf32>, tensor<2x2x6xf32>) -> ()
  %e2 = stablehlo.constant dense<[[-0.5, 1.5, -1.5], [0.5, 2.5, -0.5]]> : tensor<2x3xf32>
  stablehlo.custom_call @check.expect_close(%r2, %e2) : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
  %e3 = stablehlo.constant dense<[[0.5, -1.5, -0.5, 0.5, 1.5, 2.5, -1.5, 0.5], [0.5, -0.5, 0.5, 1.5, 2.5, -1.5, -0.5, 0.5]]> : tensor<2x8xf32>
  stablehlo.custom_call @check.expect_close(%r3, %e3) : (tensor<2x8xf32>, tensor<2x8xf32>) -> ()
  %e4 = stablehlo.constant dense<6> : tensor<i32>
  stablehlo.custom_call @check.expect_eq(%r4, %e4) : (tensor<i32>, tensor<i32>) -> ()
  return
}
