"""`python -m zkpytorch COMMAND ...`: `export`, and the command line of zkc, with the one that this package would use."""

from __future__ import annotations

import subprocess
import sys

from .command import find_zkc

_EXPORT = """In Python there is also
  python -m zkpytorch export MODEL [--example INPUT]... [-o FILE]   saves a PyTorch model as an archive (export --help)
"""


def main() -> int:
    """Runs the command that `sys.argv` names.

    Returns:
        The exit code of zkc's command line; 130 after Ctrl-C.
    """
    words = sys.argv[1:]
    if words[:1] == ["export"]:
        from . import export_command, process

        process.starts_ahead = False
        return export_command.main(words[1:])
    try:
        zkc = find_zkc()
    except FileNotFoundError as e:
        print(f"error: {e}", file=sys.stderr)
        return 2
    try:
        code = subprocess.run([zkc, *words], check=False).returncode
    except KeyboardInterrupt:
        return 130
    if not words or words[0] in ("-h", "--help", "help"):
        print("\n" + _EXPORT, end="")
    return code


if __name__ == "__main__":
    sys.exit(main())
