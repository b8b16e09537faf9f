package org.zkc.stablehlo.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each pretty form is the operation that its generic form says. */
final class PrettyFormsTest {
  private static final String ARGUMENTS =
      "%a: tensor<2x3xf32>, %b: tensor<2x3xf32>, %i: tensor<2x3xi32>, %p: tensor<2x3xi1>,"
          + " %s: tensor<f32>, %n: tensor<i32>, %u: tensor<2xi64>, %v: tensor<3x4xf32>,"
          + " %x: tensor<1x8x8x2xf32>, %w: tensor<3x3x2x4xf32>, %d: tensor<5x2x3xf32>,"
          + " %e: tensor<5x3x4xf32>, %c: tensor<2x3xcomplex<f32>>, %t: tuple<tensor<f32>>";

  /** Pairs of a pretty and a generic form, below the arguments above. */
  private static final String PAIRS =
      """
      %r = stablehlo.abs %a : tensor<2x3xf32>
      %r = "stablehlo.abs"(%a) : (tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = stablehlo.convert %a : (tensor<2x3xf32>) -> tensor<2x3xi32>
      %r = "stablehlo.convert"(%a) : (tensor<2x3xf32>) -> tensor<2x3xi32>

      %r = stablehlo.exponential %a {result_accuracy = #stablehlo.result_accuracy<ulps = 10, mode = #stablehlo.result_accuracy_mode<TOLERANCE>>} : tensor<2x3xf32>
      %r = "stablehlo.exponential"(%a) <{result_accuracy = #stablehlo.result_accuracy<ulps = 10, mode = #stablehlo.result_accuracy_mode<TOLERANCE>>}> : (tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = stablehlo.add %a, %b : tensor<2x3xf32>
      %r = "stablehlo.add"(%a, %b) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = stablehlo.add %a, %b {note = "x"} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
      %r = "stablehlo.add"(%a, %b) {note = "x"} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = stablehlo.complex %a, %b : tensor<2x3xcomplex<f32>>
      %r = "stablehlo.complex"(%a, %b) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xcomplex<f32>>

      %r = stablehlo.real %c : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xf32>
      %r = "stablehlo.real"(%c) : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xf32>

      %r = stablehlo.constant dense<[1, 2]> : tensor<2xi64>
      %r = "stablehlo.constant"() <{value = dense<[1, 2]> : tensor<2xi64>}> : () -> tensor<2xi64>

      %r = stablehlo.constant {note} dense<1.5> : tensor<f32>
      %r = "stablehlo.constant"() <{value = dense<1.5> : tensor<f32>}> {note} : () -> tensor<f32>

      %r = stablehlo.constant() <{value = dense<3> : tensor<1xi8>}> {note} : () -> tensor<1x!quant.uniform<i8:f32, 2.0:15>>
      %r = "stablehlo.constant"() <{value = dense<3> : tensor<1xi8>}> {note} : () -> tensor<1x!quant.uniform<i8:f32, 2.0:15>>

      %r = stablehlo.iota dim = 1 : tensor<2x3xi32>
      %r = "stablehlo.iota"() <{iota_dimension = 1 : i64}> : () -> tensor<2x3xi32>

      %r = stablehlo.dynamic_iota %u, dim = 0 : (tensor<2xi64>) -> tensor<2x3xi32>
      %r = "stablehlo.dynamic_iota"(%u) <{iota_dimension = 0 : i64}> : (tensor<2xi64>) -> tensor<2x3xi32>

      %r = stablehlo.compare LT, %a, %b, FLOAT : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
      %r = "stablehlo.compare"(%a, %b) <{comparison_direction = #stablehlo<comparison_direction LT>, compare_type = #stablehlo<comparison_type FLOAT>}> : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>

      %r = stablehlo.compare NE, %i, %i : (tensor<2x3xi32>, tensor<2x3xi32>) -> tensor<2x3xi1>
      %r = "stablehlo.compare"(%i, %i) <{comparison_direction = #stablehlo<comparison_direction NE>}> : (tensor<2x3xi32>, tensor<2x3xi32>) -> tensor<2x3xi1>

      %r = stablehlo.select %p, %a, %b : tensor<2x3xi1>, tensor<2x3xf32>
      %r = "stablehlo.select"(%p, %a, %b) : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = stablehlo.clamp %s, %a, %s : (tensor<f32>, tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
      %r = "stablehlo.clamp"(%s, %a, %s) : (tensor<f32>, tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>

      %r = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
      %r = "stablehlo.broadcast_in_dim"(%s) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<2x3xf32>

      %r = stablehlo.broadcast_in_dim %a, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
      %r = "stablehlo.broadcast_in_dim"(%a) {broadcast_dimensions = dense<[1, 0]> : tensor<2xi64>} : (tensor<2x3xf32>) -> tensor<3x2xf32>

      %r = stablehlo.broadcast %a, sizes = [4] : (tensor<2x3xf32>) -> tensor<4x2x3xf32>
      %r = "stablehlo.broadcast"(%a) <{broadcast_sizes = array<i64: 4>}> : (tensor<2x3xf32>) -> tensor<4x2x3xf32>

      %r = stablehlo.dynamic_broadcast_in_dim %a, %u, dims = [0, 1] : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<?x3xf32>
      %r = "stablehlo.dynamic_broadcast_in_dim"(%a, %u) <{broadcast_dimensions = array<i64: 0, 1>}> : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<?x3xf32>

      %r = stablehlo.transpose %a, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
      %r = "stablehlo.transpose"(%a) <{permutation = array<i64: 1, 0>}> : (tensor<2x3xf32>) -> tensor<3x2xf32>

      %r = stablehlo.reverse %a, dims = [0] : tensor<2x3xf32>
      %r = "stablehlo.reverse"(%a) <{dimensions = array<i64: 0>}> : (tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = stablehlo.reshape %a : (tensor<2x3xf32>) -> tensor<6xf32>
      %r = "stablehlo.reshape"(%a) : (tensor<2x3xf32>) -> tensor<6xf32>

      %r = stablehlo.slice %a [0:1, 0:3:2] : (tensor<2x3xf32>) -> tensor<1x2xf32>
      %r = "stablehlo.slice"(%a) <{start_indices = array<i64: 0, 0>, limit_indices = array<i64: 1, 3>, strides = array<i64: 1, 2>}> : (tensor<2x3xf32>) -> tensor<1x2xf32>

      %r = stablehlo.dynamic_slice %a, %n, %n, sizes = [1, 2] : (tensor<2x3xf32>, tensor<i32>, tensor<i32>) -> tensor<1x2xf32>
      %r = "stablehlo.dynamic_slice"(%a, %n, %n) <{slice_sizes = array<i64: 1, 2>}> : (tensor<2x3xf32>, tensor<i32>, tensor<i32>) -> tensor<1x2xf32>

      %r = stablehlo.dynamic_update_slice %a, %a, %n, %n : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<i32>, tensor<i32>) -> tensor<2x3xf32>
      %r = "stablehlo.dynamic_update_slice"(%a, %a, %n, %n) : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<i32>, tensor<i32>) -> tensor<2x3xf32>

      %r = stablehlo.pad %a, %s, low = [0, -1], high = [2, 1], interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<4x5xf32>
      %r = "stablehlo.pad"(%a, %s) <{edge_padding_low = array<i64: 0, -1>, edge_padding_high = array<i64: 2, 1>, interior_padding = array<i64: 0, 1>}> : (tensor<2x3xf32>, tensor<f32>) -> tensor<4x5xf32>

      %r = stablehlo.concatenate %a, %b, %a, dim = 1 : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x9xf32>
      %r = "stablehlo.concatenate"(%a, %b, %a) <{dimension = 1 : i64}> : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x9xf32>

      %r = stablehlo.dot %a, %v, precision = [HIGH, DEFAULT] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
      %r = "stablehlo.dot"(%a, %v) <{precision_config = [#stablehlo<precision HIGH>, #stablehlo<precision DEFAULT>]}> : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>

      %r = stablehlo.dot_general %a, %v, contracting_dims = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
      %r = "stablehlo.dot_general"(%a, %v) <{dot_dimension_numbers = #stablehlo.dot<lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>}> : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>

      %r = stablehlo.dot_general %d, %e, batching_dims = [0] x [0], contracting_dims = [2] x [1], precision = [DEFAULT, DEFAULT], algorithm = <lhs_precision_type = tf32, rhs_precision_type = tf32, accumulation_type = f32, lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1, allow_imprecise_accumulation = false> : (tensor<5x2x3xf32>, tensor<5x3x4xf32>) -> tensor<5x2x4xf32>
      %r = "stablehlo.dot_general"(%d, %e) <{algorithm = #stablehlo.dot_algorithm<lhs_precision_type = tf32, rhs_precision_type = tf32, accumulation_type = f32, lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1, allow_imprecise_accumulation = false>, dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [0], rhs_batching_dimensions = [0], lhs_contracting_dimensions = [2], rhs_contracting_dimensions = [1]>, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]}> : (tensor<5x2x3xf32>, tensor<5x3x4xf32>) -> tensor<5x2x4xf32>

      %r = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [2, 1], pad = [[1, 0], [1, 2]], lhs_dilate = [1, 1], rhs_dilate = [1, 2], reverse = [false, true]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x8x8x2xf32>, tensor<3x3x2x4xf32>) -> tensor<1x4x7x4xf32>
      %r = "stablehlo.convolution"(%x, %w) <{dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>, window_strides = array<i64: 2, 1>, padding = dense<[[1, 0], [1, 2]]> : tensor<2x2xi64>, lhs_dilation = array<i64: 1, 1>, rhs_dilation = array<i64: 1, 2>, window_reversal = array<i1: false, true>, batch_group_count = 1 : i64, feature_group_count = 1 : i64}> : (tensor<1x8x8x2xf32>, tensor<3x3x2x4xf32>) -> tensor<1x4x7x4xf32>

      %r = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x8x8x2xf32>, tensor<3x3x2x4xf32>) -> tensor<1x6x6x4xf32>
      %r = "stablehlo.convolution"(%x, %w) <{dimension_numbers = #stablehlo.conv<raw input_batch_dimension = 0, input_feature_dimension = 3, input_spatial_dimensions = [1, 2], kernel_input_feature_dimension = 2, kernel_output_feature_dimension = 3, kernel_spatial_dimensions = [0, 1], output_batch_dimension = 0, output_feature_dimension = 3, output_spatial_dimensions = [1, 2]>, batch_group_count = 1 : i64, feature_group_count = 1 : i64}> : (tensor<1x8x8x2xf32>, tensor<3x3x2x4xf32>) -> tensor<1x6x6x4xf32>

      %r = stablehlo.reduce(%a init: %s) applies stablehlo.maximum across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
      %r = "stablehlo.reduce"(%a, %s) <{dimensions = array<i64: 1>}> ({ ^bb0(%l: tensor<f32>, %k: tensor<f32>): %m = stablehlo.maximum %l, %k : tensor<f32> stablehlo.return %m : tensor<f32> }) : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>

      %r:2 = stablehlo.reduce(%a init: %s), (%i init: %n) across dimensions = [1] : (tensor<2x3xf32>, tensor<2x3xi32>, tensor<f32>, tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>) reducer(%l: tensor<f32>, %m: tensor<f32>) (%k: tensor<i32>, %o: tensor<i32>) { stablehlo.return %m, %k : tensor<f32>, tensor<i32> }
      %r:2 = "stablehlo.reduce"(%a, %i, %s, %n) <{dimensions = array<i64: 1>}> ({ ^bb0(%l: tensor<f32>, %k: tensor<i32>, %m: tensor<f32>, %o: tensor<i32>): "stablehlo.return"(%m, %k) : (tensor<f32>, tensor<i32>) -> () }) : (tensor<2x3xf32>, tensor<2x3xi32>, tensor<f32>, tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>)

      %r:2 = stablehlo.while(%k = %n, %l = %s) : tensor<i32>, tensor<f32> attributes {note = 1 : i64} cond { %m = stablehlo.compare LT, %k, %n : (tensor<i32>, tensor<i32>) -> tensor<i1> stablehlo.return %m : tensor<i1> } do { stablehlo.return %k, %l : tensor<i32>, tensor<f32> }
      %r:2 = "stablehlo.while"(%n, %s) ({ ^bb0(%k: tensor<i32>, %l: tensor<f32>): %m = stablehlo.compare LT, %k, %n : (tensor<i32>, tensor<i32>) -> tensor<i1> stablehlo.return %m : tensor<i1> }, { ^bb0(%k: tensor<i32>, %l: tensor<f32>): stablehlo.return %k, %l : tensor<i32>, tensor<f32> }) {note = 1 : i64} : (tensor<i32>, tensor<f32>) -> (tensor<i32>, tensor<f32>)

      %r = stablehlo.custom_call @foo.bar(%a, %b) {has_side_effect = true} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2xf32>
      %r = "stablehlo.custom_call"(%a, %b) <{call_target_name = "foo.bar", has_side_effect = true}> : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2xf32>

      stablehlo.custom_call @"a b"() : () -> ()
      "stablehlo.custom_call"() {call_target_name = "a b"} : () -> ()

      %r = call @g(%a) : (tensor<2x3xf32>) -> tensor<2x3xf32>
      %r = "func.call"(%a) <{callee = @g}> : (tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = func.call @g(%a) : (tensor<2x3xf32>) -> tensor<2x3xf32>
      %r = "func.call"(%a) {callee = @g} : (tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = stablehlo.composite "my.gelu" %a {composite_attributes = {k = 1 : i64}, decomposition = @g, version = 1 : i32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
      %r = "stablehlo.composite"(%a) <{name = "my.gelu", composite_attributes = {k = 1 : i64}, decomposition = @g, version = 1 : i32}> : (tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = stablehlo.get_tuple_element %t[0] : (tuple<tensor<f32>>) -> tensor<f32>
      %r = "stablehlo.get_tuple_element"(%t) <{index = 0 : i32}> : (tuple<tensor<f32>>) -> tensor<f32>

      %r = stablehlo.tuple %s, %n : tuple<tensor<f32>, tensor<i32>>
      %r = "stablehlo.tuple"(%s, %n) : (tensor<f32>, tensor<i32>) -> tuple<tensor<f32>, tensor<i32>>

      %r:2 = stablehlo.optimization_barrier %a, %n : tensor<2x3xf32>, tensor<i32>
      %r:2 = "stablehlo.optimization_barrier"(%a, %n) : (tensor<2x3xf32>, tensor<i32>) -> (tensor<2x3xf32>, tensor<i32>)

      stablehlo.optimization_barrier()
      "stablehlo.optimization_barrier"() : () -> ()

      %r = stablehlo.create_token : !stablehlo.token
      %r = "stablehlo.create_token"() : () -> !stablehlo.token

      %r = stablehlo.replica_id : tensor<ui32>
      %r = "stablehlo.replica_id"() : () -> tensor<ui32>

      %r = stablehlo.cholesky %a, lower = true : tensor<2x3xf32>
      %r = "stablehlo.cholesky"(%a) <{lower = true}> : (tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = stablehlo.reduce_precision %a, format = e8m10 : tensor<2x3xf32>
      %r = "stablehlo.reduce_precision"(%a) <{exponent_bits = 8 : i32, mantissa_bits = 10 : i32}> : (tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = stablehlo.get_dimension_size %a, dim = 1 : (tensor<2x3xf32>) -> tensor<i32>
      %r = "stablehlo.get_dimension_size"(%a) <{dimension = 1 : i64}> : (tensor<2x3xf32>) -> tensor<i32>

      %r = stablehlo.set_dimension_size %a, %n, dim = 0 : (tensor<2x3xf32>, tensor<i32>) -> tensor<?x3xf32>
      %r = "stablehlo.set_dimension_size"(%a, %n) <{dimension = 0 : i64}> : (tensor<2x3xf32>, tensor<i32>) -> tensor<?x3xf32>

      %r = stablehlo.fft %c, type = FFT, length = [3] : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xcomplex<f32>>
      %r = "stablehlo.fft"(%c) <{fft_type = #stablehlo<fft_type FFT>, fft_length = array<i64: 3>}> : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xcomplex<f32>>

      %r = stablehlo.rng %s, %s, %u, distribution = UNIFORM : (tensor<f32>, tensor<f32>, tensor<2xi64>) -> tensor<2x3xf32>
      %r = "stablehlo.rng"(%s, %s, %u) <{rng_distribution = #stablehlo<rng_distribution UNIFORM>}> : (tensor<f32>, tensor<f32>, tensor<2xi64>) -> tensor<2x3xf32>

      %r, %q = stablehlo.rng_bit_generator %u, algorithm = PHILOX : (tensor<2xi64>) -> (tensor<2xi64>, tensor<2x3xui32>)
      %r:2 = "stablehlo.rng_bit_generator"(%u) <{rng_algorithm = #stablehlo<rng_algorithm PHILOX>}> : (tensor<2xi64>) -> (tensor<2xi64>, tensor<2x3xui32>)

      %r = stablehlo.einsum %a, %v, config = "ab,bc->ac" : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
      %r = "stablehlo.einsum"(%a, %v) <{einsum_config = "ab,bc->ac"}> : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>

      %r = chlo.erf %a : tensor<2x3xf32> -> tensor<2x3xf32>
      %r = "chlo.erf"(%a) : (tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = chlo.next_after %a, %b : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
      %r = "chlo.next_after"(%a, %b) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>

      %r = chlo.broadcast_add %a, %s : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
      %r = "chlo.broadcast_add"(%a, %s) : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>

      %r, %q = chlo.top_k(%a, k = 2) : tensor<2x3xf32> -> (tensor<2x2xf32>, tensor<2x2xi32>)
      %r, %q = "chlo.top_k"(%a) <{k = 2 : i64}> : (tensor<2x3xf32>) -> (tensor<2x2xf32>, tensor<2x2xi32>)

      check.expect_eq %a, %b : tensor<2x3xf32>
      "check.expect_eq"(%a, %b) : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()

      check.expect_almost_eq_const %s, dense<1.5> : tensor<f32>
      "check.expect_almost_eq_const"(%s) <{value = dense<1.5> : tensor<f32>}> : (tensor<f32>) -> ()

      check.expect_close %a, %b, max_ulp_difference = 3 : tensor<2x3xf32>, tensor<2x3xf32>
      "check.expect_close"(%a, %b) <{max_ulp_difference = 3 : i64}> : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
      """;

  static Stream<Arguments> pairs() {
    List<Arguments> out = new ArrayList<>();
    for (String pair : PAIRS.split("\n\n")) {
      String[] forms = pair.strip().split("\n");
      assertEquals(2, forms.length, pair);
      out.add(Arguments.of(forms[0], forms[1]));
    }
    return out.stream();
  }

  private static String function(String operation) {
    return "func.func @f(%s) {\n%s\nreturn\n}\nfunc.func private @g(tensor<2x3xf32>) -> tensor<2x3xf32>\n"
        .formatted(ARGUMENTS, operation);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void saysWhatTheGenericFormSays(String pretty, String generic) {
    assertEquals(
        ProgramText.of(ProgramText.read(function(generic))),
        ProgramText.of(ProgramText.read(function(pretty))));
  }
}
