"""Races of many people for the same times: `make race`, or

    bin/race.py                          every scenario, on SQLite and on PostgreSQL
    bin/race.py --database sqlite        one database
    bin/race.py --only hold --rounds 40  the scenarios with "hold" in their name, longer

For each database `bin/race.py` makes a new one and starts `python -m tests.race`, which

1. fills it with a small clinic (`clinic`): twenty patients, a secretary, an admin, all signed in;
2. serves the site from it with gunicorn, two processes of eight threads (`server`);
3. lets 16 people send their forms in the same instant, over HTTP, with cookies and CSRF tokens
   like any browser's (`browser`), scenario by scenario (`scenarios`, `storm`);
4. checks the database after each: no two visits of a doctor overlap, every change has one history
   row and one message, every refusal has words and three times that are really free (`checks`),
   and the order of writes is right (`journal`);
5. removes the guards (`controls`, `unguarded_wsgi`) and fails when no slot is booked twice then,
   because such a race proves nothing.

It prints the answers in one line for each scenario. Any 5xx is a failure, even a 503 for a busy
database, and so is a deadlock that PostgreSQL counted.
"""
