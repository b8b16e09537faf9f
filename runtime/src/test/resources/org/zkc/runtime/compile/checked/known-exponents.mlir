func.func @main() {
  %a0 = stablehlo.constant dense<[[1.5, -2.0, -0.5, -1.25], [-1.5, 2.0, 1.5, -2.0]]> : tensor<2x4xf32>
  %r0 = func.call @computed(%a0) : (tensor<2x4xf32>) -> (tensor<2x4xf32>)
  %e0 = stablehlo.constant dense<[[2.25, -8.0, -0.5, -0.8], [2.25, 8.0, 1.5, -0.5]]> : tensor<2x4xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<2x4xf32>, tensor<2x4xf32>) -> ()
  return
}
func.func private @computed(%a0: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
  %y = stablehlo.constant dense<[2.0, 3.0, 1.0, -1.0]> : tensor<4xf32>
  %b = stablehlo.broadcast_in_dim %y, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
  %r0 = stablehlo.power %a0, %b : tensor<2x4xf32>
  return %r0 : tensor<2x4xf32>
}
