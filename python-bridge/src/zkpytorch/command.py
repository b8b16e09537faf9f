"""Finds and runs the `zkc` executable."""

from __future__ import annotations

import importlib.metadata
import json
import os
import pathlib
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Sequence

from .errors import VerificationError, ZkcError

_REJECTED = 1


def find_zkc() -> str:
    """The executable: the variable `ZKC`, else the one that a wheel of a release carries with a Java of its own, else the
    launcher of the checkout that this package lies in or was installed from, else `zkc` on the PATH.

    Raises:
        FileNotFoundError: there is none.
    """
    named = os.environ.get("ZKC")
    if named:
        if shutil.which(named) is None:
            raise FileNotFoundError(f"the variable ZKC names '{named}', which is no executable file.")
        return named
    bundled = pathlib.Path(__file__).parent / "bundle" / "bin" / "zkc"
    if os.access(bundled, os.X_OK):
        return str(bundled)
    for checkout in (pathlib.Path(__file__).resolve().parents[3], _installed_from()):
        if checkout is not None and (checkout / "python-bridge").is_dir() and os.access(checkout / "zkc", os.X_OK):
            return str(checkout / "zkc")
    on_path = shutil.which("zkc")
    if on_path is None:
        raise FileNotFoundError(
            "there is no zkc: this package was not installed from a checkout that is still there, and no zkc is on the PATH. "
            "Clone zkc's repository and set the variable ZKC to the file 'zkc' in it: export ZKC=/path/to/checkout/zkc"
        )
    return on_path


def _installed_from() -> pathlib.Path | None:
    """The checkout whose python-bridge pip installed, as pip recorded it; None for any other installation."""
    try:
        record = importlib.metadata.distribution("zkpytorch").read_text("direct_url.json")
        url = urllib.parse.urlsplit(json.loads(record or "{}").get("url", ""))
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None
    if url.scheme != "file":
        return None
    return pathlib.Path(urllib.request.url2pathname(url.path)).parent


def run_zkc(arguments: Sequence[str | os.PathLike[str]]) -> str:
    """Runs `zkc` with the arguments and gives what it printed.

    Raises:
        VerificationError: exit code 1.
        ZkcError: any other failure, with zkc's own text.
    """
    done = subprocess.run(
        [find_zkc(), *(os.fspath(argument) for argument in arguments)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode == 0:
        return done.stdout
    message = done.stderr.strip() or done.stdout.strip() or f"zkc ended with exit code {done.returncode}"
    error = VerificationError if done.returncode == _REJECTED else ZkcError
    raise error(message.removeprefix("error: "), done.returncode)
