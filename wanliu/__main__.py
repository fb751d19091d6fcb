"""``python -m wanliu`` is the command ``wanliu``."""

from __future__ import annotations

import sys

from wanliu.cli import main

if __name__ == "__main__":
    sys.exit(main())
