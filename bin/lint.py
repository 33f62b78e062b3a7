"""Run every check that is not a test, and print the failed ones: `make lint`."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from setup import find_node

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
BIOME = "node_modules/@biomejs/biome/bin/biome"

# The checks read no data, and they must not touch the developer's database.
NO_DATABASE = "sqlite://:memory:"
DEVELOPMENT = {
    "DEBUG": "on",
    "SECRET_KEY": "for checks only: nothing is signed with it",
    "ALLOWED_HOSTS": "localhost",
    "DATABASE_URL": NO_DATABASE,
}
PRODUCTION = {
    "DEBUG": "off",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "example.org",
    "DATABASE_URL": NO_DATABASE,
    "SITE_URL": "https://example.org",
}

TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("templates/**/*.html"))

CHECKS = (
    ("style", ["ruff", "check", "."], DEVELOPMENT),
    ("format", ["ruff", "format", "--check", "."], DEVELOPMENT),
    ("template format", ["djade", "--target-version", "5.2", "--check", *TEMPLATES], DEVELOPMENT),
    ("templates", ["djlint", "--lint", "--quiet", "templates"], DEVELOPMENT),
    ("scripts and styles", ["node", BIOME, "check", "--error-on-warnings"], DEVELOPMENT),
    ("types", ["mypy"], DEVELOPMENT),
    ("layers", ["lint-imports", "--no-logo"], DEVELOPMENT),
    (
        "migrations",
        ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
        DEVELOPMENT,
    ),
    ("translations", ["python", "bin/messages.py", "--check"], DEVELOPMENT),
    (
        "production settings",
        ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
)


def main() -> None:
    failed = [name for name, command, settings in CHECKS if not passes(name, command, settings)]
    print("\n== checks ==")
    for name, _, _ in CHECKS:
        print(f"{name:20} {'FAILED' if name in failed else 'passed'}")
    sys.exit(bool(failed))


def passes(name: str, command: list[str], settings: dict[str, str]) -> bool:
    print(f"\n== {name} ==", flush=True)
    program = find_node()[0] if command[0] == "node" else str(PROGRAMS / command[0])
    environment = {**os.environ, **settings}
    return subprocess.call([program, *command[1:]], cwd=ROOT, env=environment) == 0


if __name__ == "__main__":
    main()
