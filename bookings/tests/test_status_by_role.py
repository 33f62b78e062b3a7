"""Every verb from every status, for every role, and the undo of it."""

import datetime as dt

import pytest

from accounts.tests.factories import AdminFactory
from bookings import rules, services
from bookings.status import Status, Verb, leads_to
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import monday
from bookings.tests.steps import secretary_of, version_of
from bookings.tests.test_desk import ELEVEN, TUESDAY, VERBS, apply
from doctors.tests.factories import DoctorFactory, MembershipFactory

pytestmark = pytest.mark.django_db

DESK = {
    "doctor": lambda visit: visit.doctor.user,
    "secretary": lambda visit: secretary_of(visit.doctor),
    "admin": lambda visit: AdminFactory(),
}
OTHERS = {
    "patient": lambda visit: visit.patient.account,
    "colleague": lambda visit: DoctorFactory(practice=visit.practice).user,
    "doctor elsewhere": lambda visit: DoctorFactory().user,
    "secretary elsewhere": lambda visit: MembershipFactory().user,
    "former secretary": lambda visit: (
        MembershipFactory(practice=visit.practice, ended_at=ELEVEN - dt.timedelta(days=1)).user
    ),
}
WANTED = [
    *((verb, None) for verb in VERBS),
    (Verb.CORRECT, Status.DONE),
    (Verb.CORRECT, Status.NO_SHOW),
]
CELLS = [(verb, to, before) for verb, to in WANTED for before in Status]
ALLOWED = [(verb, to, before) for verb, to, before in CELLS if leads_to(verb, before, to)]
# A second cancellation changes nothing and is not refused.
TWICE = (Verb.CANCEL, None, Status.CANCELLED)
REFUSED = [cell for cell in CELLS if cell not in ALLOWED and cell != TWICE]


def visit_that_is(before, verb):
    """A visit with status `before`: still ahead for a confirmation, begun for other verbs."""
    return AppointmentFactory(
        status=before, starts_at=monday("12:00" if verb is Verb.CONFIRM else "10:00")
    )


def moment(verb, before):
    """The later day for what is done on a later day only."""
    is_late = verb is Verb.CORRECT or (verb, before) == (Verb.FINISH, Status.CONFIRMED)
    return TUESDAY if is_late else ELEVEN


def is_untouched(visit, before):
    visit.refresh_from_db()
    left = (visit.status, visit.sequence, visit.changes.count(), version_of(visit.doctor))
    return left == (before, 0, 0, 0)


@pytest.mark.parametrize("role", DESK)
@pytest.mark.parametrize(("verb", "to", "before"), ALLOWED)
def test_the_desk_does_what_the_table_says_and_takes_it_back(role, verb, to, before):
    visit = visit_that_is(before, verb)
    by, after, now = DESK[role](visit), leads_to(verb, before, to), moment(verb, before)
    changed = apply(verb, visit, by=by, to=to, now=now)
    visit.refresh_from_db()
    assert (visit.status, changed.status, visit.sequence) == (after, after, 1)
    stamps = visit.changes.values_list("verb", "from_status", "to_status", "by", "at")
    assert list(stamps) == [(verb, before, after, by.pk, now)]
    assert version_of(visit.doctor) == 1
    assert services.undo(visit, by=by, now=now).status == before
    visit.refresh_from_db()
    assert visit.status == before


@pytest.mark.parametrize("role", DESK)
@pytest.mark.parametrize(("verb", "to", "before"), REFUSED)
def test_the_desk_does_nothing_else(role, verb, to, before):
    visit = visit_that_is(before, verb)
    with pytest.raises(rules.StateConflict):
        apply(verb, visit, by=DESK[role](visit), to=to, now=moment(verb, before))
    assert is_untouched(visit, before)


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize(("verb", "to", "before"), ALLOWED + REFUSED)
def test_nobody_else_does_anything_to_it(role, verb, to, before):
    visit = visit_that_is(before, verb)
    by = OTHERS[role](visit)
    # The patient can cancel until the deadline, so the deadline must refuse here.
    with pytest.raises(rules.Refusal):
        apply(verb, visit, by=by, to=to, now=moment(verb, before))
    assert is_untouched(visit, before)


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_takes_anything_back(role):
    visit = visit_that_is(Status.CONFIRMED, Verb.ARRIVE)
    apply(Verb.ARRIVE, visit)
    with pytest.raises(rules.Refusal):
        services.undo(visit, by=OTHERS[role](visit), now=ELEVEN)
    visit.refresh_from_db()
    assert visit.status == Status.ARRIVED
