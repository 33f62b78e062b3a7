"""In which order the database was written: kept by triggers, in the throw-away database only.

Who writes under the doctor's lock gets the next number under it. So a booking with a higher
number than the absence in its way looked before the absence was there and wrote after it: the
very thing that the lock forbids, and that no answer would show.
"""

from __future__ import annotations

from django.db import connection

WATCHED = {
    "booking": ("bookings_appointment", "INSERT"),
    "absence": ("scheduling_doctorabsence", "INSERT"),
    "hours": ("scheduling_openinghours", "UPDATE"),
    "type": ("doctors_consultationtype", "UPDATE"),
}

SQLITE_TABLE = (
    "CREATE TABLE race_journal (number integer PRIMARY KEY AUTOINCREMENT, what text, pk text)"
)
SQLITE_TRIGGER = """\
CREATE TRIGGER race_{what} AFTER {event} ON {table}
BEGIN INSERT INTO race_journal (what, pk) VALUES ('{what}', NEW.id); END"""

POSTGRES_TABLE = "CREATE TABLE race_journal (number bigserial PRIMARY KEY, what text, pk text)"
POSTGRES_FUNCTION = """\
CREATE FUNCTION race_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO race_journal (what, pk) VALUES (TG_ARGV[0], replace(NEW.id::text, '-', ''));
  RETURN NULL;
END $$"""
POSTGRES_TRIGGER = """\
CREATE TRIGGER race_{what} AFTER {event} ON {table}
FOR EACH ROW EXECUTE FUNCTION race_write('{what}')"""


def keep() -> None:
    """Write down from now on who wrote when."""
    is_postgres = connection.vendor == "postgresql"
    trigger = POSTGRES_TRIGGER if is_postgres else SQLITE_TRIGGER
    with connection.cursor() as cursor:
        for sql in [POSTGRES_TABLE, POSTGRES_FUNCTION] if is_postgres else [SQLITE_TABLE]:
            cursor.execute(sql)
        for what, (table, event) in WATCHED.items():
            cursor.execute(trigger.format(what=what, table=table, event=event))


def number(what: str, pk: object) -> int:
    """The number of the last write of that row; 0 when there was none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(number) FROM race_journal WHERE what = %s AND pk = %s",
            [what, str(pk).replace("-", "")],
        )
        return int(cursor.fetchone()[0] or 0)
