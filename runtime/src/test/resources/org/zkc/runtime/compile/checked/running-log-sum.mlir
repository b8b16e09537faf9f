// As jax.lax.cumlogsumexp writes it, forwards and backwards.
func.func @main() {
  %a0 = stablehlo.constant dense<[[0.5, -1.0, 2.0, 0.25], [-0.75, 1.5, 0.0, -2.0]]> : tensor<2x4xf32>
  %r:2 = func.call @computed(%a0) : (tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>)
  %e0 = stablehlo.constant dense<[[0.5, 0.701413278, 2.2413113, 2.369279], [-0.75, 1.60020656, 1.7840726, 1.80654806]]> : tensor<2x4xf32>
  %e1 = stablehlo.constant dense<[[2.369279, 2.20176547, 2.16022415, 0.25], [1.80654806, 1.72580205, 0.126928011, -2.0]]> : tensor<2x4xf32>
  stablehlo.custom_call @check.expect_almost_eq(%r#0, %e0) : (tensor<2x4xf32>, tensor<2x4xf32>) -> ()
  stablehlo.custom_call @check.expect_almost_eq(%r#1, %e1) : (tensor<2x4xf32>, tensor<2x4xf32>) -> ()
  return
}
func.func private @computed(%a0: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %n = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %r0 = "stablehlo.reduce_window"(%a0, %n) <{padding = dense<[[0, 0], [3, 0]]> : tensor<2x2xi64>, window_dimensions = array<i64: 1, 4>}> ({
  ^bb0(%x: tensor<f32>, %y: tensor<f32>):
    %1 = stablehlo.maximum %x, %y : tensor<f32>
    %2 = stablehlo.subtract %x, %y : tensor<f32>
    %3 = stablehlo.compare NE, %2, %2, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %4 = stablehlo.add %x, %y : tensor<f32>
    %5 = stablehlo.abs %2 : tensor<f32>
    %6 = stablehlo.negate %5 : tensor<f32>
    %7 = stablehlo.exponential %6 : tensor<f32>
    %8 = stablehlo.log_plus_one %7 : tensor<f32>
    %9 = stablehlo.add %1, %8 : tensor<f32>
    %10 = stablehlo.select %3, %4, %9 : tensor<i1>, tensor<f32>
    stablehlo.return %10 : tensor<f32>
  }) : (tensor<2x4xf32>, tensor<f32>) -> tensor<2x4xf32>
  %r1 = "stablehlo.reduce_window"(%a0, %n) <{padding = dense<[[0, 0], [0, 3]]> : tensor<2x2xi64>, window_dimensions = array<i64: 1, 4>}> ({
  ^bb0(%x: tensor<f32>, %y: tensor<f32>):
    %1 = stablehlo.maximum %x, %y : tensor<f32>
    %2 = stablehlo.subtract %x, %y : tensor<f32>
    %3 = stablehlo.compare NE, %2, %2, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %4 = stablehlo.add %x, %y : tensor<f32>
    %5 = stablehlo.abs %2 : tensor<f32>
    %6 = stablehlo.negate %5 : tensor<f32>
    %7 = stablehlo.exponential %6 : tensor<f32>
    %8 = stablehlo.log_plus_one %7 : tensor<f32>
    %9 = stablehlo.add %1, %8 : tensor<f32>
    %10 = stablehlo.select %3, %4, %9 : tensor<i1>, tensor<f32>
    stablehlo.return %10 : tensor<f32>
  }) : (tensor<2x4xf32>, tensor<f32>) -> tensor<2x4xf32>
  return %r0, %r1 : tensor<2x4xf32>, tensor<2x4xf32>
}
