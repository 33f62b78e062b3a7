"""What time alone does to a grid: its token says when, never too late.

The grid is compared as it is drawn, so that whatever it may say one day is held to it too.
"""

import datetime as dt
import re

import hypothesis
import pytest
from django.db import transaction
from django.template.loader import render_to_string
from hypothesis import example, given

from accounts.tests.factories import PatientFactory
from bookings import services
from bookings.finding.address import PanelAddress
from bookings.finding.grid import read_grid
from bookings.finding.live import Token, changed_doctors
from bookings.finding.visitor import Reader
from bookings.models import Hold
from bookings.slots import SlotQuery
from bookings.tests.factories import AppointmentFactory, HoldFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, hold, verified
from bookings.tests.test_slots_agree import AUTUMN_NIGHT, PLAIN, WORLDS, agendas, build
from doctors.models import Doctor
from doctors.tests.factories import ConsultationTypeFactory
from scheduling import engine
from scheduling.tests.factories import AbsenceFactory, open_week

pytestmark = pytest.mark.django_db

MICROSECOND = dt.datetime.resolution
MINUTE = dt.timedelta(minutes=1)
MONDAY = dt.date(2027, 3, 1)


def grid_of(kind, now, first_day=MONDAY):
    """What the page of somebody with the hold "mine" shows."""
    doctor = Doctor.objects.for_pages().get(pk=kind.doctor_id)
    state = PanelAddress(doctor.get_absolute_url(), False, kind.pk, first_day)
    query = SlotQuery(doctor, kind)
    types = doctor.consultation_types.offered()
    return read_grid(state, query, Reader(now, token="mine"), types=types)


class OpenPage:
    """An open page: the grid as it was drawn, and the tokens that came with it."""

    def __init__(self, grid):
        self.tokens = [Token.read(text) for text in grid.live.split()]
        self.until = min(each.until for each in self.tokens)
        drawn = render_to_string("bookings/partials/slot_grid.html", {"grid": grid})
        self.grid = re.sub(r' data-(live|clock)="[^"]*"', "", drawn)

    def hears_of_a_change(self, now):
        return changed_doctors(self.tokens, now=now) != []


def until(kind, now, **options):
    return OpenPage(grid_of(kind, now, **options)).until


class TestWhatTimeDoes:
    """The instant in the token, case by case."""

    def test_a_start_is_shown_until_its_own_instant(self):
        kind = ConsultationTypeFactory()
        assert until(kind, monday("09:10")) == monday("09:30") + MICROSECOND

    def test_notice_takes_it_away_earlier(self):
        kind = ConsultationTypeFactory(notice_minutes=120)
        assert until(kind, monday("09:10")) == monday("09:30") + MICROSECOND
        assert grid_of(kind, monday("09:10")).days[0].starts[0] == monday("11:30")

    def test_a_day_of_ones_own_ends_at_the_practices_midnight(self):
        kind = ConsultationTypeFactory(doctor__practice__time_zone="America/New_York")
        midnight = dt.datetime(2027, 2, 27, 5, tzinfo=dt.UTC)
        assert until(kind, FRIDAY_MORNING + dt.timedelta(hours=12)) == midnight

    @pytest.mark.parametrize(
        ("day", "hours"), [(dt.date(2027, 3, 28), 23), (dt.date(2027, 10, 31), 25)]
    )
    def test_a_day_on_which_clocks_change_is_as_long_as_it_is(self, day, hours):
        kind = ConsultationTypeFactory()
        midnight, _end = engine.day_span(day, kind.doctor.practice.zone)
        later = day + 7 * engine.DAY
        assert until(kind, midnight, first_day=later) == midnight + dt.timedelta(hours=hours)

    def test_somebody_elses_hold_ends(self):
        kind = ConsultationTypeFactory()
        theirs = hold(kind, token="theirs")
        assert until(kind, FRIDAY_MORNING) == theirs.expires_at

    def test_ones_own_hold_hides_nothing_and_changes_nothing(self):
        kind = ConsultationTypeFactory()
        before = until(kind, FRIDAY_MORNING)
        hold(kind, token="mine")
        assert until(kind, FRIDAY_MORNING) == before

    def test_a_hold_of_later_days_delays_the_next_free_time(self):
        kind = ConsultationTypeFactory(duration=480)
        AbsenceFactory(doctor=kind.doctor, ends_at=monday("09:00") + 5 * engine.DAY)
        theirs = HoldFactory(
            consultation_type=kind,
            starts_at=monday("09:00") + 5 * engine.DAY,
            expires_at=FRIDAY_MORNING + MINUTE,
        )
        grid = grid_of(kind, FRIDAY_MORNING)
        assert grid.nothing.next_start == monday("09:00") + 6 * engine.DAY
        assert OpenPage(grid).until == theirs.expires_at
        after = grid_of(kind, theirs.expires_at)
        assert after.nothing.next_start == theirs.starts_at

    def test_the_next_free_time_comes_too_near(self):
        kind = ConsultationTypeFactory(notice_minutes=4 * 24 * 60)
        # On Friday 08:00 UTC, Tuesday 09:00 in Paris is free; the three days from Saturday on
        # are within the notice.
        grid = grid_of(kind, FRIDAY_MORNING, first_day=dt.date(2027, 2, 27))
        assert grid.nothing.next_start == monday("09:00") + engine.DAY
        assert OpenPage(grid).until == FRIDAY_MORNING + MICROSECOND

    def test_an_emergency_is_offered_24_hours_before(self):
        kind = ConsultationTypeFactory(is_emergency_only=True)
        now = monday("17:10")
        shown = [start for day in grid_of(kind, now).days for start in day.starts]
        assert shown[-1] == monday("16:30") + engine.DAY
        assert until(kind, monday("09:40")) == monday("10:00")

    def test_a_rule_that_refuses_holds_until_midnight(self):
        kind = ConsultationTypeFactory(is_emergency_only=True)
        midnight = dt.datetime(2027, 2, 26, 23, tzinfo=dt.UTC)
        assert until(kind, FRIDAY_MORNING) == midnight


@hypothesis.settings(max_examples=15)
@example(agenda=AUTUMN_NIGHT)
@example(agenda=PLAIN | {"world": WORLDS[1], "is_emergency_only": True, "now": 20})
@example(agenda=PLAIN | {"notice_minutes": 1440, "now": 8})
@example(agenda=PLAIN | {"absences": [(0, (2 * 365 * 24 + 11) * 60 // 5)], "now": 10})
@given(agenda=agendas())
def test_a_grid_stays_as_it_is_until_the_instant_in_its_token(agenda):
    with transaction.atomic():
        query, first_day, now = build(agenda)
        # An alternative, for days without a free time.
        ConsultationTypeFactory(doctor=query.doctor, duration=45, notice_minutes=60)
        for number, theirs in enumerate(Hold.objects.exclude(token="mine")):
            theirs.expires_at = now + (2 * number + 1) * MINUTE
            theirs.save()
        for _change in range(8):
            page = OpenPage(grid_of(query.consultation_type, now, first_day))
            assert now < page.until
            for still in (now + 0.37 * (page.until - now), page.until - MICROSECOND):
                assert not page.hears_of_a_change(still)
                assert (
                    OpenPage(grid_of(query.consultation_type, still, first_day)).grid == page.grid
                )
            now = page.until
            assert page.hears_of_a_change(now)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "kind",
    [
        {"notice_minutes": 45},
        {"is_emergency_only": True},
        {"duration": 60, "buffer_after": 15, "horizon_days": 1},
    ],
    ids=["notice", "emergency", "horizon"],
)
def test_an_hour_and_a_half_minute_by_minute_while_others_book(kind):
    """The page draws its grid anew when it hears of a change: it always shows what is true."""
    kind = ConsultationTypeFactory(**kind)
    open_week(kind.doctor)
    person = verified(PatientFactory())
    visit = AppointmentFactory(consultation_type=kind, patient=person, starts_at=monday("14:00"))
    kind.doctor.practice.cancellation_deadline_hours = 0
    kind.doctor.practice.save()
    happens = {
        10: lambda now: hold(kind, token="theirs", at="12:00", now=now),
        20: lambda now: hold(kind, token="mine", at="10:00", now=now),
        30: lambda now: services.cancel(visit, by=person.account, now=now),
        40: lambda now: book(kind, patient=person, at="15:00", now=now),
        50: lambda now: AbsenceFactory(doctor=kind.doctor) and kind.doctor.touch_calendar(),
    }
    page, drawn = OpenPage(grid_of(kind, monday("08:30"))), 1
    for minute in range(90):
        now = monday("08:30") + minute * MINUTE
        happens.get(minute, lambda now: None)(now)
        if page.hears_of_a_change(now):
            page, drawn = OpenPage(grid_of(kind, now)), drawn + 1
        assert OpenPage(grid_of(kind, now)).grid == page.grid, minute
    # Once for each change and a few times more, not at every look.
    assert drawn < 20
