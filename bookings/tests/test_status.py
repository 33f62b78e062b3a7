"""Each cell of the status table, against a table written by hand from the product's rules."""

from __future__ import annotations

import pytest

from bookings.status import CHANGES, LIVE, TOOK_PLACE, UPCOMING, Status, Verb, leads_to

# A dot is a refusal. The table lacks verbs that do not lead from one status to another: request,
# book and add walk-in make new visits, move and ask to move keep the status, undo reads the
# history. `correct` leads to the status after the colon; without one it is not asked for.
TABLE = """
verb          pending    confirmed    arrived      in_progress  done  no_show  cancelled
request       .          .            .            .            .     .        .
book          .          .            .            .            .     .        .
add_walk_in   .          .            .            .            .     .        .
confirm       confirmed  .            .            .            .     .        .
arrive        .          arrived      .            .            .     .        .
start         .          in_progress  in_progress  .            .     .        .
finish        .          done         done         done         .     .        .
mark_absent   .          no_show      .            .            .     .        .
cancel        cancelled  cancelled    cancelled    .            .     .        .
correct:done  .          .            done         done         .     done     .
correct:no_show  .       .            no_show      no_show      no_show  .     .
move          .          .            .            .            .     .        .
ask_to_move   .          .            .            .            .     .        .
undo          .          .            .            .            .     .        .
"""

HEADER, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (verb, status, None if cell == "." else cell)
    for verb, *cells in ROWS
    for status, cell in zip(HEADER[1:], cells, strict=True)
]


@pytest.mark.parametrize(("verb", "status", "to"), CELLS)
def test_every_verb_from_every_status(verb, status, to):
    verb, _colon, wanted = verb.partition(":")
    assert leads_to(Verb(verb), status, Status(wanted) if wanted else None) == to


def test_the_table_has_every_verb_and_every_status():
    verbs = dict.fromkeys(verb.partition(":")[0] for verb, *_cells in ROWS)
    assert sorted(verbs) == sorted(Verb.values)
    assert HEADER[1:] == Status.values


def test_no_verb_leads_where_it_started():
    assert [change for change in CHANGES if change.to in change.sources] == []


@pytest.mark.parametrize("status", ["", "lost", "Confirmed"])
def test_an_unknown_status_leads_nowhere(status):
    assert [leads_to(verb, status) for verb in Verb] == [None] * len(Verb)


def test_groups_of_statuses():
    assert list(LIVE) == ["pending", "confirmed", "arrived", "in_progress", "done"]
    assert list(UPCOMING) == ["pending", "confirmed"]
    assert list(TOOK_PLACE) == ["arrived", "in_progress", "done"]
