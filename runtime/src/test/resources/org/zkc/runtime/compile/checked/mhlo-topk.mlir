func.func @main() {
  %a0 = stablehlo.constant dense<[1.0, -2.0, 0.5, 3.0]> : tensor<4xf32>
  %r:2 = stablehlo.custom_call @mhlo.topk(%a0) {mhlo.attributes = {k = 2 : i64, largest = true}} : (tensor<4xf32>) -> (tensor<2xf32>, tensor<2xi32>)
  %r0 = stablehlo.reshape %r#0 : (tensor<2xf32>) -> tensor<2xf32>
  %r1 = stablehlo.reshape %r#1 : (tensor<2xi32>) -> tensor<2xi32>
  %e0 = stablehlo.constant dense<[3.0, 1.0]> : tensor<2xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<2xf32>, tensor<2xf32>) -> ()
  %e1 = stablehlo.constant dense<[3, 0]> : tensor<2xi32>
  stablehlo.custom_call @check.expect_eq(%r1, %e1) : (tensor<2xi32>, tensor<2xi32>) -> ()
  return
}
