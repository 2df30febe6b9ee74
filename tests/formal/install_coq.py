"""Coq from Debian's packages, where that may be: `python tests/formal/install_coq.py`.

Exit code 0 where Coq and coq-interval are there at the end; 3 where they cannot be had, with the reason on standard
error, so that nothing that needs them is called passed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from coq_runs import missing, version

PACKAGES = ("coq", "libcoq-interval")


def main() -> int:
    reason = missing()
    if reason is not None and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"{reason}; installing {' '.join(PACKAGES)}, about 1.1 GB", flush=True)
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-qy", "--no-install-recommends", *PACKAGES],
        ):
            if subprocess.run(command, check=False).returncode:
                print("apt-get failed: the theorems are not compiled and nothing is called passed", file=sys.stderr)
                return 3
        reason = missing()
    elif reason is not None:
        reason += " (as root this command installs it)"
    if reason is not None:
        print(f"{reason}: the theorems are not compiled and nothing is called passed", file=sys.stderr)
        return 3
    print(f"Coq {version()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
