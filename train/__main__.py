"""``python -m train`` and the command ``pix2pix-train``: see :mod:`train.cli`."""

import os
import sys

from pix2pix.console import run


def main() -> int:
    """Run the command line; its exit status."""
    # Before torch is there: threads wait awake for a moment only, or they slow other work and each other.
    os.environ.setdefault("GOMP_SPINCOUNT", "30000")
    from train.cli import main as run_command

    return run(run_command)


if __name__ == "__main__":
    sys.exit(main())
