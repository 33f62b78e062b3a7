"""Break the database under a running site, and say what readers get meanwhile: `make trouble`.

The PostgreSQL server is private and new: it is stopped in the middle. tests/trouble says which
troubles, and which answers are good enough. Options are those of `python -m tests.trouble`.
"""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg

from race import ENVIRONMENT
from test import ROOT, Skipped, private_postgres


def main() -> None:
    try:
        with private_postgres() as server:
            with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE tbib")
            command = [sys.executable, "-m", "tests.trouble", *sys.argv[1:]]
            environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": f"{server}/tbib"}
            # A page of details is no answer in words.
            environment |= {"DEBUG": "off", "SITE_URL": "https://tbib.example"}
            collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
            subprocess.run(collect, cwd=ROOT, env=environment, check=True)
            sys.exit(subprocess.call(command, cwd=ROOT, env=environment))
    except Skipped as skipped:
        sys.exit(f"trouble skipped: {skipped}")


if __name__ == "__main__":
    main()
