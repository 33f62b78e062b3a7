"""Send thousands of reminders through a bad mail server, on SQLite and on PostgreSQL: `make fire`.

tests/fire says what goes wrong and which results are right. `--database NAME` picks one database;
other options are those of `python -m tests.fire`.
"""

import race

if __name__ == "__main__":
    race.main("tests.fire", "fire")
