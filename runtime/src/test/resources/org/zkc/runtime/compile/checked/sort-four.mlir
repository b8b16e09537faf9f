func.func @main() {
  %a0 = stablehlo.constant dense<[3, 1, 2, 1]> : tensor<4xi32>
  %a1 = stablehlo.constant dense<[1.0, -2.0, 0.5, 3.0]> : tensor<4xf32>
  %a2 = stablehlo.constant dense<[0.25, 1.0, -1.0, 2.0]> : tensor<4xf32>
  %a3 = stablehlo.constant dense<[9, 8, 7, 6]> : tensor<4xi32>
  %r:4 = "stablehlo.sort"(%a0, %a1, %a2, %a3) <{dimension = 0 : i64, is_stable = true}> ({
  ^bb0(%p: tensor<i32>, %q: tensor<i32>, %s: tensor<f32>, %t: tensor<f32>, %u: tensor<f32>, %v: tensor<f32>, %w: tensor<i32>, %z: tensor<i32>):
    %c = stablehlo.compare LT, %p, %q : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  }) : (tensor<4xi32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi32>) -> (tensor<4xi32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi32>)
  %r0 = stablehlo.reshape %r#0 : (tensor<4xi32>) -> tensor<4xi32>
  %r1 = stablehlo.reshape %r#1 : (tensor<4xf32>) -> tensor<4xf32>
  %r2 = stablehlo.reshape %r#2 : (tensor<4xf32>) -> tensor<4xf32>
  %r3 = stablehlo.reshape %r#3 : (tensor<4xi32>) -> tensor<4xi32>
  %e0 = stablehlo.constant dense<[1, 1, 2, 3]> : tensor<4xi32>
  stablehlo.custom_call @check.expect_eq(%r0, %e0) : (tensor<4xi32>, tensor<4xi32>) -> ()
  %e1 = stablehlo.constant dense<[-2.0, 3.0, 0.5, 1.0]> : tensor<4xf32>
  stablehlo.custom_call @check.expect_close(%r1, %e1) : (tensor<4xf32>, tensor<4xf32>) -> ()
  %e2 = stablehlo.constant dense<[1.0, 2.0, -1.0, 0.25]> : tensor<4xf32>
  stablehlo.custom_call @check.expect_close(%r2, %e2) : (tensor<4xf32>, tensor<4xf32>) -> ()
  %e3 = stablehlo.constant dense<[8, 6, 7, 9]> : tensor<4xi32>
  stablehlo.custom_call @check.expect_eq(%r3, %e3) : (tensor<4xi32>, tensor<4xi32>) -> ()
  return
}
