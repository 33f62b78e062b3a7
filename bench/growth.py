"""The public pages in a world of another size: `bench.report` compares them with the smallest."""

from bench.pages import main

__all__ = ["main"]
