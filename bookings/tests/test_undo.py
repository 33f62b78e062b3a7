import datetime as dt

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.tests.factories import PatientFactory
from bookings import rules, services
from bookings.models import Notification
from bookings.models.files import no_shows
from bookings.status import Status, Verb, leads_to
from bookings.tests.factories import AppointmentFactory, HoldFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book, free_on_monday, secretary_of, verified, version_of
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, MembershipFactory

pytestmark = pytest.mark.django_db

ELEVEN = monday("11:00")


def change(appointment, verb, *, now=ELEVEN):
    return services.change_status(appointment, verb, by=appointment.doctor.user, now=now)


def cancel(appointment, *, now=ELEVEN):
    return services.cancel(appointment, by=appointment.doctor.user, now=now)


def undo(appointment, *, by=None, now=ELEVEN, **options):
    return services.undo(appointment, by=by or appointment.doctor.user, now=now, **options)


def kinds_sent(appointment):
    return list(appointment.notifications.values_list("kind", flat=True))


class TestUndo:
    @pytest.mark.parametrize(
        ("verb", "before"),
        [
            (verb, before)
            for verb in (Verb.CONFIRM, Verb.ARRIVE, Verb.START, Verb.FINISH, Verb.MARK_ABSENT)
            for before in Status
            if leads_to(verb, before) and (verb, before) != (Verb.FINISH, Status.CONFIRMED)
        ],
    )
    def test_goes_back_to_the_status_before_and_is_stamped_itself(self, verb, before):
        appointment = AppointmentFactory(status=before)
        change(appointment, verb, now=monday("09:00") if verb is Verb.CONFIRM else ELEVEN)
        done = appointment.changes.get()
        secretary = secretary_of(appointment.doctor)
        assert undo(appointment, by=secretary, now=monday("11:02")).status == before
        row = appointment.changes.get(verb=Verb.UNDO)
        assert (row.from_status, row.to_status, row.by, row.at, row.undoes) == (
            leads_to(verb, before),
            before,
            secretary,
            monday("11:02"),
            done,
        )
        assert version_of(appointment.doctor) == 2

    @pytest.mark.parametrize("before", [Status.PENDING, Status.CONFIRMED, Status.ARRIVED])
    def test_brings_a_cancelled_visit_back(self, before):
        appointment = AppointmentFactory(status=before)
        cancel(appointment)
        assert undo(appointment).status == before

    def test_goes_back_step_by_step_as_far_as_the_booking(self):
        consultation_type = ConsultationTypeFactory(needs_confirmation=True)
        appointment = book(consultation_type, now=monday("08:00"))
        change(appointment, Verb.CONFIRM, now=monday("09:00"))
        for verb in (Verb.ARRIVE, Verb.START, Verb.FINISH):
            change(appointment, verb)
        steps = [undo(appointment).status for _step in range(4)]
        assert steps == [Status.IN_PROGRESS, Status.ARRIVED, Status.CONFIRMED, Status.PENDING]
        with pytest.raises(rules.StateConflict):
            undo(appointment)

    def test_then_another_verb_then_undo_takes_back_the_other_verb(self):
        appointment = AppointmentFactory()
        change(appointment, Verb.ARRIVE)
        undo(appointment)
        change(appointment, Verb.MARK_ABSENT)
        assert undo(appointment).status == Status.CONFIRMED
        with pytest.raises(rules.StateConflict):
            undo(appointment)

    def test_leaves_a_move_where_it_is(self):
        appointment = AppointmentFactory(status=Status.PENDING)
        change(appointment, Verb.CONFIRM, now=FRIDAY_MORNING)
        services.move(
            appointment, by=appointment.doctor.user, starts_at=monday("14:00"), now=FRIDAY_MORNING
        )
        undone = undo(appointment, now=FRIDAY_MORNING)
        assert (undone.status, undone.starts_at) == (Status.PENDING, monday("14:00"))

    def test_warns_of_a_patient_who_would_be_in_two_places(self):
        appointment = AppointmentFactory()
        cancel(appointment)
        AppointmentFactory(patient=appointment.patient)
        with pytest.raises(rules.SlotTaken) as caught:
            undo(appointment)
        assert caught.value.code == "patient_overlap"
        assert undo(appointment, allow_patient_overlap=True).status == Status.CONFIRMED

    def test_brings_a_visit_back_beside_the_one_that_took_its_time_when_the_desk_insists(self):
        appointment = AppointmentFactory()
        cancel(appointment)
        AppointmentFactory(doctor=appointment.doctor)
        with pytest.raises(rules.SlotTaken):
            undo(appointment)
        undone = undo(appointment, overbook=True)
        assert (undone.status, undone.is_overbooked) == (Status.CONFIRMED, True)

    def test_without_a_change_is_refused(self):
        with pytest.raises(rules.StateConflict):
            undo(AppointmentFactory())

    def test_of_a_booking_or_a_walk_in_is_refused(self):
        booked = book(ConsultationTypeFactory())
        doctor = booked.doctor
        walk_in = services.add_walk_in(
            by=doctor.user, doctor=doctor, patient=PatientFactory(), now=FRIDAY_MORNING
        )
        for appointment in (booked, walk_in):
            with pytest.raises(rules.StateConflict):
                undo(appointment, now=FRIDAY_MORNING)

    @pytest.mark.parametrize(
        ("zone", "midnight"),
        [("Europe/Paris", "2027-03-01T23:00:00Z"), ("Pacific/Auckland", "2027-03-02T11:00:00Z")],
    )
    def test_ends_with_the_practices_own_day(self, zone, midnight):
        midnight = dt.datetime.fromisoformat(midnight)
        appointment = AppointmentFactory(
            doctor__practice__time_zone=zone, starts_at=midnight - dt.timedelta(hours=4)
        )
        change(appointment, Verb.ARRIVE, now=midnight - dt.timedelta(hours=2))
        with pytest.raises(rules.StateConflict):
            undo(appointment, now=midnight)
        assert undo(appointment, now=midnight - dt.timedelta(seconds=1)).status == Status.CONFIRMED

    def test_is_the_desks_alone(self):
        appointment = AppointmentFactory()
        practice = appointment.practice
        cancel(appointment)
        for by in (
            appointment.patient.account,
            MembershipFactory().user,
            MembershipFactory(practice=practice, ended_at=FRIDAY_MORNING).user,
            DoctorFactory(practice=practice).user,
        ):
            with pytest.raises(rules.RuleRefused) as refused:
                undo(appointment, by=by)
            assert refused.value.code == "desk_only"
        appointment.refresh_from_db()
        assert appointment.status == Status.CANCELLED

    def test_clicked_twice_takes_back_the_change_it_names_once(self):
        appointment = AppointmentFactory()
        change(appointment, Verb.ARRIVE)
        change(appointment, Verb.START)
        seen = appointment.changes.last().pk
        undo(appointment, change_id=seen)
        with pytest.raises(rules.StateConflict):
            undo(appointment, change_id=seen)
        appointment.refresh_from_db()
        assert appointment.status == Status.ARRIVED


def test_undo_page_takes_the_change_it_names_back_once(client):
    now = timezone.now()
    appointment = AppointmentFactory(starts_at=now)
    client.force_login(appointment.doctor.user)
    change(appointment, Verb.ARRIVE, now=now)
    change(appointment, Verb.START, now=now)
    address = reverse("undo_change", args=[appointment.pk])
    posted = {"change": appointment.changes.last().pk}
    assert [client.post(address, posted).status_code for _click in range(2)] == [302, 409]
    appointment.refresh_from_db()
    assert appointment.status == Status.ARRIVED


class TestUndoOfANoShow:
    def test_gives_it_back_and_opens_online_booking_again(self):
        consultation_type, patient = ConsultationTypeFactory(), verified(PatientFactory())
        for day in (7, 8):
            AppointmentFactory(
                patient=patient,
                doctor=consultation_type.doctor,
                status=Status.NO_SHOW,
                starts_at=monday("10:00") - dt.timedelta(days=day),
            )
        third = AppointmentFactory(patient=patient, doctor=consultation_type.doctor)
        change(third, Verb.MARK_ABSENT)

        def count():
            return no_shows(patient=patient, practice=third.practice, now=ELEVEN)

        assert count() == settings.NO_SHOWS_THAT_BLOCK
        with pytest.raises(rules.RuleRefused) as refused:
            book(consultation_type, patient=patient, at="14:00", now=ELEVEN)
        assert refused.value.code == "patient_blocked"
        # The desk can still book for the patient, and the block holds at one practice only.
        at_desk = book(
            consultation_type,
            patient=patient,
            at="15:00",
            by=consultation_type.doctor.user,
            now=ELEVEN,
        )
        elsewhere = book(ConsultationTypeFactory(), patient=patient, at="16:00", now=ELEVEN)
        assert (at_desk.status, elsewhere.status) == (Status.CONFIRMED, Status.CONFIRMED)

        undo(third)
        assert count() == 2
        services.cancel(third, by=consultation_type.doctor.user, now=ELEVEN)
        assert (
            book(consultation_type, patient=patient, at="14:00", now=ELEVEN).status
            == Status.CONFIRMED
        )

    def test_is_refused_when_another_visit_took_place_in_that_time(self):
        absent = AppointmentFactory()
        change(absent, Verb.MARK_ABSENT, now=monday("10:05"))
        AppointmentFactory(
            doctor=absent.doctor, starts_at=monday("10:15"), status=Status.IN_PROGRESS
        )
        with pytest.raises(rules.SlotTaken):
            undo(absent)


class TestUndoOfACancellation:
    def test_of_a_walk_in_who_came_again_is_refused(self):
        doctor, patient = DoctorFactory(), PatientFactory()
        wanted = {"by": doctor.user, "doctor": doctor, "patient": patient, "now": ELEVEN}
        first = services.add_walk_in(**wanted)
        cancel(first)
        services.add_walk_in(**wanted)
        with pytest.raises(rules.StateConflict) as refused:
            undo(first)
        assert refused.value.code == "has_a_number"

    def test_takes_the_time_again(self):
        consultation_type = ConsultationTypeFactory()
        appointment = book(consultation_type)
        cancel(appointment, now=FRIDAY_MORNING)
        assert "10:00" in free_on_monday(consultation_type)
        undo(appointment, now=FRIDAY_MORNING)
        assert "10:00" not in free_on_monday(consultation_type)

    @pytest.mark.parametrize("at", ["10:00", "10:15", "09:45"])
    def test_is_refused_when_another_visit_has_the_time(self, at):
        consultation_type = ConsultationTypeFactory()
        appointment = book(consultation_type)
        cancel(appointment, now=FRIDAY_MORNING)
        book(consultation_type, by=consultation_type.doctor.user, at=at)
        with pytest.raises(rules.SlotTaken) as refused:
            undo(appointment, now=FRIDAY_MORNING)
        assert refused.value.status == 409
        appointment.refresh_from_db()
        assert (appointment.status, kinds_sent(appointment)) == (
            Status.CANCELLED,
            [Notification.Kind.BOOKED, Notification.Kind.CANCELLED],
        )

    def test_is_refused_while_the_time_is_held(self):
        consultation_type = ConsultationTypeFactory()
        appointment = book(consultation_type)
        cancel(appointment, now=FRIDAY_MORNING)
        ends = FRIDAY_MORNING + dt.timedelta(minutes=5)
        HoldFactory(consultation_type=consultation_type, expires_at=ends)
        with pytest.raises(rules.SlotTaken):
            undo(appointment, now=FRIDAY_MORNING)
        assert undo(appointment, now=ends).status == Status.CONFIRMED

    def test_is_no_matter_of_a_visit_overbooked_on_purpose(self):
        consultation_type = ConsultationTypeFactory()
        appointment = book(consultation_type)
        cancel(appointment, now=FRIDAY_MORNING)
        book(consultation_type, by=consultation_type.doctor.user, overbook=True)
        assert undo(appointment, now=FRIDAY_MORNING).status == Status.CONFIRMED

    def test_of_a_visit_overbooked_on_purpose_needs_no_free_time(self):
        consultation_type = ConsultationTypeFactory()
        book(consultation_type)
        overbooked = book(consultation_type, by=consultation_type.doctor.user, overbook=True)
        cancel(overbooked, now=FRIDAY_MORNING)
        assert undo(overbooked, now=FRIDAY_MORNING).status == Status.CONFIRMED

    def test_notifies_the_patient_that_it_is_booked_again(self):
        appointment = book(ConsultationTypeFactory())
        cancel(appointment, now=FRIDAY_MORNING)
        undo(appointment, now=FRIDAY_MORNING)
        kinds = Notification.Kind
        assert kinds_sent(appointment) == [kinds.BOOKED, kinds.CANCELLED, kinds.BOOKED]

    def test_of_a_request_says_that_it_still_waits(self):
        appointment = book(ConsultationTypeFactory(needs_confirmation=True))
        cancel(appointment, now=FRIDAY_MORNING)
        undo(appointment, now=FRIDAY_MORNING)
        kinds = Notification.Kind
        assert kinds_sent(appointment) == [kinds.REQUESTED, kinds.DECLINED, kinds.REQUESTED]


def test_undo_of_a_confirmation_notifies_the_patient_that_it_waits_again():
    appointment = book(ConsultationTypeFactory(needs_confirmation=True))
    change(appointment, Verb.CONFIRM, now=FRIDAY_MORNING)
    undo(appointment, now=FRIDAY_MORNING)
    kinds = Notification.Kind
    assert kinds_sent(appointment) == [kinds.REQUESTED, kinds.CONFIRMED, kinds.REQUESTED]


def test_undo_of_a_change_without_message_sends_none():
    appointment = AppointmentFactory()
    for verb in (Verb.ARRIVE, Verb.MARK_ABSENT):
        change(appointment, verb)
        undo(appointment)
    assert kinds_sent(appointment) == []
