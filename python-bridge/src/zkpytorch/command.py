"""Finds and runs the `zkc` executable."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
from collections.abc import Sequence

from .errors import VerificationError, ZkcError

_REJECTED = 1


def find_zkc() -> str:
    """The executable: the variable `ZKC`, else the launcher of the checkout this package lies in, else `zkc` on the PATH.

    Raises:
        FileNotFoundError: there is none.
    """
    named = os.environ.get("ZKC")
    if named:
        if shutil.which(named) is None:
            raise FileNotFoundError(f"the variable ZKC names '{named}', which is no executable file.")
        return named
    checkout = pathlib.Path(__file__).resolve().parents[3]
    launcher = checkout / "zkc"
    if (checkout / "python-bridge").is_dir() and os.access(launcher, os.X_OK):
        return str(launcher)
    on_path = shutil.which("zkc")
    if on_path is None:
        raise FileNotFoundError("there is no zkc: set the variable ZKC to its launcher, or add it to the PATH.")
    return on_path


def run_zkc(arguments: Sequence[str | os.PathLike[str]]) -> str:
    """Runs `zkc` with the arguments and gives what it printed.

    Raises:
        VerificationError: exit code 1.
        ZkcError: any other failure, with zkc's own text.
    """
    done = subprocess.run(
        [find_zkc(), *map(os.fspath, arguments)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode == 0:
        return done.stdout
    message = done.stderr.strip() or done.stdout.strip() or f"zkc ended with exit code {done.returncode}"
    error = VerificationError if done.returncode == _REJECTED else ZkcError
    raise error(message.removeprefix("error: "), done.returncode)
