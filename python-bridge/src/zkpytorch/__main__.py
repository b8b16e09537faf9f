"""`python -m zkpytorch COMMAND ...`: the command line of zkc, with the one that this package would use."""

from __future__ import annotations

import subprocess
import sys

from .command import find_zkc


def main() -> int:
    try:
        zkc = find_zkc()
    except FileNotFoundError as e:
        print(f"error: {e}", file=sys.stderr)
        return 2
    try:
        return subprocess.run([zkc, *sys.argv[1:]], check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
