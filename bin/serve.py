"""Serve Tbib as in production: gunicorn's threads, static files by WhiteNoise.

Settings come from the environment, then from `.env`; `DEBUG=off` there is yours to set. The
database is brought up to date first.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    manage("migrate", "--noinput", "--verbosity", "0")
    manage("collectstatic", "--noinput", "--verbosity", "0")
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *gunicorn_options(options)])


def gunicorn_options(options: argparse.Namespace) -> list[str]:
    return [
        f"--bind=127.0.0.1:{options.port}",
        "--worker-class=gthread",
        f"--workers={options.workers}",
        f"--threads={options.threads}",
        # Workers say that they live by touching a file: never on a disk that can stall.
        *(["--worker-tmp-dir=/dev/shm"] if Path("/dev/shm").is_dir() else []),
        # Its place is one file in the home folder, the same for every server.
        "--no-control-socket",
        # A restart lets a booking that is being written finish.
        "--graceful-timeout=30",
        "config.wsgi",
    ]


def manage(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
