func.func @main() {
  %a0 = stablehlo.constant dense<[1.0, -2.0, 0.5, 3.0]> : tensor<4xf32>
  %a1 = stablehlo.constant dense<[0.5, -1.0, 0.75, -3.5]> : tensor<4xf32>
  %r0 = stablehlo.compare LT, %a0, %a1, TOTALORDER : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  %e0 = stablehlo.constant dense<[false, true, true, false]> : tensor<4xi1>
  stablehlo.custom_call @check.expect_eq(%r0, %e0) : (tensor<4xi1>, tensor<4xi1>) -> ()
  return
}
