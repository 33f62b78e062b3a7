import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone, translation

from accounts.tests.admin import act, add, admin_client, found, said, save
from doctors.models import ConsultationType, Doctor, Practice
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory
from scheduling.admin import AbsenceAdminForm, OpeningHoursForm
from scheduling.tests.factories import AbsenceFactory, OpeningHoursFactory

pytestmark = pytest.mark.django_db

CLINIC = {
    "name": "Clinique du Lac",
    "street": "1 rue du Lac",
    "city": "Annecy",
    "country": "FR",
    "time_zone": "Europe/Paris",
    "cancellation_deadline_hours": 24,
}


def changes_of(doctor):
    return Doctor.objects.values_list("calendar_version", flat=True).get(pk=doctor.pk)


class TestConsultationTypes:
    def test_a_change_counts_in_the_calendar(self):
        consultation_type = ConsultationTypeFactory()
        save(admin_client(), consultation_type, duration=45)
        consultation_type.refresh_from_db()
        assert (consultation_type.duration, changes_of(consultation_type.doctor)) == (45, 1)

    def test_a_change_is_made_to_what_the_lock_gives(self, monkeypatch):
        """The staff retires the type while the admin's form is open."""
        consultation_type, now = ConsultationTypeFactory(), timezone.now()
        lock = Doctor.objects.locked

        def after_the_desk(*pks):
            ConsultationType.objects.filter(pk=consultation_type.pk).update(retired_at=now)
            return lock(*pks)

        client = admin_client()
        monkeypatch.setattr(Doctor.objects, "locked", after_the_desk)
        save(client, consultation_type, duration=45)
        consultation_type.refresh_from_db()
        assert (consultation_type.duration, consultation_type.retired_at) == (45, now)

    def test_retire_offers_the_type_no_more(self):
        client, consultation_type = admin_client(), ConsultationTypeFactory()
        response = act(client, "retire", consultation_type)
        assert not ConsultationType.objects.offered().exists()
        assert changes_of(consultation_type.doctor) == 1
        assert LogEntry.objects.get().get_change_message() == "Retired."
        assert said(response) == ["1 type is offered no more. Its appointments stay."]

    def test_offer_again_brings_it_back(self):
        consultation_type = ConsultationTypeFactory()
        client = admin_client()
        act(client, "retire", consultation_type)
        response = act(client, "offer_again", consultation_type)
        assert list(ConsultationType.objects.offered()) == [consultation_type]
        assert changes_of(consultation_type.doctor) == 2
        assert said(response)[-1] == "1 type is offered again."

    def test_search_finds_by_type_and_by_doctor(self):
        consultation_type = ConsultationTypeFactory(
            name="Bilan annuel", doctor__user__last_name="Lefèvre"
        )
        ConsultationTypeFactory(name="Suivi")
        assert found(admin_client(), ConsultationType, q="lefevre bilan") == [consultation_type]

    def test_deleting_several_counts_in_each_calendar(self):
        consultation_types = [ConsultationTypeFactory(), ConsultationTypeFactory()]
        act(admin_client(), "delete_selected", *consultation_types, post="yes")
        assert not ConsultationType.objects.exists()
        assert [changes_of(each.doctor) for each in consultation_types] == [1, 1]


class TestOpeningHoursForm:
    def form(self, opens, closes, **data):
        doctor = data.pop("doctor", None) or DoctorFactory()
        return OpeningHoursForm(
            {"doctor": doctor.pk, "weekday": 0, "opens": opens, "closes": closes, **data}
        )

    @pytest.mark.parametrize(
        ("opens", "closes", "minutes"),
        [
            ("09:00", "12:30", (540, 750)),
            ("9h00", "12h30", (540, 750)),
            ("00:00", "24:00", (0, 1440)),
            ("00:00", "00:00", (0, 1440)),
            ("22:00", "02:00", (1320, 1560)),
            ("22:00", "24:00", (1320, 1440)),
            ("09:00", "09:00", (540, 1980)),
            ("23:59", "23:58", (1439, 2878)),
            ("8h", "12H30", (480, 750)),
            ("830", "1700", (510, 1020)),
        ],
    )
    def test_hours_are_written_as_people_write_them(self, opens, closes, minutes):
        row = self.form(opens, closes).save()
        row.refresh_from_db()
        assert (row.start_minute, row.end_minute) == minutes

    @pytest.mark.parametrize(
        "text", ["24:00", "25:00", "9:5", "09:60", "nine", "-1:00", "9", "٩:٠٠x"]
    )
    def test_other_openings_are_refused_in_words(self, text):
        with translation.override("en"):
            assert self.form(text, "12:00").errors == {"opens": ["Write a time like 09:30."]}

    def test_a_row_shows_its_hours_as_they_were_written(self):
        row = OpeningHoursFactory(start_minute=1320, end_minute=1560)
        form = OpeningHoursForm(instance=row)
        assert (form["opens"].value(), form["closes"].value()) == ("22:00", "02:00")

    def test_the_last_day_is_not_before_the_first(self):
        form = self.form("09:00", "12:00", valid_from="2027-03-02", valid_until="2027-03-01")
        assert list(form.errors) == ["valid_until"]

    def test_hours_are_not_kept_for_another_doctors_type(self):
        form = self.form("09:00", "12:00", types=[ConsultationTypeFactory().pk])
        assert list(form.errors) == ["types"]


class TestAbsenceForm:
    def form(self, start, end, zone="Europe/Paris"):
        doctor = DoctorFactory(practice__time_zone=zone)
        fields = ("starts_at_0", "starts_at_1", "ends_at_0", "ends_at_1")
        typed = dict(zip(fields, (*start.split(), *end.split()), strict=True))
        return AbsenceAdminForm({"doctor": doctor.pk, **typed})

    @pytest.mark.parametrize(
        ("zone", "start"),
        [
            ("Europe/Paris", dt.datetime(2027, 7, 1, 6, tzinfo=dt.UTC)),
            ("Asia/Kolkata", dt.datetime(2027, 7, 1, 2, 30, tzinfo=dt.UTC)),
            ("America/New_York", dt.datetime(2027, 7, 1, 12, tzinfo=dt.UTC)),
        ],
    )
    def test_times_are_on_the_clock_of_the_practice(self, zone, start):
        absence = self.form("2027-07-01 08:00", "2027-07-02 08:00", zone).save()
        assert (absence.starts_at, absence.ends_at) == (start, start + dt.timedelta(days=1))

    def test_a_time_that_the_spring_night_skips_is_the_moment_of_the_change(self):
        absence = self.form("2027-03-28 02:30", "2027-03-28 09:00").save()
        assert absence.starts_at == dt.datetime(2027, 3, 28, 1, tzinfo=dt.UTC)

    def test_an_absence_ends_after_it_starts(self):
        form = self.form("2027-07-02 08:00", "2027-07-01 08:00")
        assert list(form.errors) == ["ends_at"]

    def test_a_row_shows_the_clock_of_its_practice(self):
        html = AbsenceAdminForm(instance=AbsenceFactory()).as_p()
        assert [
            html.count(f'value="{text}"') for text in ("2027-03-01", "2027-03-02", "00:00")
        ] == [
            1,
            1,
            2,
        ]


class TestPractice:
    def test_that_is_new_or_moves_abroad_is_asked_about_its_public_holidays(self):
        client = admin_client()
        add(client, Practice, **CLINIC)
        practice = Practice.objects.get()
        assert practice.holidays.filter(name="Noël", decision="proposed").exists()
        save(client, practice, country="MA", time_zone="Africa/Casablanca")
        assert practice.holidays.filter(name="Fête du Trône", decision="proposed").exists()
