"""Writes the operator schemas that the TorchScript reader resolves overloads with.

    python extract_schemas.py > ../resources/org/zkc/torchscript/schema/operators.txt

Schemas are facts about ATen's interface; PyTorch's registry prints them in the order in which overloads are tried.
Overloads that take an `out` argument, and gradients, are left out: serialised inference code does not call them. All others are
there, whether they can be proved or not: what cannot is refused where its result is used, with the user's line.
"""
import torch
import torch.ao.quantization.fx._decomposed  # registers quantized_decomposed

print("# Operator schemas of torch " + torch.__version__.split("+")[0] + ", written by src/main/schema/extract_schemas.py.")
for schema in torch._C._jit_get_all_schemas():
    namespace = schema.name.split("::")[0]
    writes_out = any(a.name == "out" or a.is_out for a in schema.arguments)
    ours = namespace in ("aten", "prim", "quantized", "quantized_decomposed") and "backward" not in schema.name and "dist_rpc" not in str(schema) and "..." not in str(schema)[-4:]
    if ours and not writes_out:
        print(schema)

# Operators that ATen has in place alone, and that the reader makes functional.
print("aten::fill_diagonal(Tensor self, Scalar fill_value, bool wrap=False) -> Tensor")

# Operations of StableHLO on bits, which ATen has not; org.zkc.passes.torch computes them.
print("""stablehlo::bitcast_convert(Tensor self, int dtype) -> Tensor
stablehlo::convert(Tensor self, int dtype) -> Tensor
stablehlo::count_leading_zeros(Tensor self) -> Tensor
stablehlo::next_after(Tensor self, Tensor other) -> Tensor
stablehlo::ordered(Tensor self) -> Tensor
stablehlo::popcnt(Tensor self) -> Tensor
stablehlo::reduce_precision(Tensor self, int exponent_bits, int mantissa_bits) -> Tensor
stablehlo::shift_left(Tensor self, Tensor other) -> Tensor
stablehlo::shift_right_arithmetic(Tensor self, Tensor other) -> Tensor
stablehlo::shift_right_logical(Tensor self, Tensor other) -> Tensor""")
