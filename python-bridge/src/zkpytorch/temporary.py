"""Temporary files, through which arrays go to zkc and come back.

All of an interpreter lie in one folder, made when it is first needed and removed at the end: some file systems take as long to
remove a folder as a verification takes.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence

_lock = threading.Lock()
_folder: str | None = None
_numbers = itertools.count(1)


def _current() -> str:
    """The folder, which belongs to the user alone; another where something has removed it."""
    global _folder
    with _lock:
        if _folder is None or not os.path.isdir(_folder):
            _folder = tempfile.mkdtemp(prefix="zkpytorch-")
        return _folder


@contextlib.contextmanager
def temporary_files(names: Sequence[str]) -> Iterator[list[str]]:
    """Paths that no other call has, of files that whoever asks may make; they are removed in the end.

    Args:
        names: how the files' names end.
    """
    if not names:
        yield []
        return
    folder, number = _current(), next(_numbers)
    paths = [os.path.join(folder, f"{number}-{name}") for name in names]
    try:
        yield paths
    finally:
        for path in paths:
            with contextlib.suppress(OSError):
                os.unlink(path)


def _remove() -> None:
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)


def _forget() -> None:
    """In a forked child: the folder is the parent's, and another thread of it may have held the lock."""
    global _folder, _lock
    _folder, _lock = None, threading.Lock()


atexit.register(_remove)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
