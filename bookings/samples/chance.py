"""Luck that can be told again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance(random.Random):
    """Random numbers that depend on a seed and on what they are for, and on nothing else.

    One generator for each doctor, practice and person: asking for more doctors, or leaving
    some out because they exist already, changes nobody else.
    """

    def __new__(cls, *key: object) -> Chance:
        return super().__new__(cls)

    def __init__(self, *key: object) -> None:
        super().__init__(":".join(map(str, key)))

    def happens(self, probability: float) -> bool:
        return self.random() < probability

    def one_of(self, weighted: dict[T, float]) -> T:
        """A key of `weighted`, as often as its weight says."""
        return self.choices(list(weighted), list(weighted.values()))[0]

    def few(self, things: Sequence[T], at_least: int, at_most: int) -> list[T]:
        """Some of `things`, in their own order."""
        count = min(len(things), self.randint(at_least, at_most))
        return [things[at] for at in sorted(self.sample(range(len(things)), count))]
