"""The constraints of the database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.utils.module_loading import import_string
from factory import SubFactory

from accounts.tests.factories import PatientFactory, UserFactory
from bookings.models import Appointment, CalendarFeed, Offer, StatusChange
from bookings.models.appointment import OVERLAP
from bookings.status import LIVE, Status, Verb
from bookings.tests.factories import (
    MONDAY_AT_TEN,
    AppointmentFactory,
    FirstTimeFactory,
    HoldFactory,
    InvitationFactory,
    MessageChoicesFactory,
    NotificationFactory,
    OfferFactory,
    WaitingListEntryFactory,
)
from doctors.tests.factories import (
    LONG_AGO,
    ConsultationTypeFactory,
    DoctorFactory,
    PracticeFactory,
)
from scheduling.constraints import MinutesAfter, NoOverlap

pytestmark = pytest.mark.django_db

THE_CONSTRAINT = next(each for each in Appointment._meta.constraints if each.name == OVERLAP)


def at(clock: str) -> dt.datetime:
    """The instant of a UTC time on Monday 1 March 2027."""
    hours, minutes = clock.split(":")
    return dt.datetime(2027, 3, 1, int(hours), int(minutes), tzinfo=dt.UTC)


@pytest.fixture
def consultation_type():
    return ConsultationTypeFactory()


def visit(consultation_type, start: str, end: str, **values) -> Appointment:
    return AppointmentFactory(
        consultation_type=consultation_type, starts_at=at(start), ends_at=at(end), **values
    )


@contextlib.contextmanager
def refused(name: str):
    """Expect that the block fails on the constraint `name`, as the database's error says."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        yield


# Overlap -----------------------------------------------------------------------------------------

OVERLAPPING = {
    "the same time": (("10:00", "10:30"), ("10:00", "10:30")),
    "a later start": (("10:00", "10:30"), ("10:15", "10:45")),
    "one contains the other": (("10:00", "11:00"), ("10:20", "10:35")),
    "the same start": (("10:00", "11:00"), ("10:00", "10:15")),
    "the same end": (("10:00", "11:00"), ("10:45", "11:00")),
    "one minute": (("10:00", "10:31"), ("10:30", "11:00")),
    "eight hours": (("08:00", "16:00"), ("15:59", "16:04")),
}
both_orders = pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(a, b, id=name) for name, (a, b) in OVERLAPPING.items()]
    + [pytest.param(b, a, id=f"{name}, reversed") for name, (a, b) in OVERLAPPING.items()],
)


@both_orders
def test_overlap_is_refused_on_insert(consultation_type, first, second):
    visit(consultation_type, *first)

    with refused(OVERLAP):
        visit(consultation_type, *second)

    assert list(Appointment.objects.values_list("starts_at", "ends_at")) == [
        (at(first[0]), at(first[1]))
    ]


@both_orders
def test_overlap_is_refused_when_times_change(consultation_type, first, second):
    visit(consultation_type, *first)
    moved = visit(consultation_type, "18:00", "18:30")

    with refused(OVERLAP):
        Appointment.objects.filter(pk=moved.pk).update(
            starts_at=at(second[0]), ends_at=at(second[1])
        )


def test_overlap_is_refused_on_insert_of_many_at_once(consultation_type):
    rows = AppointmentFactory.build_batch(
        2, consultation_type=consultation_type, patient=PatientFactory(), booked_by=None
    )

    with refused(OVERLAP):
        Appointment.objects.bulk_create(rows)


def test_overlap_is_refused_when_only_the_end_is_extended(consultation_type):
    visit(consultation_type, "10:30", "11:00")
    longer = visit(consultation_type, "10:00", "10:30")

    with refused(OVERLAP):
        Appointment.objects.filter(pk=longer.pk).update(ends_at=at("10:31"))


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.NO_SHOW])
def test_overlap_is_refused_when_a_visit_comes_back_to_life(consultation_type, status):
    gone = visit(consultation_type, "10:00", "10:30", status=status)
    visit(consultation_type, "10:00", "10:30")

    with refused(OVERLAP):
        Appointment.objects.filter(pk=gone.pk).update(status=Status.CONFIRMED)


def test_overlap_is_refused_when_a_visit_is_no_longer_overbooked(consultation_type):
    extra = visit(consultation_type, "10:00", "10:30", is_overbooked=True)
    visit(consultation_type, "10:00", "10:30")

    with refused(OVERLAP):
        Appointment.objects.filter(pk=extra.pk).update(is_overbooked=False)


def test_overlap_is_refused_when_a_visit_changes_doctor(consultation_type):
    visit(consultation_type, "10:00", "10:30")
    of_another = visit(ConsultationTypeFactory(), "10:00", "10:30")

    with refused(OVERLAP):
        Appointment.objects.filter(pk=of_another.pk).update(doctor=consultation_type.doctor)


def test_overlap_is_refused_when_a_walk_in_gets_a_time(consultation_type):
    visit(consultation_type, "10:00", "10:30")
    walk_in = AppointmentFactory(consultation_type=consultation_type, walk_in=True)

    with refused(OVERLAP):
        Appointment.objects.filter(pk=walk_in.pk).update(
            starts_at=at("10:00"), ends_at=at("10:30"), queue_date=None, queue_number=None
        )


@pytest.mark.parametrize("status", LIVE)
def test_every_live_status_occupies_its_time(consultation_type, status):
    visit(consultation_type, "10:00", "10:30", status=status)

    with refused(OVERLAP):
        visit(consultation_type, "10:00", "10:30")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"starts_at": at("09:30"), "ends_at": at("10:00")}, id="just before"),
        pytest.param({"starts_at": at("10:30"), "ends_at": at("11:00")}, id="just after"),
        pytest.param({"status": Status.CANCELLED}, id="cancelled"),
        pytest.param({"status": Status.NO_SHOW}, id="absent"),
        pytest.param({"is_overbooked": True}, id="overbooked on purpose"),
        pytest.param({"walk_in": True}, id="without a time"),
    ],
)
def test_what_may_stand_beside_a_visit(consultation_type, other):
    values = {"starts_at": at("10:00"), "ends_at": at("10:30")} | other
    if values.get("walk_in"):
        del values["starts_at"], values["ends_at"]
    visit(consultation_type, "10:00", "10:30")

    beside = AppointmentFactory(consultation_type=consultation_type, **values)
    beside.reason = "Saved once more, times and all"
    beside.save()

    assert Appointment.objects.count() == 2


def test_two_walk_ins_of_a_day_do_not_overlap(consultation_type):
    AppointmentFactory.create_batch(2, consultation_type=consultation_type, walk_in=True)

    assert Appointment.objects.count() == 2


def test_two_doctors_work_at_the_same_time(consultation_type):
    visit(consultation_type, "10:00", "10:30")
    visit(ConsultationTypeFactory(), "10:00", "10:30")

    assert Appointment.objects.count() == 2


def test_one_doctor_is_not_at_two_practices_at_once(consultation_type):
    visit(consultation_type, "10:00", "10:30")

    with refused(OVERLAP):
        visit(consultation_type, "10:00", "10:30", practice=PracticeFactory())


def test_a_visit_may_be_saved_again_and_moved_within_its_own_time(consultation_type):
    moved = visit(consultation_type, "10:00", "10:30")
    moved.starts_at, moved.ends_at = at("10:15"), at("10:45")
    moved.save()
    moved.refresh_from_db()

    assert (moved.starts_at, moved.ends_at) == (at("10:15"), at("10:45"))


# The guard itself --------------------------------------------------------------------------------


def guards() -> list[str]:
    """The names of the constraint or triggers that prevent overlaps in this database."""
    table = Appointment._meta.db_table
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
        "postgresql": (
            "SELECT conname FROM pg_constraint WHERE contype = 'x' AND conrelid = %s::regclass"
        ),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql, [table])
        return sorted(name for (name,) in cursor.fetchall())


GUARDS = {
    "sqlite": [f"{OVERLAP}_insert", f"{OVERLAP}_update"],
    "postgresql": [OVERLAP],
}


def test_the_guard_stands_after_all_migrations():
    assert guards() == GUARDS[connection.vendor]


@pytest.mark.django_db(transaction=True)
def test_the_guard_stands_after_the_table_is_made_anew(consultation_type):
    field = Appointment._meta.get_field("type_name")
    longer = models.CharField(max_length=200, blank=True)
    longer.set_attributes_from_name("type_name")
    longer.model = Appointment
    try:
        with connection.schema_editor() as editor:
            editor.alter_field(Appointment, field, longer, strict=True)
        assert guards() == GUARDS[connection.vendor]
        visit(consultation_type, "10:00", "10:30")
        with refused(OVERLAP):
            visit(consultation_type, "10:15", "10:45")
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Appointment, longer, field)
    assert guards() == GUARDS[connection.vendor]


def test_without_the_guard_the_overlap_goes_in(consultation_type):
    """The control of the tests above: they pass because of the guard only."""
    drop = {
        "sqlite": "DROP TRIGGER {}",
        "postgresql": f"ALTER TABLE {Appointment._meta.db_table} DROP CONSTRAINT {{}}",
    }[connection.vendor]
    with connection.cursor() as cursor:
        for name in guards():
            cursor.execute(drop.format(name))

    visit(consultation_type, "10:00", "10:30")
    visit(consultation_type, "10:15", "10:45")

    assert Appointment.objects.count() == 2


# Errors of forms and the admin -------------------------------------------------------------------


def unsaved(consultation_type, start: str, end: str, **values) -> Appointment:
    return AppointmentFactory.build(
        consultation_type=consultation_type,
        patient=PatientFactory(),
        booked_by=None,
        starts_at=at(start),
        ends_at=at(end),
        **values,
    )


def test_validate_refuses_an_overlap_by_its_code(consultation_type):
    visit(consultation_type, "10:00", "10:30")

    with pytest.raises(ValidationError) as refusal:
        THE_CONSTRAINT.validate(Appointment, unsaved(consultation_type, "10:15", "10:45"))

    assert refusal.value.code == "overlap"


def test_full_clean_names_the_overlap(consultation_type):
    visit(consultation_type, "10:00", "10:30")

    with pytest.raises(ValidationError) as refusal:
        unsaved(consultation_type, "10:15", "10:45").full_clean()

    assert [error.code for error in refusal.value.error_dict["__all__"]] == ["overlap"]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"status": Status.CANCELLED}, id="cancelled"),
        pytest.param({"is_overbooked": True}, id="overbooked on purpose"),
    ],
)
def test_validate_admits_what_the_database_admits(consultation_type, values):
    visit(consultation_type, "10:00", "10:30")

    THE_CONSTRAINT.validate(Appointment, unsaved(consultation_type, "10:00", "10:30", **values))


def test_validate_admits_touching_visits_and_the_visit_itself(consultation_type):
    booked = visit(consultation_type, "10:00", "10:30")

    THE_CONSTRAINT.validate(Appointment, unsaved(consultation_type, "10:30", "11:00"))
    THE_CONSTRAINT.validate(Appointment, booked)


def test_validate_admits_a_walk_in(consultation_type):
    visit(consultation_type, "10:00", "10:30")

    THE_CONSTRAINT.validate(
        Appointment, AppointmentFactory.build(consultation_type=consultation_type, walk_in=True)
    )


def test_validate_leaves_a_form_without_a_doctor_to_the_field(consultation_type):
    half_filled = Appointment(starts_at=at("10:00"), ends_at=at("10:30"), status=Status.CONFIRMED)

    THE_CONSTRAINT.validate(Appointment, half_filled, exclude={"doctor"})


# In migrations -----------------------------------------------------------------------------------


def rules(**changed) -> NoOverlap:
    given: dict[str, Any] = {
        "name": "no_overlap",
        "group": "doctor",
        "start": "starts_at",
        "end": "ends_at",
        "condition": Q(is_overbooked=False, starts_at__isnull=False),
        "longest": dt.timedelta(hours=8),
        "violation_error_code": "overlap",
    }
    return NoOverlap(**(given | changed))


def test_deconstruct_round_trip():
    path, args, options = THE_CONSTRAINT.deconstruct()

    assert import_string(path)(*args, **options) == THE_CONSTRAINT
    assert THE_CONSTRAINT.clone() == THE_CONSTRAINT


def test_equal_rules_are_equal():
    assert rules() == rules()
    assert hash(rules()) == hash(rules())


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "another"},
        {"group": "practice"},
        {"start": "created_at"},
        {"end": "created_at"},
        {"condition": Q(starts_at__isnull=False)},
        {"longest": dt.timedelta(hours=9)},
        {"violation_error_code": "taken"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_rules_that_differ_are_not_equal(changed):
    assert rules() != rules(**changed)


def test_minutes_after_round_trip():
    path, args, options = MinutesAfter("starts_at", 480).deconstruct()

    assert import_string(path)(*args, **options) == MinutesAfter("starts_at", 480)
    assert MinutesAfter("starts_at", 480) != MinutesAfter("starts_at", 479)


# Every other constraint --------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [5, 480])
def test_a_visit_may_last_from_5_to_480_minutes(minutes):
    consultation_type = ConsultationTypeFactory(duration=minutes)

    made = AppointmentFactory(consultation_type=consultation_type)

    assert made.ends_at - made.starts_at == dt.timedelta(minutes=minutes)


LATER = MONDAY_AT_TEN + dt.timedelta(minutes=30)
LONG_AFTER = MONDAY_AT_TEN + dt.timedelta(minutes=481)
YEARS_AFTER = MONDAY_AT_TEN + dt.timedelta(days=1200)
TODAY = MONDAY_AT_TEN.date()

UNKNOWN = "appointment_status_is_known"
ORDER = "appointment_starts_before_it_ends"
LONGEST = "appointment_lasts_480_minutes_at_most"
DURATION = "appointment_duration_is_5_to_480_minutes"
TIME_OR_NUMBER = "appointment_has_a_time_or_a_queue_number"

WANTS = "waiting_wants_some_time_of_the_week"
WAITING = "waiting_ends_for_a_reason"
TOLD = "notification_tells_of_one_subject"


def feed():
    CalendarFeed.objects.create(
        account=UserFactory(), doctor=DoctorFactory(), practice=PracticeFactory(), digest="digest"
    )


def change(*, by_link):
    visit = AppointmentFactory()
    StatusChange.objects.create(
        appointment=visit,
        verb=Verb.MOVE,
        to_status=visit.status,
        by=visit.patient.account,
        by_link=by_link,
    )


CHOICES = "message_choices_are_of_an_account_or_a_person"
REFUSED = [
    (UNKNOWN, AppointmentFactory, {"status": "lost"}),
    (ORDER, AppointmentFactory, {"ends_at": MONDAY_AT_TEN}),
    (ORDER, AppointmentFactory, {"starts_at": LATER, "ends_at": MONDAY_AT_TEN}),
    (LONGEST, AppointmentFactory, {"ends_at": LONG_AFTER}),
    (LONGEST, AppointmentFactory, {"ends_at": YEARS_AFTER}),
    (DURATION, AppointmentFactory, {"duration": 4}),
    (DURATION, AppointmentFactory, {"duration": 481}),
    (DURATION, AppointmentFactory, {"buffer_minutes": 241}),
    (TIME_OR_NUMBER, AppointmentFactory, {"starts_at": None, "ends_at": None}),
    (TIME_OR_NUMBER, AppointmentFactory, {"queue_date": TODAY, "queue_number": 1}),
    (TIME_OR_NUMBER, AppointmentFactory, {"queue_number": 1}),
    (TIME_OR_NUMBER, AppointmentFactory, {"walk_in": True, "queue_number": None}),
    (TIME_OR_NUMBER, AppointmentFactory, {"walk_in": True, "queue_date": None}),
    ("invitation_is_made_before_it_expires", InvitationFactory, {"expires_at": LONG_AGO}),
    ("first_time_counts_for_a_while", FirstTimeFactory, {"since": MONDAY_AT_TEN}),
    ("hold_starts_before_it_ends", HoldFactory, {"ends_at": MONDAY_AT_TEN}),
    ("hold_is_extended_twice_at_most", HoldFactory, {"extensions": 3}),
    (WAITING, WaitingListEntryFactory, {"end": "left"}),
    (WAITING, WaitingListEntryFactory, {"ended_at": LATER}),
    (WAITING, WaitingListEntryFactory, {"ended_at": LATER, "end": "bored"}),
    (WANTS, WaitingListEntryFactory, {"weekdays": ""}),
    (WANTS, WaitingListEntryFactory, {"mornings": False, "afternoons": False}),
    ("waiting_notice_is_two_weeks_at_most", WaitingListEntryFactory, {"notice_hours": 337}),
    ("offer_lasts_480_minutes_at_most", OfferFactory, {"ends_at": MONDAY_AT_TEN}),
    ("offer_lasts_480_minutes_at_most", OfferFactory, {"ends_at": LONG_AFTER}),
    ("offer_is_kept_as_long_as_it_is_held", OfferFactory, {"kept_until": LONG_AGO}),
    ("offer_ends_with_a_status", OfferFactory, {"status": "taken"}),
    ("offer_ends_with_a_status", OfferFactory, {"ended_at": LATER}),
    (TOLD, NotificationFactory, {"offer": SubFactory(OfferFactory)}),
    (TOLD, NotificationFactory, {"appointment": None, "sequence": 0}),
    (CHOICES, MessageChoicesFactory, {"account": None}),
    (
        "feed_is_of_one_doctor_or_one_practice",
        feed,
        {},
    ),
    ("change_by_a_link_names_no_account", change, {"by_link": True}),
]


@pytest.mark.parametrize(("name", "factory", "values"), REFUSED)
def test_check_constraint_refuses(name, factory, values):
    with refused(name):
        factory(**values)


def test_every_check_constraint_has_its_refusal():
    names = {
        constraint.name
        for model in apps.get_app_config("bookings").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    }

    assert {name for name, _factory, _values in REFUSED} == names


@pytest.mark.parametrize(
    "values", [{"ends_at": None}, {"starts_at": None}], ids=["no end", "no start"]
)
def test_a_visit_has_both_times_or_none(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        AppointmentFactory(**{"ends_at": LATER} | values)


def test_queue_number_is_given_once_a_day(consultation_type):
    AppointmentFactory(consultation_type=consultation_type, walk_in=True, queue_number=1)

    # SQLite names a unique constraint by its columns.
    with refused("queue_number"):
        AppointmentFactory(consultation_type=consultation_type, walk_in=True, queue_number=1)


def test_queue_number_of_a_cancelled_walk_in_is_not_given_again(consultation_type):
    AppointmentFactory(
        consultation_type=consultation_type, walk_in=True, queue_number=1, status=Status.CANCELLED
    )

    with refused("queue_number"):
        AppointmentFactory(consultation_type=consultation_type, walk_in=True, queue_number=1)


def test_queue_numbers_begin_anew_each_day_and_at_each_doctor(consultation_type):
    AppointmentFactory(consultation_type=consultation_type, walk_in=True, queue_number=1)
    AppointmentFactory(consultation_type=consultation_type, walk_in=True, queue_number=2)
    AppointmentFactory(
        consultation_type=consultation_type,
        walk_in=True,
        queue_number=1,
        queue_date=dt.date(2027, 3, 2),
    )
    AppointmentFactory(doctor=DoctorFactory(), walk_in=True, queue_number=1)

    assert Appointment.objects.filter(queue_number__isnull=False).count() == 4


def test_one_token_holds_one_slot():
    HoldFactory(token="visitor")

    with refused("token"):
        HoldFactory(token="visitor")


def test_a_change_has_one_message():
    message = NotificationFactory()

    with refused("sequence|notification_tells_a_change_once"):
        NotificationFactory(appointment=message.appointment, sequence=message.sequence)


def test_an_open_time_is_offered_once():
    first = OfferFactory()
    entry = WaitingListEntryFactory(consultation_type=first.entry.consultation_type, before=LATER)
    later = {"starts_at": MONDAY_AT_TEN + dt.timedelta(minutes=15)}
    with refused("open_offers_do_not_overlap"):
        OfferFactory(entry=entry, **later)
    Offer.objects.update(status=Offer.Status.DECLINED, ended_at=MONDAY_AT_TEN)
    OfferFactory(entry=entry, **later)
    assert Offer.objects.open().count() == 1


def test_a_person_has_one_open_offer():
    first = OfferFactory()
    elsewhere = WaitingListEntryFactory(patient=first.patient)
    with refused("patient_has_one_open_offer|patient_id"):
        OfferFactory(entry=elsewhere)


def test_an_offer_has_one_message_of_a_kind_and_way():
    message = {"appointment": None, "sequence": 0, "kind": "offer", "offer": OfferFactory()}
    NotificationFactory(**message)
    with refused("notification_tells_of_an_offer_once|offer_id"):
        NotificationFactory(**message)


def test_a_person_waits_once_for_a_type():
    first = WaitingListEntryFactory()
    again = {"patient": first.patient, "consultation_type": first.consultation_type}
    with refused("patient_waits_once_for_a_reason|patient_id"):
        WaitingListEntryFactory(**again)
    first.ended_at, first.end = LATER, "left"
    first.save()
    assert WaitingListEntryFactory(**again)
