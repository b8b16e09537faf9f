func.func @main() {
  %a0 = stablehlo.constant dense<[1.0, -2.0, 0.5, 3.0]> : tensor<4xf32>
  %a1 = stablehlo.constant dense<[0.25, 1.0, -1.0, 2.0]> : tensor<4xf32>
  %c = stablehlo.complex %a0, %a1 : tensor<4xcomplex<f32>>
  %f = stablehlo.fft %c, type = FFT, length = [4] : (tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
  %r0 = stablehlo.real %f : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  %r1 = stablehlo.imag %f : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  %e0 = stablehlo.constant dense<[2.5, -0.5, 0.5, 1.5]> : tensor<4xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<4xf32>, tensor<4xf32>) -> ()
  %e1 = stablehlo.constant dense<[2.25, 6.25, -3.75, -3.75]> : tensor<4xf32>
  stablehlo.custom_call @check.expect_close(%r1, %e1) : (tensor<4xf32>, tensor<4xf32>) -> ()
  return
}
