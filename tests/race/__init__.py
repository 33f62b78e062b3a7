"""Many people want the same hours at the same moment: `make race`, or

    bin/race.py                          every scenario, on SQLite and on PostgreSQL
    bin/race.py --database sqlite        one database
    bin/race.py --only hold --rounds 40  the scenarios with "hold" in their name, longer

For each database `bin/race.py` makes a new one and starts `python -m tests.race`, which

1. fills it with a small clinic (`clinic`): twenty patients, a secretary, an admin, all signed in;
2. serves the site from it with gunicorn, two processes of eight threads (`server`);
3. lets 16 people send their forms in the same instant, over HTTP, with cookies and CSRF tokens
   like any browser's (`browser`), scenario by scenario (`scenarios`, `storm`);
4. looks into the database after each: no two visits of a doctor overlap, one history row and one
   message for every change, every refusal with its reason and three times that are really free
   (`checks`), nothing written in the wrong order (`journal`);
5. takes the guards away (`controls`, `unguarded_wsgi`) and fails when nobody is booked twice then,
   because such a race would prove nothing.

A line for each scenario says what was answered. Any 5xx is a failure, a 503 for a busy database
included, and so is a deadlock that PostgreSQL counted.
"""
