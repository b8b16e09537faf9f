func.func @main() {
  %a0 = stablehlo.constant dense<[[4.0, 2.0, -1.0], [0.0, 5.0, 1.0], [0.0, 0.0, 3.0]]> : tensor<3x3xf32>
  %r0 = stablehlo.cholesky %a0, lower = false : tensor<3x3xf32>
  %e0 = stablehlo.constant dense<[[2.0, 1.0, -0.5], [0.0, 2.0, 0.75], [0.0, 0.0, 1.4790199995040894]]> : tensor<3x3xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<3x3xf32>, tensor<3x3xf32>) -> ()
  return
}
