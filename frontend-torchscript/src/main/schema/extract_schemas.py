"""Writes the operator schemas that the TorchScript reader resolves overloads with.

    python extract_schemas.py > ../resources/org/zkc/torchscript/schema/operators.txt

Schemas are facts about ATen's interface; PyTorch's registry prints them in the order in which overloads are tried.
Overloads that take an `out` argument are left out: serialised inference code does not call them.
"""
import torch

NAMES = """
prim: NumToTensor RaiseException device dtype is_nested requires_grad type min max layout abs unchecked_cast
  TupleIndex is_cuda itemsize data
aten: linear conv1d conv2d conv3d _convolution _convolution_mode conv_transpose1d conv_transpose2d batch_norm layer_norm group_norm
  instance_norm rms_norm relu relu_ relu6 relu6_ hardtanh hardtanh_ clamp clamp_ clamp_min clamp_min_ clamp_max
  clamp_max_ tanh tanh_ sigmoid sigmoid_ gelu gelu_ silu silu_ elu elu_ leaky_relu leaky_relu_ hardsigmoid
  hardsigmoid_ hardswish hardswish_ softplus mish mish_ selu selu_ celu celu_ prelu logsigmoid log_sigmoid threshold hardshrink softshrink
  threshold_ erf erf_ exp exp_ log log_ log1p log2 log10 sqrt sqrt_ rsqrt rsqrt_ square reciprocal sin cos tan asin
  acos atan sinh cosh pow pow_ abs abs_ neg neg_ sign floor floor_ ceil ceil_ round round_ trunc frac floor_divide
  floor_divide_ fmod remainder expm1 max_pool1d max_pool2d max_pool3d max_pool2d_with_indices avg_pool1d avg_pool2d
  avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d
  upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d _upsample_nearest_exact2d
  _upsample_nearest_exact3d upsample_linear1d upsample_bilinear2d upsample_trilinear3d upsample_bicubic2d
  _upsample_bilinear2d_aa _upsample_bicubic2d_aa _upsample_lanczos2d_aa pixel_shuffle add add_ mul mul_ sub sub_ rsub div div_ true_divide maximum minimum max
  min amax amin argmax argmin topk sort argsort cat concat stack hstack vstack flatten unflatten view view_as reshape
  reshape_as permute transpose transpose_ t t_ swapaxes movedim contiguous mean sum prod var std norm
  softmax log_softmax _softmax _log_softmax dropout dropout_ feature_dropout feature_dropout_ alpha_dropout
  feature_alpha_dropout matmul mm bmm baddbmm addmm addmv mv dot outer einsum bilinear embedding
  scaled_dot_product_attention _native_multi_head_attention size len numel dim stride storage_offset is_floating_point is_complex
  is_contiguous unsqueeze unsqueeze_ squeeze squeeze_ slice select narrow split split_with_sizes chunk unbind
  tensor_split index index_select index_put index_put_ gather scatter masked_fill masked_fill_ masked_select where
  nonzero take expand expand_as repeat repeat_interleave tile roll flip rot90 pad constant_pad_nd
  reflection_pad1d reflection_pad2d replication_pad1d replication_pad2d zeros zeros_like ones ones_like full full_like
  empty empty_like new_zeros new_ones new_full new_empty arange linspace eye tensor scalar_tensor triu tril
  triu_ tril_ cumsum cumprod diff to type_as float double int long bool cpu detach detach_ clone copy copy_ fill
  fill_ zero zero_ alias requires_grad_ isnan isinf isfinite nan_to_num eq ne lt le gt ge eq_ logical_and
  logical_or logical_not logical_xor bitwise_and bitwise_or bitwise_not bitwise_xor any all equal allclose
  __and__ __or__ __xor__ __not__ __lshift__ __rshift__ __is__ __isnot__ __contains__ __getitem__ __range_length
  __derive_index __round_to_zero_floordiv floordiv Int Float Bool Complex str Scalar IntImplicit FloatImplicit
  ScalarImplicit item append extend insert pop remove clear reverse index count copy list dict keys values items
  get setdefault update popitem _set_item Delete sorted format percentFormat join split strip lower upper replace
  startswith endswith find warn device ord chr hash set_grad_enabled is_grad_enabled is_tensor wait
  broadcast_tensors meshgrid cross cdist cosine_similarity normalize linalg_vector_norm lstm gru rnn_tanh quantize_per_tensor
  dequantize native_layer_norm native_batch_norm native_group_norm unfold im2col col2im glu channel_shuffle
  affine_grid_generator grid_sampler bernoulli_ bernoulli rand rand_like randn randn_like normal_ uniform_ numpy_T
  clip clip_ concatenate broadcast_to lift_fresh max_pool1d_with_indices swapdims moveaxis mT is_contiguous
  result_type promote_types one_hot logsumexp softmin lerp addcmul addcdiv hypot mul_ bitwise_left_shift
"""

wanted = set()
for line in NAMES.strip().splitlines():
    if ":" in line:
        space, line = line.split(":")
    wanted.update(f"{space.strip()}::{name}" for name in line.split())

print("# Operator schemas of torch " + torch.__version__.split("+")[0] + ", written by src/main/schema/extract_schemas.py.")
seen = set()
for schema in torch._C._jit_get_all_schemas():
    if schema.name in wanted and not any(a.name == "out" or a.is_out for a in schema.arguments):
        seen.add(schema.name)
        print(schema)
missing = sorted(wanted - seen)
import sys
print("not in the registry:", *missing, file=sys.stderr)
