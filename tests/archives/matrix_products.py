"""Records what PyTorch's matrix products give over random shapes: the cases of MatrixProductsTest.

    python matrix_products.py > ../../passes/src/test/resources/org/zkc/passes/torch/matrix-products.txt

A line is: operator | equation, or beta and alpha | shapes | result's shape | its elements. Element i of operand k is
(7 i + 5 k + 3) mod 11 - 5, so that every result is exact.
"""

import random

import torch


def operand(index, shape):
    count = 1
    for extent in shape:
        count *= extent
    elements = [(7 * i + 5 * index + 3) % 11 - 5 for i in range(count)]
    return torch.tensor(elements, dtype=torch.float32).reshape(shape)


def text(shape):
    return "x".join(map(str, shape)) if len(shape) else "scalar"


def record(name, shapes, function, remark=""):
    operands = [operand(k, shape) for k, shape in enumerate(shapes)]
    result = function(*operands)
    elements = " ".join(f"{e:.9g}" for e in result.reshape(-1).tolist())
    print(name, remark, " ".join(map(text, shapes)), text(result.shape), elements, sep=" | ")


def extents(count):
    return [random.choice([1, 2, 3, 4]) for _ in range(count)]


def thinned(batch):
    """Some axes of extent 1, some of the first left out: what broadcasts to batch."""
    kept = batch[random.randrange(len(batch) + 1):]
    return [random.choice([1, extent]) for extent in kept]


def matmul():
    batch = extents(random.randrange(3))
    t, i, o = extents(3)
    left = thinned(batch) + [t, i] if random.random() < 0.8 else [i]
    right = thinned(batch) + [i, o] if random.random() < 0.8 else [i]
    record("matmul", [left, right], torch.matmul)


def products():
    b, t, i, o = extents(4)
    record("mm", [[t, i], [i, o]], torch.mm)
    record("bmm", [[b, t, i], [b, i, o]], torch.bmm)
    record("mv", [[t, i], [i]], torch.mv)
    record("dot", [[i], [i]], torch.dot)


def sums():
    b, t, i, o = extents(4)
    beta, alpha = random.choice([(1, 1), (2, 1), (1, -3), (0, 2)])
    remark = f"{beta} {alpha}"
    for name, shapes in [
        ("addmm", [random.choice([[t, o], [o], [1, o], [t, 1]]), [t, i], [i, o]]),
        ("addmv", [random.choice([[t], [1]]), [t, i], [i]]),
        ("baddbmm", [random.choice([[b, t, o], [o], [t, 1]]), [b, t, i], [b, i, o]]),
        ("addbmm", [random.choice([[t, o], [o]]), [b, t, i], [b, i, o]]),
    ]:
        function = getattr(torch, name)
        record(name, shapes, lambda *x: function(*x, beta=beta, alpha=alpha), remark)


def einsum(equation, left, right):
    record("einsum", [left, right], lambda *x: torch.einsum(equation, *x), equation)


def random_einsum():
    """Batch, summed, left and right indices in random orders."""
    names = random.sample("abcdefgh", random.randrange(1, 7))
    sizes = dict(zip(names, extents(len(names))))
    kinds = {name: random.choice(["both", "summed", "left", "right"]) for name in names}
    left = [n for n in names if kinds[n] != "right"]
    right = [n for n in names if kinds[n] != "left"]
    result = [n for n in names if kinds[n] != "summed"]
    for order in (left, right, result):
        random.shuffle(order)
    equation = "".join(left) + "," + "".join(right) + "->" + "".join(result)
    einsum(equation, [sizes[n] for n in left], [sizes[n] for n in right])


random.seed(9)
for _ in range(50):
    matmul()
for _ in range(4):
    products()
for _ in range(8):
    sums()
einsum("ij,jk", [2, 3], [3, 4])
einsum("ba,cb", [2, 3], [4, 2])
einsum("bhtd,bhsd->bhts", [2, 2, 3, 4], [2, 2, 5, 4])
einsum("...ij,...jk->...ik", [2, 1, 3, 4], [5, 4, 2])
einsum("...i,ij->...j", [2, 3, 4], [4, 2])
einsum("i...,...->i...", [2, 3, 4], [1, 4])
einsum("...ij,...jk", [3, 4], [2, 4, 5])
einsum("ij, jk -> ki", [1, 3], [3, 2])
einsum("ij,jk->ik", [2, 1], [3, 2])
for _ in range(40):
    random_einsum()
record("bilinear", [[2, 3, 4], [2, 3, 5], [3, 4, 5], [3]], torch.nn.functional.bilinear)
record("bilinear", [[6, 1], [6, 2], [1, 1, 2]], torch.nn.functional.bilinear)
