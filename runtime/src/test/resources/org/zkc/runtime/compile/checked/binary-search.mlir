func.func @main() {
  %a0 = stablehlo.constant dense<[-2.0, 0.3, 1.2, 9.0, 2.6]> : tensor<5xf32>
  %r0 = func.call @search(%a0) : (tensor<5xf32>) -> tensor<5xui32>
  %e0 = stablehlo.constant dense<[0, 2, 3, 7, 5]> : tensor<5xui32>
  stablehlo.custom_call @check.expect_eq(%r0, %e0) : (tensor<5xui32>, tensor<5xui32>) -> ()
  return
}
func.func private @search(%x: tensor<5xf32>) -> tensor<5xui32> {
  %sorted = stablehlo.constant dense<[-1.0, 0.0, 0.5, 1.5, 2.0, 3.0, 4.0]> : tensor<7xf32>
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %three = stablehlo.constant dense<3> : tensor<i32>
  %low = stablehlo.constant dense<0> : tensor<5xui32>
  %high = stablehlo.constant dense<7> : tensor<5xui32>
  %two = stablehlo.constant dense<2> : tensor<5xui32>
  %r:3 = stablehlo.while(%i = %zero, %from = %low, %to = %high) : tensor<i32>, tensor<5xui32>, tensor<5xui32>
  cond {
    %0 = stablehlo.compare LT, %i, %three, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %0 : tensor<i1>
  } do {
    %0 = stablehlo.subtract %to, %from : tensor<5xui32>
    %1 = stablehlo.divide %0, %two : tensor<5xui32>
    %2 = stablehlo.add %from, %1 : tensor<5xui32>
    %3 = stablehlo.reshape %2 : (tensor<5xui32>) -> tensor<5x1xui32>
    %4 = "stablehlo.gather"(%sorted, %3) <{dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1>}> : (tensor<7xf32>, tensor<5x1xui32>) -> tensor<5xf32>
    %5 = stablehlo.compare LE, %x, %4 : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xi1>
    %6 = stablehlo.select %5, %from, %2 : tensor<5xi1>, tensor<5xui32>
    %7 = stablehlo.select %5, %2, %to : tensor<5xi1>, tensor<5xui32>
    %8 = stablehlo.add %i, %one : tensor<i32>
    stablehlo.return %8, %6, %7 : tensor<i32>, tensor<5xui32>, tensor<5xui32>
  }
  return %r#2 : tensor<5xui32>
}
