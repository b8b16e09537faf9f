// The first of equal values wins, whatever the tree: elements are combined in their order.
func.func @first_of_equal() {
  %v = stablehlo.constant dense<[1.0, 3.0, 3.0, 3.0, 2.0]> : tensor<5xf32>
  %i = stablehlo.constant dense<[10, 11, 12, 13, 14]> : tensor<5xi32>
  %lowest = stablehlo.constant dense<-9.0> : tensor<f32>
  %none = stablehlo.constant dense<-1> : tensor<i32>
  %r:2 = stablehlo.reduce(%v init: %lowest), (%i init: %none) across dimensions = [0] : (tensor<5xf32>, tensor<5xi32>, tensor<f32>, tensor<i32>) -> (tensor<f32>, tensor<i32>)
    reducer(%a: tensor<f32>, %b: tensor<f32>) (%j: tensor<i32>, %k: tensor<i32>) {
      %left = stablehlo.compare GE, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %m = stablehlo.maximum %a, %b : tensor<f32>
      %n = stablehlo.select %left, %j, %k : tensor<i1>, tensor<i32>
      %zero = stablehlo.constant dense<0> : tensor<i32>
      %s = stablehlo.add %n, %zero : tensor<i32>
      stablehlo.return %m, %s : tensor<f32>, tensor<i32>
    }
  check.expect_eq_const %r#1, dense<11> : tensor<i32>
  return
}

// -----

// Maps x -> a x + b, composed: the operation is associative and does not commute. The dimensions stand in another order.
func.func @composed_maps() {
  %a = stablehlo.constant dense<[[2, 3], [-1, 2]]> : tensor<2x2xi32>
  %b = stablehlo.constant dense<[[1, -2], [5, 3]]> : tensor<2x2xi32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %r:2 = stablehlo.reduce(%a init: %one), (%b init: %zero) across dimensions = [1, 0] : (tensor<2x2xi32>, tensor<2x2xi32>, tensor<i32>, tensor<i32>) -> (tensor<i32>, tensor<i32>)
    reducer(%p: tensor<i32>, %q: tensor<i32>) (%s: tensor<i32>, %t: tensor<i32>) {
      %pq = stablehlo.multiply %p, %q : tensor<i32>
      %sq = stablehlo.multiply %s, %q : tensor<i32>
      %st = stablehlo.add %sq, %t : tensor<i32>
      stablehlo.return %pq, %st : tensor<i32>, tensor<i32>
    }
  check.expect_eq_const %r#0, dense<-12> : tensor<i32>
  check.expect_eq_const %r#1, dense<11> : tensor<i32>
  return
}

// -----

// A body that calls a function.
func.func private @combine(%a: tensor<f32>, %b: tensor<f32>) -> tensor<f32> {
  %m = stablehlo.maximum %a, %b : tensor<f32>
  %n = stablehlo.abs %m : tensor<f32>
  return %n : tensor<f32>
}
func.func @body_that_calls() {
  %x = stablehlo.constant dense<[1.0, -3.0, 2.5, -0.5]> : tensor<4xf32>
  %z = stablehlo.constant dense<0.0> : tensor<f32>
  %r = "stablehlo.reduce_window"(%x, %z) <{window_dimensions = array<i64: 2>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %c = func.call @combine(%a, %b) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    stablehlo.return %c : tensor<f32>
  }) : (tensor<4xf32>, tensor<f32>) -> tensor<3xf32>
  check.expect_eq_const %r, dense<[1.0, 2.5, 2.5]> : tensor<3xf32>
  return
}

// -----

// Windows that are the whole tensor: the second is out of range and left out.
func.func @whole_windows() {
  %x = stablehlo.constant dense<[5.0]> : tensor<1xf32>
  %i = stablehlo.constant dense<[[0], [1], [0]]> : tensor<3x1xi32>
  %u = stablehlo.constant dense<[2.0, 100.0, 4.0]> : tensor<3xf32>
  %r = "stablehlo.scatter"(%x, %i, %u) <{scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %s = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %s : tensor<f32>
  }) : (tensor<1xf32>, tensor<3x1xi32>, tensor<3xf32>) -> tensor<1xf32>
  check.expect_eq_const %r, dense<[11.0]> : tensor<1xf32>
  return
}

// -----

// The greatest of unsigned numbers.
func.func @unsigned_scatter() {
  %x = stablehlo.constant dense<[5, 250, 7]> : tensor<3xui8>
  %i = stablehlo.constant dense<[[0], [1], [0]]> : tensor<3x1xi32>
  %u = stablehlo.constant dense<[200, 3, 9]> : tensor<3xui8>
  %r = "stablehlo.scatter"(%x, %i, %u) <{scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
  ^bb0(%a: tensor<ui8>, %b: tensor<ui8>):
    %s = stablehlo.maximum %a, %b : tensor<ui8>
    stablehlo.return %s : tensor<ui8>
  }) : (tensor<3xui8>, tensor<3x1xi32>, tensor<3xui8>) -> tensor<3xui8>
  check.expect_eq_const %r, dense<[200, 250, 7]> : tensor<3xui8>
  return
}

// -----

// The gradient of a pool of two dimensions, whose operand is padded by minus infinity.
func.func @padded_by_infinity() {
  %x = stablehlo.constant dense<[[1.0, 5.0], [7.0, 2.0]]> : tensor<2x2xf32>
  %s = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]> : tensor<3x3xf32>
  %lowest = stablehlo.constant dense<0xFF800000> : tensor<f32>
  %p = stablehlo.pad %x, %lowest, low = [1, 1], high = [1, 1], interior = [0, 0] : (tensor<2x2xf32>, tensor<f32>) -> tensor<4x4xf32>
  %z = stablehlo.constant dense<0.0> : tensor<f32>
  %r = "stablehlo.select_and_scatter"(%p, %s, %z) <{window_dimensions = array<i64: 2, 2>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %c = stablehlo.compare GE, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  }, {
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %c = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %c : tensor<f32>
  }) : (tensor<4x4xf32>, tensor<3x3xf32>, tensor<f32>) -> tensor<4x4xf32>
  %c = stablehlo.slice %r [1:3, 1:3] : (tensor<4x4xf32>) -> tensor<2x2xf32>
  check.expect_eq_const %c, dense<[[1.0, 11.0], [24.0, 9.0]]> : tensor<2x2xf32>
  return
}

// -----

func.func @no_elements() {
  %c = stablehlo.constant dense<(0.0, 0.0)> : tensor<0x3xcomplex<f32>>
  %r = stablehlo.real %c : (tensor<0x3xcomplex<f32>>) -> tensor<0x3xf32>
  check.expect_eq_const %r, dense<0.0> : tensor<0x3xf32>
  return
}

// -----

func.func @parts_of_reals() {
  %x = stablehlo.constant dense<[1.5, -2.0]> : tensor<2xf32>
  %r = stablehlo.real %x : tensor<2xf32>
  %i = stablehlo.imag %x : tensor<2xf32>
  check.expect_eq_const %r, dense<[1.5, -2.0]> : tensor<2xf32>
  check.expect_eq_const %i, dense<[0.0, 0.0]> : tensor<2xf32>
  return
}

// -----

// Orders of unsigned numbers.
func.func @unsigned_order() {
  %x = stablehlo.constant dense<[5, 200, 7, 255]> : tensor<4xui8>
  %v, %i = chlo.top_k(%x, k = 2) : tensor<4xui8> -> (tensor<2xui8>, tensor<2xi32>)
  check.expect_eq_const %v, dense<[255, 200]> : tensor<2xui8>
  check.expect_eq_const %i, dense<[3, 1]> : tensor<2xi32>
  %s = "stablehlo.sort"(%x) <{dimension = 0 : i64}> ({
  ^bb0(%a: tensor<ui8>, %b: tensor<ui8>):
    %c = stablehlo.compare LT, %a, %b, UNSIGNED : (tensor<ui8>, tensor<ui8>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  }) : (tensor<4xui8>) -> tensor<4xui8>
  check.expect_eq_const %s, dense<[5, 7, 200, 255]> : tensor<4xui8>
  return
}
