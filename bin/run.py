"""Serve Tbib on this machine, with sample data: `make run`, or `bin/run.py [PORT]`.

The database is brought up to date first, and gets sample doctors when it has none.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SAMPLE_SIGN_INS = """\

  Tbib: http://127.0.0.1:{port}

  Sample sign-ins, all with the password testpass123:
    dr_smith      a doctor's agenda
    secretaire    the desk
    patient       booking for oneself and one's family
    admin         the site's administration, under /admin/
"""


def main() -> None:
    port = sys.argv[1] if len(sys.argv) > 1 else "8000"
    manage("migrate", "--verbosity", "0")
    manage("seed_doctors", "--if-empty")
    print(SAMPLE_SIGN_INS.format(port=port), flush=True)
    # Takes this process's place, so that Ctrl-C and the exit code are the server's.
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}"])


def manage(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
