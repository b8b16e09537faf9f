func.func @main() {
  %a0 = stablehlo.constant dense<[1.0, -2.0, 0.5, 3.0]> : tensor<4xf32>
  %a1 = stablehlo.constant dense<[0.25, 1.0, -1.0, 2.0]> : tensor<4xf32>
  %c = stablehlo.complex %a0, %a1 : tensor<4xcomplex<f32>>
  %k = stablehlo.constant dense<(1.0, -2.0)> : tensor<4xcomplex<f32>>
  %s = stablehlo.add %c, %k : tensor<4xcomplex<f32>>
  %p = stablehlo.multiply %c, %s : tensor<4xcomplex<f32>>
  %r0 = stablehlo.real %p : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  %r1 = stablehlo.imag %p : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  %r2 = stablehlo.abs %p : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  %e0 = stablehlo.constant dense<[2.4375, 3.0, -2.25, 12.0]> : tensor<4xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<4xf32>, tensor<4xf32>) -> ()
  %e1 = stablehlo.constant dense<[-1.25, 1.0, -3.0, 8.0]> : tensor<4xf32>
  stablehlo.custom_call @check.expect_close(%r1, %e1) : (tensor<4xf32>, tensor<4xf32>) -> ()
  %e2 = stablehlo.constant dense<[2.739326000213623, 3.1622776985168457, 3.75, 14.422204971313477]> : tensor<4xf32>
  stablehlo.custom_call @check.expect_close(%r2, %e2) : (tensor<4xf32>, tensor<4xf32>) -> ()
  return
}
