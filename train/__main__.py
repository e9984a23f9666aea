"""``python -m train``: see :mod:`train.cli`."""

import sys

from pix2pix.console import run
from train.cli import main

if __name__ == "__main__":
    sys.exit(run(main))
