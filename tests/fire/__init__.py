"""The outbox under fire: see `__main__`."""
