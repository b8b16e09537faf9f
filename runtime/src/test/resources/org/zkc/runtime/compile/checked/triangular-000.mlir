func.func @main() {
  %a0 = stablehlo.constant dense<[[2.0, 9.0, 9.0], [1.0, -1.5, 9.0], [0.5, 2.0, 4.0]]> : tensor<3x3xf32>
  %a1 = stablehlo.constant dense<[[1.0, 3.0, 0.5], [2.0, -1.0, 0.0]]> : tensor<2x3xf32>
  %r0 = "stablehlo.triangular_solve"(%a0, %a1) <{left_side = false, lower = false, unit_diagonal = false, transpose_a = #stablehlo<transpose NO_TRANSPOSE>}> : (tensor<3x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %e0 = stablehlo.constant dense<[[0.5, 1.0, -3.25], [1.0, 6.666666507720947, -17.25]]> : tensor<2x3xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
  return
}
