"""Random numbers that can be repeated."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance(random.Random):
    """A random generator that depends only on its key: a seed and the name of its purpose.

    Each doctor, practice and person has a separate generator, so that more doctors, or doctors that
    exist already, do not change the others.
    """

    def __new__(cls, *key: object) -> Chance:
        return super().__new__(cls)

    def __init__(self, *key: object) -> None:
        super().__init__(":".join(map(str, key)))

    def happens(self, probability: float) -> bool:
        return self.random() < probability

    def one_of(self, weighted: dict[T, float]) -> T:
        """A random key of `weighted`; the value is the weight."""
        return self.choices(list(weighted), list(weighted.values()))[0]

    def few(self, things: Sequence[T], at_least: int, at_most: int) -> list[T]:
        """From `at_least` to `at_most` of `things`, in the same order."""
        count = min(len(things), self.randint(at_least, at_most))
        return [things[at] for at in sorted(self.sample(range(len(things)), count))]
