func.func @main() {
  %a0 = stablehlo.constant dense<[[-1.5, -0.5, 0.5, 1.5, 2.5, -1.5], [-0.5, 0.5, 1.5, 2.5, -1.5, -0.5]]> : tensor<2x6xf32>
  %f = stablehlo.fft %a0, type = RFFT, length = [6] : (tensor<2x6xf32>) -> tensor<2x4xcomplex<f32>>
  %r0 = stablehlo.real %f : (tensor<2x4xcomplex<f32>>) -> tensor<2x4xf32>
  %r1 = stablehlo.imag %f : (tensor<2x4xcomplex<f32>>) -> tensor<2x4xf32>
  %g = stablehlo.multiply %f, %f : tensor<2x4xcomplex<f32>>
  %r2 = stablehlo.fft %g, type = IRFFT, length = [6] : (tensor<2x4xcomplex<f32>>) -> tensor<2x6xf32>
  %e0 = stablehlo.constant dense<[[1.0, -5.5, -0.5, 2.0], [2.0, -3.0, 2.0, -3.0]]> : tensor<2x4xf32>
  stablehlo.custom_call @check.expect_close(%r0, %e0) : (tensor<2x4xf32>, tensor<2x4xf32>) -> ()
  %e1 = stablehlo.constant dense<[[0.0, 0.8660253882408142, -2.598076105117798, 0.0], [0.0, -3.464101552963257, 1.7320507764816284, 0.0]]> : tensor<2x4xf32>
  stablehlo.custom_call @check.expect_close(%r1, %e1) : (tensor<2x4xf32>, tensor<2x4xf32>) -> ()
  %e2 = stablehlo.constant dense<[[8.5, 7.5, 0.4999997019767761, -12.5, -6.5, 3.5], [1.5, -9.5, -1.499999761581421, 0.5000003576278687, 6.5, 6.5]]> : tensor<2x6xf32>
  stablehlo.custom_call @check.expect_close(%r2, %e2) : (tensor<2x6xf32>, tensor<2x6xf32>) -> ()
  return
}
