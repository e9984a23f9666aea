"""``python -m train``: see :mod:`train.cli`."""

import os
import sys

from pix2pix.console import run

if __name__ == "__main__":
    # Before torch is there: threads wait awake for a moment only, or they slow other work and each other.
    os.environ.setdefault("GOMP_SPINCOUNT", "30000")
    from train.cli import main

    sys.exit(run(main))
