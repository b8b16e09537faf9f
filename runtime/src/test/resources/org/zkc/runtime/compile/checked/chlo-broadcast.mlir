func.func @main() {
  %a0 = stablehlo.constant dense<[[-1.5, -0.5, 0.5, 1.5, 2.5, -1.5], [-0.5, 0.5, 1.5, 2.5, -1.5, -0.5]]> : tensor<2x6xf32>
  %a1 = stablehlo.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<6xf32>
  %r0 = chlo.broadcast_add %a0, %a1 : (tensor<2x6xf32>, tensor<6xf32>) -> tensor<2x6xf32>
  %r1 = chlo.broadcast_divide %a1, %a0 : (tensor<6xf32>, tensor<2x6xf32>) -> tensor<2x6xf32>
  %r2 = chlo.broadcast_maximum %a0, %a0 : (tensor<2x6xf32>, tensor<2x6xf32>) -> tensor<2x6xf32>
  %e0 = stablehlo.constant dense<[[-0.5, 1.5, 3.5, 5.5, 7.5, 4.5], [0.5, 2.5, 4.5, 6.5, 3.5, 5.5]]> : tensor<2x6xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<2x6xf32>, tensor<2x6xf32>) -> ()
  %e1 = stablehlo.constant dense<[[-0.6666666865348816, -4.0, 6.0, 2.6666667461395264, 2.0, -4.0], [-2.0, 4.0, 2.0, 1.600000023841858, -3.3333332538604736, -12.0]]> : tensor<2x6xf32>
  stablehlo.custom_call @check.expect_close(%r1, %e1) : (tensor<2x6xf32>, tensor<2x6xf32>) -> ()
  %e2 = stablehlo.constant dense<[[-1.5, -0.5, 0.5, 1.5, 2.5, -1.5], [-0.5, 0.5, 1.5, 2.5, -1.5, -0.5]]> : tensor<2x6xf32>
  stablehlo.custom_call @check.expect_close(%r2, %e2) : (tensor<2x6xf32>, tensor<2x6xf32>) -> ()
  return
}
