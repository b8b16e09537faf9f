"""The soundness error of a verifier key, computed a second time from docs/protocol.md and circuit.proto alone.

Own protobuf reader, own expansion of circuits, own layouts, own terms; nothing of zkc's code is used.
"""

import itertools
import math
import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

FIELD = (2**31 - 1) ** 4
LEAST_BLOCK = 512
LEAST_WIDTH, MOST_WIDTH = 1 << 6, 1 << 20
MOST_CLAIMS_LOG = 16
MERGE_ABOVE = 8
NOMINAL_QUERIES = 140
VIRTUAL, MODEL, WITNESS, INPUT = range(4)


def _log(n: int) -> int:
    return (n - 1).bit_length()


def _variables(shape: list[int]) -> int:
    return sum(_log(extent) for extent in shape)


# ---- protobuf


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        if tag & 7 == 0:
            value, at = _varint(data, at)
        elif tag & 7 == 2:
            length, at = _varint(data, at)
            value, at = data[at : at + length], at + length
        else:
            raise ValueError(f"wire type {tag & 7}")
        yield tag >> 3, value


def _all(data: bytes, number: int) -> list[Any]:
    return [value for f, value in _fields(data) if f == number]


def _one(data: bytes, number: int, absent: Any = 0) -> Any:
    return (_all(data, number) or [absent])[-1]


def _numbers(data: bytes, number: int) -> list[int]:
    out, packed, at = [], _one(data, number, b""), 0
    while at < len(packed):
        value, at = _varint(packed, at)
        out.append(value)
    return out


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


# ---- bounds of what relations define


def _row_bounds(table: bytes) -> tuple[int, int]:
    """The least and the greatest value of a function table's rows; of an excess, none that is needed."""
    clamp, entries = _one(table, 1, None), _one(table, 2, None)
    if clamp is not None:
        return _signed(_one(clamp, 3)), _signed(_one(clamp, 4))
    values = [_signed(v) for v in _numbers(entries or b"", 2)]
    return (min(values), max(values)) if values else (-(2**30), 2**30)


def _affine_bounds(body: bytes, shape: list[int], bounds: list[tuple[int, int]]) -> tuple[int, int]:
    """Bounds of weighted sums, whatever is at which index: windows add up their taps."""
    low = high = 0
    for term in _all(body, 1):
        factor = _signed(_one(term, 2)) + 1
        for step in _all(term, 3):
            window = _one(step, 3, None)
            factor *= 1 if window is None else _one(window, 6)
        ends = [factor * end for end in bounds[_one(term, 1)]]
        low, high = low + min(ends), high + max(ends)
    for box in _all(body, 2):
        value = _signed(_one(box, 1))
        whole = _numbers(box, 3) == shape and not any(_numbers(box, 2))
        low, high = low + (value if whole else min(0, value)), high + (value if whole else max(0, value))
    return low, high


# ---- the circuit, expanded


@dataclass
class System:
    """Tensors with their holders, and what the protocol proves about them."""

    shapes: list[list[int]]
    holders: list[str]
    outputs: list[int]
    # Rounds beside those that merge claims, or None where all claims are one combination; and the sources.
    definitions: list[tuple[int, int, bool, list[int]]] = field(default_factory=list)
    linear: list[tuple[int, list[int]]] = field(default_factory=list)
    lookups: list[list[int]] = field(default_factory=list)
    zero_products: list[tuple[list[int], int]] = field(default_factory=list)
    tables: dict[tuple, int] = field(default_factory=dict)
    degrees: dict[int, int] = field(default_factory=dict)

    def degree(self, tensor: int) -> int:
        """Multiplicative degree in committed and public tensors."""
        return self.degrees.get(tensor, 1)

    def add(self, shape: list[int], holder: str) -> int:
        self.shapes.append(shape)
        self.holders.append(holder)
        return len(self.shapes) - 1

    def look(self, tensors: list[int], table: tuple, rows: int) -> None:
        self.tables.setdefault(table, rows)
        self.lookups.append(tensors)

    def held(self, holder: str) -> list[int]:
        return [t for t, h in enumerate(self.holders) if h == holder]


def _relation(
    system: System, data: bytes, result: int, bounds: list[tuple[int, int]], tables: list[bytes], rows: list[int]
) -> None:
    kind = next(f for f, _ in _fields(data) if f != 1)
    body = _one(data, kind)
    shape = system.shapes[result]
    if kind == 2:
        sources = [_one(term, 1) for term in _all(body, 1)]
        system.linear.append((result, sources))
        bounds[result] = _affine_bounds(body, shape, bounds)
        system.degrees[result] = max(map(system.degree, sources), default=1)
    elif kind in (3, 9):
        conv = _one(body, 1) if kind == 9 else body
        source, weight, groups = _one(conv, 1), _one(conv, 2), _one(conv, 6)
        _, channels, height, width = system.shapes[weight]
        over_channels = 2 * (_log(channels) + (_log(groups) if groups > 1 else 0))
        over_taps = (
            3 * sum(_log(size) for size in _numbers(body, 2)) if kind == 9 else 2 * (_log(height) + _log(width))
        )
        system.definitions.append((result, over_channels + over_taps, True, [source, weight]))
        system.degrees[result] = system.degree(source) + system.degree(weight)
    elif kind == 4:
        left, right = _one(body, 1), _one(body, 2)
        summed = system.shapes[right][:-2] + system.shapes[right][-1:]
        # With shared axes eq is split off, which costs one more in the degree.
        shared = _variables(system.shapes[right][:-2])
        system.definitions.append((result, 2 * _variables(summed) + shared, True, [left, right]))
        system.degrees[result] = system.degree(left) + system.degree(right)
    elif kind == 5:
        left, right = _one(body, 1), _one(body, 2)
        system.definitions.append((result, 3 * _variables(shape), False, [left, right]))
        system.degrees[result] = system.degree(left) + system.degree(right)
    elif kind == 6:
        source, shift, limbs, table = _one(body, 1), _one(body, 2), _numbers(body, 3), _one(body, 4)
        bounds[result] = _row_bounds(tables[table])
        high = source
        if shift:
            parts = []
            for bits in limbs:
                limb = system.add(shape, "committed")
                system.look([limb], ("range", 1 << bits), 1 << bits)
                parts.append(limb)
            high = system.add(shape, "virtual")
            system.linear.append((high, [*parts, source]))
        system.look([high, result], ("function", table), rows[table])
    elif kind == 7:
        bits, sources = _one(body, 2), _numbers(body, 1)
        for source in sources:
            difference = system.add(shape, "virtual")
            system.linear.append((difference, [result, source]))
            system.look([difference], ("range", 1 << bits), 1 << bits)
        system.zero_products.append((shape, len(sources)))
    elif kind == 8:
        numerator, denominator, bits = _one(body, 1), _one(body, 2), _one(body, 3)
        system.look([result], ("range", (1 << bits) + 1), (1 << bits) + 1)
        product = system.add(shape, "virtual")
        system.definitions.append((product, 3 * _variables(shape), False, [denominator, result]))
        remainder = system.add(shape, "virtual")
        system.linear.append((remainder, [numerator, denominator, product]))
        gap = system.add(shape, "virtual")
        system.linear.append((gap, [denominator, remainder]))
        needed = (2 * bounds[denominator][1] - 1).bit_length()
        count = (needed + 9) // 10
        cuts = [needed * k // count for k in range(count + 1)]
        sizes = [b - a for a, b in itertools.pairwise(cuts)]
        for value in (remainder, gap):
            low = value
            if count > 1:
                parts = []
                for size in sizes[1:]:
                    limb = system.add(shape, "committed")
                    system.look([limb], ("range", 1 << size), 1 << size)
                    parts.append(limb)
                low = system.add(shape, "virtual")
                system.linear.append((low, [*parts, value]))
            system.look([low], ("range", 1 << sizes[0]), 1 << sizes[0])
    elif kind == 14:
        source, axis, shift, limbs, table = _one(body, 1), _one(body, 2), _one(body, 3), _numbers(body, 4), _one(body, 5)
        bounds[result] = _row_bounds(tables[table])
        greatest, most = source, min(4, 16 // system.degree(source))
        while (extent := system.shapes[greatest][axis]) > 1:
            length = -(-extent // most)
            part = [*system.shapes[greatest]]
            part[axis] = length
            chosen = system.add(part, "committed")
            parts = -(-extent // length)
            for _ in range(parts):
                system.linear.append((system.add(part, "virtual"), [chosen, greatest]))
            system.zero_products.append((part, parts))
            greatest, most = chosen, 4
        quotient = system.add(shape, "virtual")
        system.linear.append((quotient, [greatest, source]))
        if shift:
            parts = []
            for bits in limbs:
                limb = system.add(shape, "committed")
                system.look([limb], ("range", 1 << bits), 1 << bits)
                parts.append(limb)
            distance, quotient = quotient, system.add(shape, "virtual")
            system.linear.append((quotient, [*parts, distance]))
        system.look([quotient, result], ("function", table), rows[table])
    else:
        raise ValueError(f"relation of kind {kind}")


def _expand(circuit: bytes) -> System:
    tensors = _all(circuit, 1)
    outputs = _numbers(circuit, 5)
    names = {MODEL: "model", WITNESS: "committed", VIRTUAL: "virtual"}
    roles = [_one(t, 1) for t in tensors]
    holders = ["public" if r == INPUT or t in outputs else names[r] for t, r in enumerate(roles)]
    system = System([_numbers(t, 2) for t in tensors], holders, outputs)
    # A key has bounds of what is given alone; of the rest those that this program needs are found.
    bounds = [
        (_signed(_one(t, 3)), _signed(_one(t, 4))) if r in (INPUT, MODEL) else (-(2**30), 2**30)
        for t, r in zip(tensors, roles, strict=True)
    ]
    rows = []
    for table in _all(circuit, 2):
        # A clamp, or an excess of the same fields.
        clamp = _one(table, 1, None) or _one(table, 3, None)
        # The last entry may stand for further rows.
        entries = _one(table, 2)
        rows.append(_one(clamp, 2) if clamp is not None else _one(entries, 3) or len(_numbers(entries, 2)))
    undefined = [t for t, r in enumerate(roles) if r in (WITNESS, VIRTUAL)]
    for relation in _all(circuit, 3):
        result = undefined[0] + _one(relation, 1)
        undefined.remove(result)
        _relation(system, relation, result, bounds, _all(circuit, 2), rows)
    for size in system.tables.values():
        system.add([size], "committed")
    return system


# ---- layouts


def _stored(shape: list[int]) -> int:
    last = 0
    for extent in shape:
        last = (last << _log(extent)) + extent - 1
    return last + 1


def _cost(width: int, rows: Callable[[int], int]) -> int:
    return 4 * NOMINAL_QUERIES * rows(width) + 16 * width


def _opened(width: int, rows: int) -> int:
    """Bytes of the columns and digests that the nominal queries open on average."""
    n, q = 4 * width, NOMINAL_QUERIES
    halvings = [n >> k for k in range(_log(n))]
    digests = sum(x * ((1 - 1 / x) ** q - (1 - 2 / x) ** q) for x in halvings)
    return 4 * round(n * (1 - (1 - 1 / n) ** q)) * rows + 32 * round(digests)


def _widths() -> list[int]:
    return [1 << k for k in range(_log(LEAST_WIDTH), _log(MOST_WIDTH) + 1)]


def _combined(width: int, lengths: list[int]) -> int:
    return _opened(width, 4 * sum(-(-length // width) for length in lengths)) + 16 * width


def _least_combinations(lengths: list[int]) -> int:
    return min(16 * sum(lengths), *(_combined(w, lengths) for w in _widths()))


def _cells(shape: list[int]) -> list[int]:
    """The shape of a tensor's cells: some axes, or their odd factors, joined in front of the others."""
    if math.prod(shape) < 2**13 or _stored(shape) == math.prod(shape):
        return shape
    options, tried = [], 0
    for extent in shape:
        odd = extent // (extent & -extent)
        options.append([1])
        if odd > 1 and tried < 3:
            options[-1] += [extent, odd] if odd < extent else [extent]
        tried += odd > 1
    best, cells = (_stored(shape), 1, 1), shape
    most = best[0] - best[0] // 16
    for first in itertools.product(*options):
        joined = math.prod(first)
        parts = math.prod(f for f, extent in zip(first, shape) if f < extent)
        behind = [extent // f for f, extent in zip(first, shape) if f < extent or f == 1]
        several = sum(f > 1 for f in first) > 1
        if joined == 1 or parts > 8 or (several and joined > 2**11):
            continue
        key = (_stored([joined, *behind]), parts, joined)
        if key[0] <= most and key < best:
            best, cells = key, [joined, *behind]
    return cells


def _witness_tables(shapes: list[list[int]], width: int) -> tuple[int, int]:
    """The tables of the witness' matrix and its rows: long columns, and rows that short ones and rests fill."""
    rows, tables = 0, 0
    shared = sum(1 << _variables(s) for s in shapes if 1 << _variables(s) <= width)
    for stored in (_stored(s) for s in shapes if 1 << _variables(s) > width):
        rest = stored % width
        alone = rest > 0 and 1 << _log(rest) > width // 2
        tables += 1
        rows += stored // width + alone
        shared += 0 if alone or rest == 0 else 1 << _log(rest)
    return tables + -(-shared // width), rows + -(-shared // width)


def _witness_width(shapes: list[list[int]], model: list[int]) -> int:
    """The width beside a combination of the model's rows, of none or one length."""

    def allowed(width: int) -> bool:
        tables, _ = _witness_tables(shapes, width)
        variables = max(0, max(map(_variables, shapes)) - _log(width)) + _log(tables)
        return width == LEAST_WIDTH or _proximity(width, variables) <= 3 / 8

    def cost(width: int) -> int:
        slow = 8 * max(0, width - 2**13)
        return _opened(width, _witness_tables(shapes, width)[1]) + _least_combinations([width, *model]) + slow

    return min(filter(allowed, _widths()), key=cost)


def _narrow(least: int, variables: int, rows: Callable[[int], int]) -> int:
    width = max(LEAST_WIDTH, least)
    allowed = [width]
    while 2 * width <= MOST_WIDTH and 4 * 2 * width * variables <= 10_000_000:
        width *= 2
        allowed.append(width)
    return min(allowed, key=lambda w: _cost(w, rows))


def _proximity(width: int, variables: int) -> float:
    return 4 * width * variables / 2**24


def _rows(shape: list[int], width: int) -> int:
    rest, outputs = _variables(shape[1:]), shape[0]
    if 1 << (rest + _log(outputs)) <= width:
        return 1
    return outputs // min(outputs & -outputs, width >> rest)


def _opening(name: str, width: int, variables: int, queries: int, work: int) -> dict[str, float]:
    n = 4 * width
    # The code is MDS of dimension width + 1.
    errors = (n - (width + 1)) // 2
    return {
        f"{name} proximity": variables * n / FIELD,
        f"{name} queries": (1 - (errors + 1) / n) ** queries / 2**work,
    }


# ---- the error, term by term


def _lookups(system: System, work: int) -> dict[str, float]:
    if not system.lookups:
        return {}
    shapes = [system.shapes[tensors[0]] for tensors in system.lookups]
    fractions = sum(map(math.prod, shapes)) + sum(system.tables.values())
    leaves = sum(max(LEAST_BLOCK, 1 << _variables(shape)) for shape in shapes)
    trees = [_log(leaves), _log(sum(1 << _log(size) for size in system.tables.values()))]
    return {
        "lookup challenges": fractions * (1 + max(trees)) / FIELD / 2**work,
        "lookup layers": sum(2 + 3 * layer for tree in trees for layer in range(tree)) / FIELD,
    }


def _relations(system: System) -> float:
    rounds = sum(MOST_CLAIMS_LOG + 2 * _variables(system.shapes[result]) for result, _ in system.linear)
    for result, own, merges, _ in system.definitions:
        rounds += own + MOST_CLAIMS_LOG + (2 * _variables(system.shapes[result]) if merges else 0)
    return rounds / FIELD


def _combinations(widths: list[int], queries: int, work: int) -> dict[str, float]:
    """The combinations of the rows of each commitment, committed to in rows of E unless sending them is shorter."""
    width = min(_widths(), key=lambda w: _combined(w, widths))
    if 16 * sum(widths) <= _combined(width, widths):
        return {}

    variables = max(map(_log, [*widths, width]))
    merged = _log(len(widths))
    claims = _log(len(widths) * (1 + queries))
    return {
        "combination claims": (2 * variables + claims + merged) / FIELD,
        **_opening("combination", width, variables - _log(width) + merged, queries, work),
    }


def _model_claims(system: System) -> int:
    """Variables that merge the claims on all tensors of the model."""
    uses = dict.fromkeys(system.held("model"), 0)
    named = [(t, MERGE_ABOVE) for _, sources in system.linear for t in sources]
    named += [(t, 1) for _, _, _, sources in system.definitions for t in sources]
    named += [(t, 1) for tensors in system.lookups for t in tensors]
    for t, times in named:
        if t in uses:
            uses[t] += times
    return min(_log(1 + sum(uses.values())), MOST_CLAIMS_LOG)


def _openings(system: System, queries: int, work: int) -> dict[str, float]:
    shapes = [system.shapes[t] for t in system.held("model")]
    claims = _model_claims(system)

    def rows(width: int) -> int:
        return sum(_rows(s, width) for s in shapes)

    def numbering(width: int) -> int:
        several = [(s[0], _rows(s, width)) for s in shapes if _rows(s, width) > 1]
        return max((_log(o) - _log(o // r) for o, r in several), default=0)

    model = []
    if shapes:
        least = max(1 << _variables(s if len(s) == 1 else s[1:]) for s in shapes)
        most = max(0 if len(s) == 1 else _log(s[0]) for s in shapes)
        model = [_narrow(least, most + claims, rows)]

    out: dict[str, float] = {}
    widths = []
    columns, beside = system.held("committed"), 0.0
    if columns:
        committed = [_cells(system.shapes[t]) for t in columns]
        width = _witness_width(committed, model)
        variables = max(_log(width), *map(_variables, committed))
        merged = _log(_witness_tables(committed, width)[0])
        out["witness batch"] = (2 * variables + MOST_CLAIMS_LOG + merged) / FIELD
        out |= _opening("witness", width, variables - _log(width) + merged, queries, work)
        beside = _proximity(width, variables - _log(width) + merged)
        widths.append(width)
    for width in model:
        wider = 2 * width
        while wider <= MOST_WIDTH:
            whole = _proximity(wider, numbering(wider) + claims) + beside
            if whole + 5 / 32 <= 1 and _cost(wider, rows) < _cost(width, rows):
                width = wider
            wider *= 2
        several = [s for s in shapes if _rows(s, width) > 1]
        brought = sum(MOST_CLAIMS_LOG + 2 * _variables(s) for s in several)
        out["model claims brought to points"] = brought / FIELD
        out["model merge"] = 2 * (_log(width) + MOST_CLAIMS_LOG) / FIELD
        out |= _opening("model", width, numbering(width) + claims, queries, work)
        widths.append(width)
    return out | _combinations(widths, queries, work)


def bits(key_file: pathlib.Path) -> dict[str, float]:
    """-log2 of the error of every step, and of their sum under "all together"."""
    data = key_file.read_bytes()
    assert data[:8] == b"ZKC-KEY\n"
    key = _one(data[12:], 1)
    assert key[:4] == b"zkck"
    message = key[8:]
    system = _expand(_one(message, 1))
    parameters = _one(message, 2)
    queries, work, lookup_work = (_one(parameters, k) for k in (1, 2, 3))
    errors = _lookups(system, lookup_work)
    errors["zero products"] = sum(_variables(s) * (k + 2) for s, k in system.zero_products) / FIELD
    errors["output points"] = sum(_variables(system.shapes[t]) for t in system.outputs) / FIELD
    errors["relations"] = _relations(system)
    errors |= _openings(system, queries, work)
    errors = {step: error for step, error in errors.items() if error}
    return {step: -math.log2(e) for step, e in errors.items()} | {"all together": -math.log2(sum(errors.values()))}
