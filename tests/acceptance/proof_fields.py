"""Takes a proof file apart by its protobuf fields and puts it together again (backend-gkr's proof.proto)."""

HEADER = 8
PROOF = 3

# Fields of ProofMessage that hold bytes, by number. The others are the three nonces.
SECTIONS = {
    1: "witness root",
    3: "lookups",
    4: "leaves",
    5: "zero checks",
    6: "relations",
    7: "witness batch",
    8: "model merge",
    9: "combinations",
    11: "witness columns",
    12: "witness paths",
    13: "model columns",
    14: "model paths",
    15: "combination root",
    17: "combination columns",
    18: "combination paths",
}

Fields = list[tuple[int, int, bytes]]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def _parse(data: bytes) -> Fields:
    """Number, wire type and content of each field; wire types 1 (eight bytes) and 2 (bytes) are all there are."""
    fields, at = [], 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 2:
            length, at = _varint(data, at)
        else:
            assert wire == 1, f"wire type {wire}"
            length = 8
        fields.append((number, wire, data[at : at + length]))
        at += length
    return fields


def _join(fields: Fields) -> bytes:
    out = bytearray()
    for number, wire, content in fields:
        out += _encoded(number << 3 | wire)
        if wire == 2:
            out += _encoded(len(content))
        out += content
    return bytes(out)


def sections(file: bytes) -> dict[str, bytes]:
    """The sections that a proof file has, by name."""
    outer = _parse(file[HEADER:])
    inner = next(content for number, _, content in outer if number == PROOF)
    return {SECTIONS[number]: content for number, wire, content in _parse(inner) if wire == 2}


def with_section(file: bytes, name: str, content: bytes | None) -> bytes:
    """The same file with other bytes for a section, or without it."""
    outer = []
    for number, wire, value in _parse(file[HEADER:]):
        if number == PROOF:
            inner = []
            for n, w, v in _parse(value):
                if SECTIONS.get(n) != name:
                    inner.append((n, w, v))
                elif content is not None:
                    inner.append((n, w, content))
            value = _join(inner)
        outer.append((number, wire, value))
    return file[:HEADER] + _join(outer)
