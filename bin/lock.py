"""Pin the newest versions that requirements*.in and package.json allow, with hashes."""

from __future__ import annotations

import sys

from setup import PYTHON, ROOT, SetupError, find_node, run

# In this order: the development lock is constrained by the runtime one.
REQUIREMENTS = ("requirements", "requirements-dev", "requirements-node")


def main() -> None:
    try:
        for name in REQUIREMENTS:
            lock_python(name)
        lock_npm()
    except SetupError as error:
        sys.exit(str(error))
    refuse_addresses()


def lock_python(name: str) -> None:
    run(
        *[str(PYTHON), "-m", "uv", "pip", "compile", "--quiet", "--upgrade"],
        # One lock for every platform and every Python that Tbib runs on.
        *["--universal", "--python-version", "3.11", "--generate-hashes"],
        *["--no-emit-index-url", "--custom-compile-command", "make lock"],
        *[f"{name}.in", "--output-file", f"{name}.txt"],
    )


def lock_npm() -> None:
    _, npm = find_node()
    run(*npm, "update", "--package-lock-only", "--ignore-scripts", "--loglevel=error")


def refuse_addresses() -> None:
    """A lock must work with any mirror, so it names no registry."""
    for lock in [*(f"{name}.txt" for name in REQUIREMENTS), "package-lock.json"]:
        for line in (ROOT / lock).read_text().splitlines():
            # "url" is where an npm package asks for money.
            if '"resolved"' in line or ("://" in line and '"url"' not in line):
                sys.exit(f"{lock} names an address: {line.strip()}")


if __name__ == "__main__":
    main()
