"""What is kept for visitors, by the API and on cards, is never less true than what is read."""

import datetime as dt
from contextlib import suppress

import hypothesis
import pytest
from django.core.cache import cache, caches
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.factories import PatientFactory
from bookings import rules, services
from bookings.finding.visitor import TOKEN
from bookings.models import Appointment, Hold
from bookings.slots import SlotQuery, free_slots
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import monday
from bookings.tests.steps import book, hold, verified
from bookings.tests.test_kept_cards import one_who_draws_anew, page
from doctors.models import ConsultationType, Doctor
from doctors.tests.factories import ConsultationTypeFactory
from scheduling import services as agendas
from scheduling.models import OpeningHours
from scheduling.tests.factories import open_week
from web import kept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_answers")]

NOW = monday("09:10")
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return lambda instant: time_machine.move_to(instant, tick=False)


@pytest.fixture
def kind(clock):
    kind = ConsultationTypeFactory(duration=60)
    open_week(kind.doctor)
    return kind


def times(kind, reader=None, **asked):
    asked = {"consultation_type_id": kind.pk, "start_date": "2027-03-01", "days": 1} | asked
    address = f"/api/doctors/{kind.doctor_id}/slots"
    return (reader or Client()).get(address, asked).json().get("2027-03-01")


ALL = ["10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]


def without(*taken):
    return [time for time in ALL if time not in taken]


def test_a_second_visitor_costs_one_query(kind, django_assert_num_queries):
    assert times(kind) == ALL
    with django_assert_num_queries(1):
        assert times(kind) == ALL


def test_other_questions_have_other_answers(kind):
    other = ConsultationTypeFactory(doctor=kind.doctor, duration=480)
    assert (times(kind), times(other), times(kind, days=2)) == (ALL, [], ALL)


def test_a_booking_shows_at_once(kind):
    times(kind)
    book(kind, at="11:00", now=NOW)
    assert times(kind) == without("11:00")


def test_a_start_that_passes_is_gone(kind, clock):
    times(kind)
    clock(monday("10:00") + dt.datetime.resolution)
    assert times(kind) == without("10:00")


def test_a_hold_that_ends_is_free_again(kind, clock):
    kept_time = hold(kind, at="11:00", now=NOW - Hold.LASTS + 10 * SECOND)
    assert times(kind) == without("11:00")
    clock(kept_time.expires_at)
    assert times(kind) == ALL


def test_who_holds_a_time_sees_it_and_others_do_not(kind):
    reader = Client()
    session = reader.session
    session[TOKEN] = "mine"
    session.save()
    assert times(kind) == ALL
    hold(kind, token="mine", at="11:00", now=NOW)
    assert (times(kind, reader), times(kind)) == (ALL, without("11:00"))


def test_who_is_signed_in_reads_nothing_that_is_kept(kind):
    times(kind)
    AppointmentFactory(consultation_type=kind, starts_at=monday("11:00"))
    reader = Client()
    reader.force_login(PatientFactory().account)
    assert (times(kind, reader), times(kind)) == (without("11:00"), ALL)


def test_a_row_written_past_the_services_shows_within_60_seconds(kind, clock):
    times(kind)
    AppointmentFactory(
        consultation_type=kind, starts_at=monday("11:00"), ends_at=monday("12:00"), duration=60
    )
    clock(NOW + kept.AT_MOST - SECOND)
    assert times(kind) == ALL
    clock(NOW + kept.AT_MOST)
    assert (kept.AT_MOST, times(kind)) == (60 * SECOND, without("11:00"))


def test_a_clock_that_was_set_back_makes_nothing_true(kind, clock):
    clock(monday("10:30"))
    assert times(kind) == without("10:00")
    clock(NOW)
    assert times(kind) == ALL


def test_a_refusal_is_not_kept(kind, clock):
    Doctor.objects.update(books_online=False)
    address = f"/api/doctors/{kind.doctor_id}/slots"
    assert Client().get(address).status_code == 403
    Doctor.objects.update(books_online=True)
    assert Client().get(address).status_code == 200


def test_without_its_cache_the_times_are_read(kind, settings):
    away = {"BACKEND": "web.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"kept": away}
    assert (times(kind), times(kind)) == (ALL, ALL)


# -- random steps -------------------------------------------------------------------------------

starts = st.sampled_from(ALL)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["book", "hold", "cancel", "release", "look"]), starts),
        st.tuples(st.just("wait"), st.sampled_from([1, 59, 61, 5 * 60, 50 * 60, 25 * 3600])),
        st.tuples(st.sampled_from(["absence", "hours", "retire", "offer"]), starts),
    ),
    max_size=12,
)


def take(step, what, kind, now):
    """One step of somebody else, by the services."""
    doctor = Doctor.objects.get(pk=kind.doctor_id)
    visit = Appointment.objects.filter(doctor=doctor, status=Status.CONFIRMED).first()
    kind = ConsultationType.objects.select_related("doctor__practice").get(pk=kind.pk)
    if step == "book":
        book(kind, patient=verified(PatientFactory()), at=what, by=doctor.user, now=now)
    elif step == "hold":
        hold(kind, token=f"holds {what}", at=what, now=now)
    elif step == "release":
        services.release_hold(f"holds {what}", now=now)
    elif step == "cancel" and visit:
        services.cancel(visit, by=doctor.user, now=now)
    elif step == "absence":
        agendas.add_absence(doctor, starts_at=monday(what), ends_at=monday("17:00"))
    elif step == "hours":
        hour = int(what[:2]) * 60
        rows = [OpeningHours(weekday=0, start_minute=hour - 60, end_minute=hour + 120)]
        agendas.replace_hours(doctor, rows)
    elif step == "retire":
        agendas.retire_type(kind, now=now)
    elif step == "offer":
        agendas.offer_type_again(kind)


@hypothesis.settings(
    max_examples=15, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@given(steps=steps)
def test_after_any_steps_what_is_kept_is_what_is_read(steps, clock):
    now = NOW
    # A row of an example that was rolled back has the same key and version.
    caches["kept"].clear()
    cache.clear()
    anew = one_who_draws_anew()
    with transaction.atomic():
        kind = ConsultationTypeFactory(duration=60, notice_minutes=30)
        open_week(kind.doctor)
        for step, what in steps:
            if step == "wait":
                now += what * SECOND
                clock(now)
            else:
                with suppress(rules.Refusal), transaction.atomic():
                    take(step, what, kind, now)
            assert page() == page(anew)
            if ConsultationType.objects.get(pk=kind.pk).is_retired:
                assert times(kind) is None
                continue
            fresh = ConsultationType.objects.select_related("doctor__practice").get(pk=kind.pk)
            read = free_slots(SlotQuery(fresh.doctor, fresh), monday("09:00").date(), 1, now=now)
            assert times(kind) == [f"{each:%H:%M}" for each in next(iter(read.values()))]
        transaction.set_rollback(True)
    clock(NOW)
