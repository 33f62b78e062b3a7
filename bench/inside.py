"""Runs a module of this package with the site set up around it: `python -m bench.inside pages`."""

import importlib
import sys

from bench import constant


def main() -> None:
    assert constant.application
    importlib.import_module(f"bench.{sys.argv.pop(1)}").main()


if __name__ == "__main__":
    main()
