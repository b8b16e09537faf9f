func.func @main() {
  %a0 = stablehlo.constant dense<[[2.0, 9.0, 9.0], [1.0, -1.5, 9.0], [0.5, 2.0, 4.0]]> : tensor<3x3xf32>
  %a1 = stablehlo.constant dense<[[1.0, 2.0], [3.0, -1.0], [0.5, 0.0]]> : tensor<3x2xf32>
  %r0 = "stablehlo.triangular_solve"(%a0, %a1) <{left_side = true, lower = true, unit_diagonal = true, transpose_a = #stablehlo<transpose NO_TRANSPOSE>}> : (tensor<3x3xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  %e0 = stablehlo.constant dense<[[1.0, 2.0], [2.0, -3.0], [-4.0, 5.0]]> : tensor<3x2xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<3x2xf32>, tensor<3x2xf32>) -> ()
  return
}
