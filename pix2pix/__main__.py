"""``python -m pix2pix``: see :mod:`pix2pix.cli`."""

import sys

from pix2pix.cli import main
from pix2pix.console import run

if __name__ == "__main__":
    sys.exit(run(main))
