func.func @main() {
  %a0 = stablehlo.constant dense<[1.0, -2.0, 0.5, 3.0]> : tensor<4xf32>
  %a1 = stablehlo.constant dense<[0.25, 1.0, -1.0, 2.0]> : tensor<4xf32>
  %r0 = "stablehlo.map"(%a0, %a1) <{dimensions = array<i64: 0>}> ({
  ^bb0(%p: tensor<f32>, %q: tensor<f32>):
    %m = stablehlo.multiply %p, %q : tensor<f32>
    %n = stablehlo.add %m, %p : tensor<f32>
    stablehlo.return %n : tensor<f32>
  }) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %e0 = stablehlo.constant dense<[1.25, -4.0, 0.0, 9.0]> : tensor<4xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<4xf32>, tensor<4xf32>) -> ()
  return
}
