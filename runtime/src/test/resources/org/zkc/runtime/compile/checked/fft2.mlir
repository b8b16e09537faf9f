func.func @main() {
  %a0 = stablehlo.constant dense<[[-1.0, -0.5, 0.0, 0.5], [1.0, 1.5, 2.0, 2.5]]> : tensor<2x4xf32>
  %c = stablehlo.convert %a0 : (tensor<2x4xf32>) -> tensor<2x4xcomplex<f32>>
  %f = stablehlo.fft %c, type = FFT, length = [2, 4] : (tensor<2x4xcomplex<f32>>) -> tensor<2x4xcomplex<f32>>
  %r0 = stablehlo.real %f : (tensor<2x4xcomplex<f32>>) -> tensor<2x4xf32>
  %r1 = stablehlo.imag %f : (tensor<2x4xcomplex<f32>>) -> tensor<2x4xf32>
  %e0 = stablehlo.constant dense<[[6.0, -2.0, -2.0, -2.0], [-8.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<2x4xf32>, tensor<2x4xf32>) -> ()
  %e1 = stablehlo.constant dense<[[0.0, 2.0, 0.0, -2.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf32>
  stablehlo.custom_call @check.expect_close(%r1, %e1) : (tensor<2x4xf32>, tensor<2x4xf32>) -> ()
  return
}
