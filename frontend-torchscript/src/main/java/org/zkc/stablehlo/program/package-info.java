/**
 * A StableHLO program as its text says it, with one form per operation: what the reader hands on
 * and the lowering takes. Values are resolved and typed, aliases are resolved, and whatever syntax
 * an operation was written in, it arrives in the generic form of the StableHLO dialect.
 *
 * <p>The contract in detail:
 *
 * <ul>
 *   <li><b>Operands and results.</b> In the order of the generic form. {@code reduce} has its
 *       inputs first and the initial values after them; the operands of {@code while} are what its
 *       regions' arguments start from. Types are those of the definitions; where the text repeats a
 *       type, the reader has compared the two.
 *   <li><b>Attributes.</b> Those of {@code <{...}>} and of {@code {...}} together, under the names
 *       of the dialect: constant {@code value}; iota {@code iota_dimension}; compare {@code
 *       comparison_direction}, {@code compare_type}; slice {@code start_indices}, {@code
 *       limit_indices}, {@code strides}; dynamic_slice {@code slice_sizes}; broadcast_in_dim {@code
 *       broadcast_dimensions}; transpose {@code permutation}; reverse and reduce {@code
 *       dimensions}; concatenate, get_dimension_size and set_dimension_size {@code dimension}; pad
 *       {@code edge_padding_low}, {@code edge_padding_high}, {@code interior_padding}; dot_general
 *       {@code dot_dimension_numbers}, {@code precision_config}, {@code algorithm}; convolution
 *       {@code dimension_numbers}, {@code window_strides}, {@code padding}, {@code lhs_dilation},
 *       {@code rhs_dilation}, {@code window_reversal}, {@code feature_group_count}, {@code
 *       batch_group_count}, {@code precision_config}; reduce_window {@code window_dimensions},
 *       {@code window_strides}, {@code base_dilations}, {@code window_dilations}, {@code padding};
 *       gather {@code dimension_numbers}, {@code slice_sizes}, {@code indices_are_sorted}; scatter
 *       {@code scatter_dimension_numbers}, {@code indices_are_sorted}, {@code unique_indices}; sort
 *       {@code dimension}, {@code is_stable}; get_tuple_element {@code index}; reduce_precision
 *       {@code exponent_bits}, {@code mantissa_bits}; cholesky {@code lower}; fft {@code fft_type},
 *       {@code fft_length}; rng {@code rng_distribution}; rng_bit_generator {@code rng_algorithm};
 *       einsum and unary_einsum {@code einsum_config}; broadcast {@code broadcast_sizes};
 *       custom_call {@code call_target_name}; composite {@code name}, {@code composite_attributes},
 *       {@code decomposition}, {@code version}; {@code func.call} {@code callee}; {@code
 *       chlo.top_k} {@code k}. What the text leaves out is left out here: the lowering knows the
 *       default values of the specification.
 *   <li><b>Kinds of attributes.</b> Lists of dimensions, sizes and strides are {@link
 *       org.zkc.stablehlo.program.HloAttribute.IntegerArray}, also where older text writes {@code
 *       dense<...> : tensor<Nxi64>}, and {@code window_reversal} is one of zeros and ones. {@code
 *       padding} is {@link org.zkc.stablehlo.program.HloAttribute.Dense} of shape [spatial, 2].
 *       Words such as {@code LT} are {@link org.zkc.stablehlo.program.HloAttribute.EnumCase}, and
 *       the precision is a {@link org.zkc.stablehlo.program.HloAttribute.ListValue} of those.
 *   <li><b>Regions.</b> One block each, in the generic order: {@code while} condition, then body;
 *       {@code if} true, then false. {@code reduce} written with {@code applies} has the body that
 *       this stands for. Bodies end with {@code stablehlo.return}, functions with {@code
 *       func.return}.
 *   <li><b>Calls.</b> {@code func.call} names a function of the same module that exists and whose
 *       type fits; so does the decomposition of a {@code stablehlo.composite}. Calls may be
 *       recursive.
 *   <li><b>Literals.</b> {@link org.zkc.stablehlo.program.DenseData}, decoded when asked for, their
 *       sizes checked against the type before. Tensors that are constants of a type with dynamic
 *       extents do not exist.
 *   <li><b>Not judged here.</b> Whether shapes fit an operation, whether an operation exists: the
 *       reader knows the syntax, and the lowering the semantics.
 * </ul>
 */
package org.zkc.stablehlo.program;
