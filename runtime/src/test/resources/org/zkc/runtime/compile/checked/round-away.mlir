func.func @main() {
  %a0 = stablehlo.constant dense<[0.5, -0.5, 1.5, 2.5, 0.4999999701976776, -0.4999999701976776, 8388609.0, -3.700000047683716]> : tensor<8xf32>
  %r0 = stablehlo.round_nearest_afz %a0 : tensor<8xf32>
  %e0 = stablehlo.constant dense<[1.0, -1.0, 2.0, 3.0, 0.0, 0.0, 8388609.0, -4.0]> : tensor<8xf32>
  stablehlo.custom_call @check.expect_eq(%r0, %e0) : (tensor<8xf32>, tensor<8xf32>) -> ()
  return
}
