"""Fixed instants for tests, all around Monday 1 March 2027 in Paris (UTC+1)."""

import datetime as dt

FRIDAY_MORNING = dt.datetime(2027, 2, 26, 8, tzinfo=dt.UTC)
"""Three days before that Monday: "now" in most tests."""


def monday(clock: str) -> dt.datetime:
    """The instant of a Paris wall time on that Monday: monday("10:30")."""
    hour, minute = map(int, clock.split(":"))
    return dt.datetime(2027, 3, 1, hour - 1, minute, tzinfo=dt.UTC)
