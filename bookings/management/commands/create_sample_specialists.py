"""An alias of `seed_doctors`: its name in the system that Tbib replaces."""

from bookings.management.commands.seed_doctors import Command

__all__ = ["Command"]
