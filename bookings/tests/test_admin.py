import datetime as dt

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from accounts.models import Patient
from accounts.tests.admin import act, add, admin_client, found, page, said, save
from accounts.tests.factories import PatientFactory, UserFactory
from bookings import slots
from bookings.models import Appointment, Hold, PatientFile, StatusChange
from bookings.slots import Blocker, SlotQuery
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory, HoldFactory
from doctors.models import ConsultationType, Doctor
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory
from scheduling.engine import to_utc
from scheduling.models import DoctorAbsence, Holiday, OpeningHours
from scheduling.tests.factories import AbsenceFactory, HolidayFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def changes_of(doctor):
    return Doctor.objects.values_list("calendar_version", flat=True).get(pk=doctor.pk)


def local_day(practice, days=0):
    return practice.local(timezone.now()).date() + days * DAY


def coming(doctor, clock="10:00", days=7):
    """The instant of that wall time at the doctor's practice, `days` from today there."""
    hour, minute = map(int, clock.split(":"))
    day = local_day(doctor.practice, days)
    return to_utc(day, hour * 60 + minute, doctor.practice.zone)


def visit(clock="10:00", days=7, doctor=None, **attributes):
    """A visit `days` from today at a wall time of its practice."""
    doctor = doctor or DoctorFactory()
    return AppointmentFactory(doctor=doctor, starts_at=coming(doctor, clock, days), **attributes)


class TestAppointmentsAreReadOnly:
    @pytest.mark.parametrize("name", ["change", "delete"])
    def test_a_post_changes_nothing(self, name):
        appointment = AppointmentFactory()
        address = page(Appointment, name, appointment.pk)
        response = admin_client().post(address, {"status": "done", "post": "yes"})
        appointment.refresh_from_db()
        assert (response.status_code, appointment.status) == (403, Status.CONFIRMED)

    def test_none_is_added(self):
        response = admin_client().post(page(Appointment, "add"), {})
        assert (response.status_code, Appointment.objects.count()) == (403, 0)

    def test_the_page_shows_the_history_on_the_practices_clock(self):
        appointment = AppointmentFactory(doctor__practice__time_zone="Asia/Tokyo")
        by = UserFactory(first_name="Sophie", last_name="Roy")
        StatusChange.objects.create(
            appointment=appointment,
            verb=Verb.ARRIVE,
            from_status=Status.CONFIRMED,
            to_status=Status.ARRIVED,
            by=by,
            at=dt.datetime(2027, 3, 1, 0, 55, tzinfo=dt.UTC),
        )
        html = admin_client().get(page(Appointment, "change", appointment.pk)).content.decode()
        assert "Mon 1 March 2027, 09:55 (Tokyo)" in html
        assert "Sophie Roy" in html

    def test_a_walk_in_is_named_by_its_number_of_the_day(self):
        AppointmentFactory(walk_in=True, queue_number=4)
        assert "Mon 1 March 2027, No. 4" in admin_client().get(page(Appointment)).content.decode()

    def test_the_history_link_leads_to_the_status_history(self):
        appointment = AppointmentFactory()
        response = admin_client().get(page(Appointment, "history", appointment.pk))
        assert (
            response["Location"] == page(Appointment, "change", appointment.pk) + "#changes-group"
        )


class TestFindingAppointments:
    @pytest.mark.parametrize("text", ["helene", "DÉTÉ", "smith detes paris", "smith"])
    def test_search_knows_no_accents(self, text):
        wanted = AppointmentFactory(
            patient__first_name="Hélène", patient__last_name="Détés", doctor__practice__city="Paris"
        )
        AppointmentFactory(doctor__user__last_name="Brown")
        assert found(admin_client(), Appointment, q=text) == [wanted]

    def test_search_finds_a_name_as_it_was_booked(self):
        wanted = AppointmentFactory(patient_name="Nadia Jeunefille")
        assert found(admin_client(), Appointment, q="jeunefille") == [wanted]

    def test_search_finds_by_number(self):
        wanted = AppointmentFactory()
        AppointmentFactory()
        assert found(admin_client(), Appointment, q=f" {wanted.pk} ") == [wanted]

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Paris"])
    def test_days_are_those_of_the_practice(self, zone):
        PracticeFactory(time_zone="America/New_York")
        doctor = DoctorFactory(practice__time_zone=zone)
        visits = [visit("00:00", days, doctor=doctor) for days in (-1, 0, 1, 2, 6, 7)]
        walk_in = AppointmentFactory(
            walk_in=True, doctor=doctor, queue_date=local_day(doctor.practice)
        )
        client = admin_client()

        def on(when):
            return set(found(client, Appointment, when=when))

        assert on("today") == {visits[1], walk_in}
        assert on("tomorrow") == {visits[2]}
        assert on("week") == {*visits[1:5], walk_in}
        assert visits[0] in on("past")
        assert on("upcoming") >= set(visits[2:])
        assert on("past") | on("upcoming") | {walk_in} == {*visits, walk_in}

    def test_doctors_and_practices_are_filters_that_complete(self):
        wanted = AppointmentFactory()
        AppointmentFactory()
        client = admin_client()
        assert found(client, Appointment, doctor__id__exact=wanted.doctor.pk) == [wanted]
        assert found(client, Appointment, practice__id__exact=wanted.practice.pk) == [wanted]
        assert found(client, Appointment, patient__id__exact=wanted.patient.pk) == [wanted]

    def test_a_filter_that_is_no_number_is_ignored_kindly(self):
        client = admin_client()
        response = client.get(page(Appointment), {"doctor__id__exact": "x"}, follow=True)
        assert response.status_code == 200


class TestAppointmentActions:
    @pytest.mark.parametrize(
        ("action", "before", "after", "verb"),
        [
            ("confirm", Status.PENDING, Status.CONFIRMED, Verb.CONFIRM),
            ("arrive", Status.CONFIRMED, Status.ARRIVED, Verb.ARRIVE),
            ("start", Status.ARRIVED, Status.IN_PROGRESS, Verb.START),
            ("finish", Status.IN_PROGRESS, Status.DONE, Verb.FINISH),
            ("mark_absent", Status.CONFIRMED, Status.NO_SHOW, Verb.MARK_ABSENT),
        ],
    )
    def test_apply_a_verb_through_the_services(self, action, before, after, verb):
        # A request can be confirmed before its start, the other verbs follow the start.
        appointment = visit(status=before)
        hours = -1 if before == Status.PENDING else 1
        with time_machine.travel(appointment.starts_at + dt.timedelta(hours=hours)):
            client = admin_client()
            response = act(client, action, appointment)
        appointment.refresh_from_db()
        change = appointment.changes.get()
        assert appointment.status == after
        assert (change.verb, change.by) == (verb, client.user)
        assert changes_of(appointment.doctor) == 1
        assert said(response) == ["1 appointment changed."]
        # The status history is the only one.
        assert not LogEntry.objects.exists()

    def test_report_refusals_and_do_the_rest(self):
        here = visit(status=Status.CONFIRMED)
        done = visit(status=Status.DONE)
        with time_machine.travel(here.starts_at):
            response = act(admin_client(), "arrive", here, done)
        assert said(response) == [
            "1 appointment changed.",
            f"This appointment is “Done”: it cannot become “arrived” now. ({done})",
        ]

    def test_name_five_appointments_of_a_refusal(self):
        visits = [visit(status=Status.DONE) for _number in range(7)]
        (message,) = said(act(admin_client(), "arrive", *visits))
        assert message.endswith(" and 2 more)")

    def test_nobody_is_absent_before_the_visit(self):
        appointment = visit()
        response = act(admin_client(), "mark_absent", appointment)
        assert said(response) == [
            f"Nobody is absent before the appointment begins. ({appointment})"
        ]

    def test_cancel_asks_first(self):
        appointment = visit()
        response = act(admin_client(), "cancel", appointment)
        appointment.refresh_from_db()
        html = response.content.decode()
        assert appointment.status == Status.CONFIRMED
        assert (f'value="{appointment.pk}"' in html, appointment.patient_name in html) == (
            True,
            True,
        )

    def test_cancel_notifies_the_patient_with_a_message(self):
        client, appointment = admin_client(), visit()
        response = act(client, "cancel", appointment, confirmed="yes", message="Flooded")
        appointment.refresh_from_db()
        assert appointment.status == Status.CANCELLED
        assert appointment.changes.get().by == client.user
        assert appointment.notifications.get().message == "Flooded"
        assert said(response) == ["1 appointment changed."]

    def test_undo_takes_the_last_change_back(self):
        client, appointment = admin_client(), visit(days=0, status=Status.CONFIRMED)
        act(client, "arrive", appointment)
        act(client, "undo", appointment)
        appointment.refresh_from_db()
        assert appointment.status == Status.CONFIRMED
        assert list(appointment.changes.values_list("verb", "by")) == [
            (Verb.ARRIVE, client.user.pk),
            (Verb.UNDO, client.user.pk),
        ]

    def test_are_offered_to_admins_only(self):
        client = admin_client(is_superuser=False)
        appointment = visit()
        response = act(client, "arrive", appointment)
        appointment.refresh_from_db()
        assert (response.status_code, appointment.status) == (403, Status.CONFIRMED)


class TestHolds:
    def test_release_frees_the_time(self):
        hold = HoldFactory()
        response = act(admin_client(), "release", hold)
        assert not Hold.objects.exists()
        assert changes_of(hold.doctor) == 1
        assert said(response) == ["1 time is free again."]

    def test_no_page_shows_whose_it_is(self):
        hold = HoldFactory(token="secret-token", address_digest="secret-digest")
        client = admin_client()
        for address in (page(Hold), page(Hold, "change", hold.pk), page(Hold, "delete", hold.pk)):
            assert b"secret-" not in client.get(address).content


class TestPatientFiles:
    def file(self, **attributes):
        return PatientFile.objects.create(
            patient=PatientFactory(), practice=PracticeFactory(), **attributes
        )

    def test_a_new_file_may_block_and_stamps_who(self):
        client, patient, practice = admin_client(), PatientFactory(), PracticeFactory()
        whose = {"patient": patient.pk, "practice": practice.pk}
        add(client, PatientFile, **whose, is_blocked="on", block_reason="Threats")
        file = PatientFile.objects.get()
        assert (file.patient, file.practice, file.block_reason) == (patient, practice, "Threats")
        assert (file.blocked_by, file.blocked_at is None) == (client.user, False)
        assert LogEntry.objects.get().object_id == str(file.pk)

    def test_the_form_ends_a_block(self):
        file = self.file(blocked_at=timezone.now(), block_reason="Threats")
        address = page(PatientFile, "change", file.pk)
        admin_client().post(address, {"block_reason": "Threats"})
        file.refresh_from_db()
        assert (file.blocked_at, file.block_reason) == (None, "")

    def test_an_untouched_form_keeps_the_stamp(self):
        by, at = UserFactory(), timezone.now() - DAY
        file = self.file(blocked_at=at, blocked_by=by)
        save(admin_client(), file)
        file.refresh_from_db()
        assert (file.blocked_at, file.blocked_by) == (at, by)

    def test_actions_block_and_unblock(self):
        client, file = admin_client(), self.file()
        act(client, "block", file)
        file.refresh_from_db()
        assert file.blocked_by == client.user
        act(client, "unblock", file)
        file.refresh_from_db()
        assert file.blocked_at is None
        assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == [
            "Blocked online booking.",
            "Allowed online booking again.",
        ]

    def test_missed_appointments_are_counted_as_the_rule_counts_them(self):
        file = self.file()
        doctor = DoctorFactory(practice=file.practice)
        for days in (-1, -2, -3, -400):
            visit(doctor=doctor, patient=file.patient, days=days, status=Status.NO_SHOW)
        visit(patient=file.patient, days=-5, status=Status.NO_SHOW)
        client = admin_client()
        (row,) = found(client, PatientFile, blocked="absences")
        assert row.absences == 3
        act(client, "reset_no_shows", file)
        assert found(client, PatientFile, blocked="absences") == []
        assert found(client, PatientFile)[0].absences == 0

    def test_the_blocked_are_found(self):
        blocked = self.file(blocked_at=timezone.now())
        other = self.file()
        other.patient.account.is_blocked = True
        other.patient.account.save()
        client = admin_client()
        assert found(client, PatientFile, blocked="practice") == [blocked]
        assert found(client, PatientFile, blocked="account") == [other]
        assert found(client, Patient, blocked="practice") == [blocked.patient]
        assert set(found(client, Patient, blocked="any")) == {blocked.patient, other.patient}


class TestAbsences:
    def code_at(self, doctor, at):
        consultation_type = ConsultationTypeFactory(doctor=doctor)
        return slots.blocker_at(SlotQuery(doctor, consultation_type), at, now=timezone.now())

    def add(self, doctor, days=7):
        day = local_day(doctor.practice, days).isoformat()
        return add(
            admin_client(),
            DoctorAbsence,
            doctor=doctor.pk,
            starts_at_0=day,
            starts_at_1="09:00",
            ends_at_0=day,
            ends_at_1="12:00",
        )

    @pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York"])
    def test_an_absence_closes_its_time_and_counts_in_the_calendar(self, zone):
        doctor = DoctorFactory(practice__time_zone=zone)
        self.add(doctor)
        assert self.code_at(doctor, coming(doctor, "09:00")) is Blocker.CLOSED
        assert self.code_at(doctor, coming(doctor, "11:30")) is Blocker.CLOSED
        assert self.code_at(doctor, coming(doctor, "12:00")) is None
        assert changes_of(doctor) == 1

    def test_an_absence_names_the_affected_visits_and_keeps_them(self):
        hit, spared = visit("11:30", patient__first_name="<b>Lina"), visit("12:00")
        spared.doctor = hit.doctor
        spared.save()
        (warning, _saved) = said(self.add(hit.doctor))
        link = page(Appointment, "change", hit.pk)
        assert warning.startswith("1 appointment is affected and stays booked. Move or cancel it: ")
        assert f'<a href="{link}">' in warning
        assert "&lt;b&gt;Lina Benali</a>" in warning
        assert str(spared.pk) not in warning
        hit.refresh_from_db()
        assert hit.status == Status.CONFIRMED

    def test_an_untouched_form_changes_no_time(self):
        absence = AbsenceFactory(doctor__practice__time_zone="America/New_York")
        start, end = absence.starts_at, absence.ends_at
        save(admin_client(), absence, reason="Congrès")
        absence.refresh_from_db()
        assert (absence.starts_at, absence.ends_at, absence.reason) == (start, end, "Congrès")

    def test_deleting_opens_the_time_and_counts_in_the_calendar(self):
        doctor = DoctorFactory()
        self.add(doctor)
        act(admin_client(), "delete_selected", DoctorAbsence.objects.get(), post="yes")
        assert self.code_at(doctor, coming(doctor, "09:00")) is None
        assert changes_of(doctor) == 2

    def test_the_delete_page_counts_in_the_calendar(self):
        absence = AbsenceFactory()
        admin_client().post(page(DoctorAbsence, "delete", absence.pk), {"post": "yes"})
        assert (DoctorAbsence.objects.count(), changes_of(absence.doctor)) == (0, 1)


class TestOpeningHours:
    def add(self, doctor, opens, closes, **values):
        values = {"weekday": 0, "doctor": doctor.pk} | values
        return add(admin_client(), OpeningHours, opens=opens, closes=closes, **values)

    @pytest.mark.parametrize(
        ("opens", "closes", "shown"),
        [("22:00", "02:00", "22:00–02:00"), ("00:00", "24:00", "00:00–24:00")],
    )
    def test_hours_are_shown_as_they_were_written(self, opens, closes, shown):
        doctor = DoctorFactory()
        self.add(doctor, opens, closes)
        assert shown in admin_client().get(page(OpeningHours)).content.decode()

    def test_saving_hours_lists_an_approved_doctor_and_counts(self):
        doctor = DoctorFactory(hours_saved_at=None)
        self.add(doctor, "09:00", "12:30")
        assert list(Doctor.objects.listed()) == [doctor]
        assert changes_of(doctor) == 1

    def test_hours_name_the_visits_they_newly_leave_outside(self):
        hit = visit("16:00")
        visit("20:00", doctor=hit.doctor)
        weekday = coming(hit.doctor).weekday()
        (warning, _saved) = said(self.add(hit.doctor, "09:00", "12:00", weekday=weekday))
        assert warning.startswith("1 appointment is affected and stays booked.")
        assert page(Appointment, "change", hit.pk) in warning

    def test_the_types_that_hours_are_kept_for_count(self):
        consultation_type = ConsultationTypeFactory()
        kept = visit("10:00", doctor=consultation_type.doctor, consultation_type=consultation_type)
        weekday = coming(consultation_type.doctor).weekday()
        response = self.add(
            consultation_type.doctor,
            "09:00",
            "17:00",
            weekday=weekday,
            types=[consultation_type.pk],
        )
        assert len(said(response)) == 1
        other = ConsultationTypeFactory(doctor=consultation_type.doctor)
        response = save(admin_client(), OpeningHours.objects.get(), types=[other.pk])
        assert page(Appointment, "change", kept.pk) in said(response)[0]

    @pytest.mark.parametrize("several", [False, True])
    def test_deleting_hours_names_the_visits_too(self, several):
        hit = visit("18:00")
        weekday = coming(hit.doctor).weekday()
        row = OpeningHoursFactory(doctor=hit.doctor, weekday=weekday, end_minute=1200)
        client = admin_client()
        if several:
            response = act(client, "delete_selected", row, post="yes")
        else:
            response = client.post(page(OpeningHours, "delete", row.pk), {"post": "yes"})
        assert page(Appointment, "change", hit.pk) in said(response)[0]
        assert changes_of(hit.doctor) == 1


class TestHolidays:
    def test_close_closes_the_day_names_visits_and_is_logged(self):
        hit = visit()
        holiday = HolidayFactory(
            practice=hit.practice,
            date=local_day(hit.practice, 7),
            decision=Holiday.Decision.PROPOSED,
        )
        response = act(admin_client(), "close", holiday)
        holiday.refresh_from_db()
        done, warning = said(response)
        assert holiday.decision == Holiday.Decision.CLOSED
        assert changes_of(hit.doctor) == 1
        assert done == "1 holiday decided."
        assert page(Appointment, "change", hit.pk) in warning
        assert LogEntry.objects.get().get_change_message() == "decision: closed"

    def test_open_opens_the_day(self):
        doctor = DoctorFactory()
        holiday = HolidayFactory(practice=doctor.practice)
        act(admin_client(), "open", holiday)
        holiday.refresh_from_db()
        assert (holiday.decision, changes_of(doctor)) == (Holiday.Decision.OPEN, 1)

    def test_the_form_decides_too(self):
        hit = visit()
        holiday = HolidayFactory(
            practice=hit.practice,
            date=local_day(hit.practice, 7),
            decision=Holiday.Decision.PROPOSED,
        )
        warning, _saved = said(save(admin_client(), holiday, decision="closed"))
        assert page(Appointment, "change", hit.pk) in warning
        assert changes_of(hit.doctor) == 1


def test_a_type_with_appointments_is_retired_not_deleted():
    consultation_type = AppointmentFactory().consultation_type
    response = admin_client().get(page(ConsultationType, "delete", consultation_type.pk))
    assert response.context["protected"] == [
        "1 appointment",
        "Retire the type instead: it is offered no more.",
    ]
