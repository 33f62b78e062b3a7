"""How fast the site is: `make bench`, or

    bin/bench.py                        every row, both databases; writes docs/benchmarks.md
    bin/bench.py --quick                a small world, two minutes, writes nothing
    bin/bench.py --only results,home    these rows alone
    bin/bench.py --database sqlite      one database
    bin/bench.py --only home --write    and writes docs/benchmarks.md from all rows measured so far

`bin/bench.py` makes the worlds (kept in .cache/bench until the day, the sample data or the
migrations change) and starts a process for each measure, because a process has one database. A
measure prints each row as a line of JSON. All figures are CPU of the web process, because the clock
of a shared machine measures its neighbours: medians of interleaved rounds, over the constant JSON
view of the same process. A row worse than its line in budget.toml makes the command fail.

- `plan` names the measures, their rows and their worlds; `budget` judges, `report` prints
- `world` fills a database; `site` is the site inside a measure's process
- `timing` and `serving` are the two ways to ask: in this process, and over HTTP from gunicorn
- the other modules are measures
"""
