// As jax.ops.segment_max writes it: each segment begins with minus infinity.
func.func @main() {
  %a0 = stablehlo.constant dense<[[1.0, -2.0], [0.5, 3.0], [-1.5, 2.5], [2.0, -0.5], [-3.0, 0.25]]> : tensor<5x2xf32>
  %r0 = func.call @computed(%a0) : (tensor<5x2xf32>) -> (tensor<3x2xf32>)
  %e0 = stablehlo.constant dense<[[1.0, 0.25], [-1.5, 2.5], [2.0, 3.0]]> : tensor<3x2xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<3x2xf32>, tensor<3x2xf32>) -> ()
  return
}
func.func private @computed(%a0: tensor<5x2xf32>) -> (tensor<3x2xf32>) {
  %i = stablehlo.constant dense<[[0], [2], [1], [2], [0]]> : tensor<5x1xi32>
  %n = stablehlo.constant dense<0xFF800000> : tensor<3x2xf32>
  %r0 = "stablehlo.scatter"(%n, %i, %a0) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
  ^bb0(%x: tensor<f32>, %y: tensor<f32>):
    %m = stablehlo.maximum %x, %y : tensor<f32>
    stablehlo.return %m : tensor<f32>
  }) : (tensor<3x2xf32>, tensor<5x1xi32>, tensor<5x2xf32>) -> tensor<3x2xf32>
  return %r0 : tensor<3x2xf32>
}
