func.func @main() {
  %a0 = stablehlo.constant dense<[[2.0, 9.0, 9.0], [1.0, -1.5, 9.0], [0.5, 2.0, 4.0]]> : tensor<3x3xf32>
  %a1 = stablehlo.constant dense<[[1.0, 3.0, 0.5], [2.0, -1.0, 0.0]]> : tensor<2x3xf32>
  %r0 = "stablehlo.triangular_solve"(%a0, %a1) <{left_side = false, lower = true, unit_diagonal = false, transpose_a = #stablehlo<transpose TRANSPOSE>}> : (tensor<3x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %e0 = stablehlo.constant dense<[[0.5, -1.6666666269302368, 0.8958333134651184], [1.0, 1.3333333730697632, -0.7916666865348816]]> : tensor<2x3xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
  return
}
