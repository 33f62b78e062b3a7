"""The order of writes, kept by triggers, in the temporary database only.

A write under the doctor's lock gets the next number. When a booking has a higher number than the
absence that closes its time, the booking was checked before the absence and written after it. The
lock must prevent this, and no answer shows it.
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
    """Keep the order of writes from now on."""
    is_postgres = connection.vendor == "postgresql"
    trigger = POSTGRES_TRIGGER if is_postgres else SQLITE_TRIGGER
    with connection.cursor() as cursor:
        for sql in [POSTGRES_TABLE, POSTGRES_FUNCTION] if is_postgres else [SQLITE_TABLE]:
            cursor.execute(sql)
        for what, (table, event) in WATCHED.items():
            cursor.execute(trigger.format(what=what, table=table, event=event))


def number(what: str, pk: object) -> int:
    """The number of the last write of a row, 0 when there was none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(number) FROM race_journal WHERE what = %s AND pk = %s",
            [what, str(pk).replace("-", "")],
        )
        return int(cursor.fetchone()[0] or 0)
