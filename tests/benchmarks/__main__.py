"""`make bench`, or `python -m tests.benchmarks [NAME ...]` for some of the measurements.

Each prints its lines of the table as it ends: the number here, its bar, and the same done barely in the same run. The
numbers are of this machine as it is now; the exit status says nothing about them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib import import_module

from tests.benchmarks.table import HEAD, show

NAMES = ("sandbox", "transactions", "throughput", "page", "ladder", "names", "ftp", "goals", "grading")


def main(names: list[str]) -> None:
    if os.geteuid() != 0:
        sys.exit("The memory and the network of a lab are root's to read: run this as root.")
    if unknown := [name for name in names if name not in NAMES]:
        sys.exit(f"There is no measurement {unknown[0]!r}; there are {', '.join(NAMES)}.")
    print(show(HEAD))
    with tempfile.TemporaryDirectory(prefix="lentil-bench-") as var:
        os.environ |= {"LENTIL_VAR": var, "DJANGO_SETTINGS_MODULE": "portal.settings", "LENTIL_DEMO": "1"}
        os.environ.pop("REDIS_URL", None)
        os.environ.pop("DATABASE_URL", None)
        for name in names or NAMES:
            for row in import_module(f"tests.benchmarks.{name}").measure():
                print(show(row.cells()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
