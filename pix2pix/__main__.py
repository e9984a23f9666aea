"""``python -m pix2pix`` and the command ``pix2pix``: see :mod:`pix2pix.cli`."""

import sys

from pix2pix.cli import main as run_command
from pix2pix.console import run


def main() -> int:
    """Run the command line; its exit status."""
    return run(run_command)


if __name__ == "__main__":
    sys.exit(main())
