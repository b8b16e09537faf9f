func.func @main() {
  %a0 = stablehlo.constant dense<[-2, 300, -30000, 7]> : tensor<4xi16>
  %r0 = stablehlo.bitcast_convert %a0 : (tensor<4xi16>) -> tensor<4x2xi8>
  %r1 = stablehlo.bitcast_convert %a0 : (tensor<4xi16>) -> tensor<4xui16>
  %o = stablehlo.constant dense<3> : tensor<4xui16>
  %r2 = stablehlo.shift_right_arithmetic %r1, %o : tensor<4xui16>
  %e0 = stablehlo.constant dense<[[-2, -1], [44, 1], [-48, -118], [7, 0]]> : tensor<4x2xi8>
  stablehlo.custom_call @check.expect_eq(%r0, %e0) : (tensor<4x2xi8>, tensor<4x2xi8>) -> ()
  %e1 = stablehlo.constant dense<[65534, 300, 35536, 7]> : tensor<4xui16>
  stablehlo.custom_call @check.expect_eq(%r1, %e1) : (tensor<4xui16>, tensor<4xui16>) -> ()
  %e2 = stablehlo.constant dense<[65535, 37, 61786, 0]> : tensor<4xui16>
  stablehlo.custom_call @check.expect_eq(%r2, %e2) : (tensor<4xui16>, tensor<4xui16>) -> ()
  return
}
