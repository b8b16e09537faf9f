func.func @main() {
  %a0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %p = stablehlo.partition_id : tensor<ui32>
  %q = stablehlo.replica_id : tensor<ui32>
  %s = stablehlo.add %p, %q : tensor<ui32>
  %f = stablehlo.convert %s : (tensor<ui32>) -> tensor<f32>
  %b = stablehlo.broadcast_in_dim %f, dims = [] : (tensor<f32>) -> tensor<2xf32>
  %r0 = stablehlo.add %a0, %b : tensor<2xf32>
  stablehlo.custom_call @check.expect_eq(%r0, %a0) : (tensor<2xf32>, tensor<2xf32>) -> ()
  return
}
