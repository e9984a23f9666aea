"""``python -m train``: see :mod:`train.cli`."""

import os
import sys

from pix2pix.console import run

if __name__ == "__main__":
    # Before torch is there: its threads wait asleep, or beside other work a step takes six times as long.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from train.cli import main

    sys.exit(run(main))
