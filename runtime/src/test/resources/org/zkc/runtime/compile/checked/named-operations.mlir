func.func @einsum() {
  %a = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = stablehlo.constant dense<[[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]]> : tensor<2x3xf32>
  %r = "stablehlo.einsum"(%a, %b) <{einsum_config = "ik,jk->ji"}> : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %r, dense<[[-2.0, -2.0], [4.0, 13.0]]> : tensor<2x2xf32>
  %s = "stablehlo.unary_einsum"(%a) <{einsum_config = "ij->i"}> : (tensor<2x3xf32>) -> tensor<2xf32>
  check.expect_eq_const %s, dense<[6.0, 15.0]> : tensor<2xf32>
  return
}
// -----
func.func @broadcast() {
  %a = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %r = "stablehlo.broadcast"(%a) <{broadcast_sizes = array<i64: 3>}> : (tensor<2xf32>) -> tensor<3x2xf32>
  check.expect_eq_const %r, dense<[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]> : tensor<3x2xf32>
  return
}
// -----
func.func @tuples() {
  %a = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = stablehlo.constant dense<3> : tensor<i32>
  %t = stablehlo.tuple %a, %b : tuple<tensor<2xf32>, tensor<i32>>
  %u = stablehlo.tuple %b, %t : tuple<tensor<i32>, tuple<tensor<2xf32>, tensor<i32>>>
  %v = stablehlo.get_tuple_element %u[1] : (tuple<tensor<i32>, tuple<tensor<2xf32>, tensor<i32>>>) -> tuple<tensor<2xf32>, tensor<i32>>
  %w = stablehlo.get_tuple_element %v[0] : (tuple<tensor<2xf32>, tensor<i32>>) -> tensor<2xf32>
  %r = stablehlo.negate %w : tensor<2xf32>
  check.expect_eq_const %r, dense<[-1.0, -2.0]> : tensor<2xf32>
  return
}
// -----
// The same size as before.
func.func @set_dimension_size() {
  %x = call @inputs() : () -> tensor<2xf32>
  %n = stablehlo.constant dense<2> : tensor<i32>
  %s = "stablehlo.set_dimension_size"(%x, %n) <{dimension = 0 : i64}> : (tensor<2xf32>, tensor<i32>) -> tensor<2xf32>
  %r = stablehlo.negate %s : tensor<2xf32>
  check.expect_eq_const %r, dense<[-1.0, -2.0]> : tensor<2xf32>
  return
}
func.func private @inputs() -> tensor<2xf32> {
  %a = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %a : tensor<2xf32>
}
// -----
func.func @dynamic_conv() {
  %x = call @inputs() : () -> tensor<1x4x1xf32>
  %k = stablehlo.constant dense<[[[1.0]], [[10.0]]]> : tensor<2x1x1xf32>
  %p = stablehlo.constant dense<[[1, 2]]> : tensor<1x2xi64>
  %r = "stablehlo.dynamic_conv"(%x, %k, %p) {window_strides = array<i64: 2>, dimension_numbers = #stablehlo.conv<[b, 0, f]x[0, i, o]->[b, 0, f]>, batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x4x1xf32>, tensor<2x1x1xf32>, tensor<1x2xi64>) -> tensor<1x3x1xf32>
  check.expect_eq_const %r, dense<[[[10.0], [32.0], [4.0]]]> : tensor<1x3x1xf32>
  return
}
func.func private @inputs() -> tensor<1x4x1xf32> {
  %a = stablehlo.constant dense<[[[1.0], [2.0], [3.0], [4.0]]]> : tensor<1x4x1xf32>
  return %a : tensor<1x4x1xf32>
}
// -----
// Places that are joined and added from constants.
func.func @real_dynamic_slice() {
  %x = call @inputs() : () -> tensor<3x4xf32>
  %0 = stablehlo.constant dense<0> : tensor<1xi32>
  %1 = stablehlo.constant dense<1> : tensor<1xi32>
  %2 = stablehlo.add %1, %1 : tensor<1xi32>
  %3 = stablehlo.add %1, %2 : tensor<1xi32>
  %4 = stablehlo.add %2, %2 : tensor<1xi32>
  %low = stablehlo.concatenate %1, %0, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %high = stablehlo.concatenate %3, %4, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %step = stablehlo.concatenate %1, %2, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %r = stablehlo.real_dynamic_slice %x, %low, %high, %step : (tensor<3x4xf32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) -> tensor<2x2xf32>
  check.expect_eq_const %r, dense<[[5.0, 7.0], [9.0, 11.0]]> : tensor<2x2xf32>
  return
}
func.func private @inputs() -> tensor<3x4xf32> {
  %a = stablehlo.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 10.0, 11.0, 12.0]]> : tensor<3x4xf32>
  return %a : tensor<3x4xf32>
}
// -----
// Numbers of the text beyond 2^53 are no doubles.
func.func @large_numbers() {
  %x = call @inputs() : () -> tensor<2xi32>
  %a = stablehlo.constant dense<1152921504606846977> : tensor<2xi64>
  %b = stablehlo.constant dense<1152921504606846976> : tensor<2xi64>
  %d = stablehlo.subtract %a, %b : tensor<2xi64>
  %e = stablehlo.convert %d : (tensor<2xi64>) -> tensor<2xi32>
  %r = stablehlo.multiply %x, %e : tensor<2xi32>
  check.expect_eq_const %r, dense<[3, -4]> : tensor<2xi32>
  return
}
func.func private @inputs() -> tensor<2xi32> {
  %a = stablehlo.constant dense<[3, -4]> : tensor<2xi32>
  return %a : tensor<2xi32>
}
// -----
// Weights of few bits.
func.func @narrow_constants() {
  %x = call @inputs() : () -> tensor<3xf32>
  %i = stablehlo.constant dense<[7, -8, 3]> : tensor<3xi4>
  %u = stablehlo.constant dense<15> : tensor<3xui4>
  %f = stablehlo.constant dense<[1.5, -0.875, 448.0]> : tensor<3xf8E4M3FN>
  %a = stablehlo.convert %i : (tensor<3xi4>) -> tensor<3xf32>
  %b = stablehlo.convert %u : (tensor<3xui4>) -> tensor<3xf32>
  %c = stablehlo.convert %f : (tensor<3xf8E4M3FN>) -> tensor<3xf32>
  %d = stablehlo.multiply %x, %a : tensor<3xf32>
  %e = stablehlo.add %d, %b : tensor<3xf32>
  %r = stablehlo.add %e, %c : tensor<3xf32>
  check.expect_eq_const %r, dense<[23.5, -1.875, 464.5]> : tensor<3xf32>
  return
}
func.func private @inputs() -> tensor<3xf32> {
  %a = stablehlo.constant dense<[1.0, 2.0, 0.5]> : tensor<3xf32>
  return %a : tensor<3xf32>
}
// -----
func.func @broadcast_select() {
  %x = call @inputs() : () -> tensor<2x2xf32>
  %z = stablehlo.constant dense<0.0> : tensor<2x2xf32>
  %p = stablehlo.compare GT, %x, %z : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xi1>
  %b = stablehlo.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %s = chlo.broadcast_select %p, %x, %b : (tensor<2x2xi1>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %l = "chlo.constant_like"(%x) <{value = 2.5 : f32}> : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %r = stablehlo.add %s, %l : tensor<2x2xf32>
  check.expect_eq_const %r, dense<[[3.5, 22.5], [12.5, 5.5]]> : tensor<2x2xf32>
  return
}
func.func private @inputs() -> tensor<2x2xf32> {
  %a = stablehlo.constant dense<[[1.0, -2.0], [-0.5, 3.0]]> : tensor<2x2xf32>
  return %a : tensor<2x2xf32>
}
// -----
func.func @conjugate() {
  %x = call @inputs() : () -> tensor<2xf32>
  %c = stablehlo.complex %x, %x : tensor<2xcomplex<f32>>
  %d = chlo.conj %c : tensor<2xcomplex<f32>> -> tensor<2xcomplex<f32>>
  %e = stablehlo.multiply %c, %d : tensor<2xcomplex<f32>>
  %r = stablehlo.real %e : (tensor<2xcomplex<f32>>) -> tensor<2xf32>
  %i = stablehlo.imag %d : (tensor<2xcomplex<f32>>) -> tensor<2xf32>
  check.expect_eq_const %r, dense<[2.0, 8.0]> : tensor<2xf32>
  check.expect_eq_const %i, dense<[-1.0, 2.0]> : tensor<2xf32>
  return
}
func.func private @inputs() -> tensor<2xf32> {
  %a = stablehlo.constant dense<[1.0, -2.0]> : tensor<2xf32>
  return %a : tensor<2xf32>
}
// -----
// As jax.lax.approx_max_k and approx_min_k export it.
func.func private @greater(%a: tensor<f32>, %b: tensor<f32>, %i: tensor<i32>, %j: tensor<i32>) -> tensor<i1> {
  %0 = stablehlo.compare GT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
  return %0 : tensor<i1>
}
func.func private @less(%a: tensor<f32>, %b: tensor<f32>, %i: tensor<i32>, %j: tensor<i32>) -> tensor<i1> {
  %0 = stablehlo.compare LT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
  return %0 : tensor<i1>
}
func.func @approximate_top() {
  %x = call @inputs() : () -> tensor<2x4xf32>
  %i = stablehlo.iota dim = 1 : tensor<2x4xi32>
  %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %none = stablehlo.constant dense<-1> : tensor<i32>
  %t:2 = stablehlo.custom_call @ApproxTopK(%x, %i, %low, %none) {called_computations = [@greater], mhlo.backend_config = {aggregate_to_topk = true, recall_target = 0.949999988 : f32, reduction_dim = 1 : i64, reduction_input_size_override = -1 : i64, top_k = 2 : i64}} : (tensor<2x4xf32>, tensor<2x4xi32>, tensor<f32>, tensor<i32>) -> (tensor<2x2xf32>, tensor<2x2xi32>)
  %b:2 = stablehlo.custom_call @ApproxTopK(%x, %i, %low, %none) {called_computations = [@less], mhlo.backend_config = {aggregate_to_topk = true, is_fallback = true, recall_target = 0.949999988 : f32, reduction_dim = -1 : i64, reduction_input_size_override = -1 : i64, top_k = 1 : i64}} : (tensor<2x4xf32>, tensor<2x4xi32>, tensor<f32>, tensor<i32>) -> (tensor<2x1xf32>, tensor<2x1xi32>)
  check.expect_eq_const %t#0, dense<[[4.0, 2.0], [9.0, 7.0]]> : tensor<2x2xf32>
  check.expect_eq_const %t#1, dense<[[2, 1], [0, 3]]> : tensor<2x2xi32>
  check.expect_eq_const %b#0, dense<[[-3.0], [5.0]]> : tensor<2x1xf32>
  check.expect_eq_const %b#1, dense<[[3], [1]]> : tensor<2x1xi32>
  return
}
func.func private @inputs() -> tensor<2x4xf32> {
  %a = stablehlo.constant dense<[[1.0, 2.0, 4.0, -3.0], [9.0, 5.0, 6.0, 7.0]]> : tensor<2x4xf32>
  return %a : tensor<2x4xf32>
}
// -----
// By JAX in double precision.
func.func @polygamma_and_zeta() {
  %x = call @inputs() : () -> tensor<4xf32>
  %1 = stablehlo.constant dense<1.0> : tensor<4xf32>
  %3 = stablehlo.constant dense<3.0> : tensor<4xf32>
  %p1 = chlo.polygamma %1, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %p3 = chlo.polygamma %3, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %z3 = chlo.zeta %3, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  check.expect_close_const %p1, dense<[7.27535659, 1.64493407, 0.490357756, 0.181322956]> : tensor<4xf32>
  check.expect_close_const %p3, dense<[236.195259, 6.4939394, 0.223905849, 0.0118278282]> : tensor<4xf32>
  check.expect_close_const %z3, dense<[16.1195643, 1.2020569, 0.118102026, 0.0163948661]> : tensor<4xf32>
  return
}
func.func private @inputs() -> tensor<4xf32> {
  %a = stablehlo.constant dense<[0.4, 1.0, 2.5, 6.0]> : tensor<4xf32>
  return %a : tensor<4xf32>
}
