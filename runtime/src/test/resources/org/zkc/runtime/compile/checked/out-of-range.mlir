// As jnp.take counts: a place of -4 in an axis of 3 is NaN, and nothing that is proved.
func.func @main() {
  %x, %i = call @inputs() : () -> (tensor<3x2xf32>, tensor<2xi32>)
  %zero = stablehlo.constant dense<0> : tensor<2xi32>
  %three = stablehlo.constant dense<3> : tensor<2xi32>
  %negative = stablehlo.compare LT, %i, %zero, SIGNED : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
  %counted = stablehlo.add %i, %three : tensor<2xi32>
  %place = stablehlo.select %negative, %counted, %i : tensor<2xi1>, tensor<2xi32>
  %two = stablehlo.constant dense<2> : tensor<2xi32>
  %low = stablehlo.compare GE, %place, %zero, SIGNED : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
  %high = stablehlo.compare LE, %place, %two, SIGNED : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
  %in = stablehlo.and %low, %high : tensor<2xi1>
  %wide = stablehlo.multiply %place, %three : tensor<2xi32>
  %narrow = stablehlo.divide %wide, %three : tensor<2xi32>
  %column = stablehlo.reshape %narrow : (tensor<2xi32>) -> tensor<2x1xi32>
  %g = "stablehlo.gather"(%x, %column) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 2>}> : (tensor<3x2xf32>, tensor<2x1xi32>) -> tensor<2x2xf32>
  %nan = stablehlo.constant dense<0x7FC00000> : tensor<2x2xf32>
  %mask = stablehlo.broadcast_in_dim %in, dims = [0] : (tensor<2xi1>) -> tensor<2x2xi1>
  %r = stablehlo.select %mask, %g, %nan : tensor<2x2xi1>, tensor<2x2xf32>
  check.expect_close_const %r, dense<[[1.0, 2.0], [0x7FC00000, 0x7FC00000]]> : tensor<2x2xf32>
  return
}

func.func private @inputs() -> (tensor<3x2xf32>, tensor<2xi32>) {
  %x = stablehlo.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %i = stablehlo.constant dense<[0, -4]> : tensor<2xi32>
  return %x, %i : tensor<3x2xf32>, tensor<2xi32>
}
