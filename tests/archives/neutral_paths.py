"""Takes the paths of this machine out of a TorchScript archive.

Debug records keep the stack of every traced call with the absolute path of each frame. A committed archive is to
hold `torch/...` and `model.py` only, whatever machine made it.
"""

import pickle
import re

import torch
import torch.jit._pickle

# The folder of the installed packages or of the standard library, else the whole folder of a Python file.
_FOLDER = re.compile(
    r"(?<!\S)(?:/[^\s\"']*?/(?:site-packages|dist-packages|python3\.\d+)/(?:site-packages/|dist-packages/)?"
    r"|/(?:[^\s\"'/]+/)*(?=[^\s\"'/]+\.py\b))"
)


class _IntList(list):
    """Pickles as PyTorch's serialiser writes a List[int]."""

    def __reduce__(self):
        return torch.jit._pickle.build_intlist, (list(self),)


def neutralise(source: str, target: str) -> None:
    """Copies the archive at `source` to `target`, record by record, with neutral paths in the debug records."""
    reader = torch._C.PyTorchFileReader(source)
    writer = torch._C.PyTorchFileWriter(target)
    for name in reader.get_all_records():
        if name in ("version", ".data/version", ".data/serialization_id", "byteorder"):
            continue  # the writer adds its own
        data = reader.get_record(name)
        if name.endswith(".debug_pkl"):
            data = _neutral_debug_record(data)
        writer.write_record(name, data, len(data))
    writer.write_record("byteorder", b"little", 6)
    writer.write_end_of_file()


def _neutral_debug_record(data: bytes) -> bytes:
    header, strings, rows = pickle.loads(data)
    assert header == "FORMAT_WITH_STRING_TABLE", header
    renamed = tuple(_FOLDER.sub("", text) for text in strings)

    def moved(source, start, end):
        # start and end are positions in the concatenation of the source's strings.
        text = "".join(strings[i] for i in source[0])
        parts = (_IntList(source[0]), source[1], source[2])
        return parts, len(_FOLDER.sub("", text[:start])), len(_FOLDER.sub("", text[:end]))

    rows = tuple((offset, moved(*span), tag) for offset, span, tag in rows)
    return pickle.dumps((header, renamed, rows), protocol=2)
