import datetime as dt

import pytest
import time_machine

from bookings.models import Appointment
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from dashboard.configuration.week import Range, drawn_week
from dashboard.tests.configuring import ROOT, panel, staffed_by
from doctors.tests.factories import (
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
)
from scheduling.tests.factories import OpeningHoursFactory, open_week

pytestmark = pytest.mark.django_db

PANEL = panel("hours_panel")
TODAY = FRIDAY_MORNING.date()


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def signed_in(client, **options):
    doctor = DoctorFactory(**options)
    client.force_login(doctor.user)
    return doctor


def typed(*ranges, copy_to=(), **more):
    """What a form with these ranges ({"opens": …, "closes": …} or ("09:00", "12:30")) posts."""
    data = {"ranges-count": len(ranges), "copy_to": list(copy_to), **more}
    for index, each in enumerate(ranges):
        fields = (
            each if isinstance(each, dict) else dict(zip(("opens", "closes"), each, strict=True))
        )
        data |= {f"ranges-{index}-{name}": value for name, value in fields.items()}
    return data


def save(client, day, *ranges, **options):
    return client.post(f"{ROOT}hours/{day}/", typed(*ranges, **options))


def week(doctor):
    """[(weekday, opens, closes)] of the saved rows."""
    return [(row.weekday, row.opens, row.closes) for row in doctor.opening_hours.all()]


def errors(response):
    """{range: {field: errors}} and the errors of the whole day."""
    day = response.context["day"]
    found = {index: dict(form.errors) for index, form in enumerate(day.forms) if form.errors}
    return found, day.errors


class TestSave:
    def test_several_ranges_make_a_day_with_a_break(self, client):
        doctor = signed_in(client)
        response = save(client, 0, ("09:00", "12:30"), ("14:00", "18:00"))
        assert week(doctor) == [(0, "09:00", "12:30"), (0, "14:00", "18:00")]
        assert response["Location"] == f"{ROOT}hours/?doctor={doctor.pk}"
        doctor.refresh_from_db()
        assert doctor.calendar_version == 1

    def test_the_public_page_offers_them_at_once(self, client):
        kind = ConsultationTypeFactory()
        client.force_login(kind.doctor.user)
        save(client, 0, ("07:15", "08:15"))
        slots = f"/api/doctors/{kind.doctor.pk}/slots?start_date=2027-03-01&days=2"
        answer = client.get(f"{slots}&consultation_type_id={kind.pk}").json()
        assert answer == {"2027-03-01": ["07:15", "07:45"], "2027-03-02": []}

    def test_a_day_is_copied_to_others_and_replaces_what_they_had(self, client):
        doctor = signed_in(client)
        open_week(doctor)
        save(client, 0, ("08:00", "12:00"), copy_to=[2, 6])
        assert week(doctor) == [
            (0, "08:00", "12:00"),
            (1, "09:00", "17:00"),
            (2, "08:00", "12:00"),
            *((day, "09:00", "17:00") for day in (3, 4, 5)),
            (6, "08:00", "12:00"),
        ]

    def test_ranges_left_empty_are_none_and_a_day_without_is_closed(self, client):
        doctor = signed_in(client)
        open_week(doctor, weekdays=[0, 1])
        save(client, 0, ("", ""))
        assert week(doctor) == [(1, "09:00", "17:00")]

    def test_a_night_goes_past_midnight_when_it_says_so(self, client):
        doctor = signed_in(client)
        save(client, 4, {"opens": "22:00", "closes": "02:00", "overnight": "on"})
        row = doctor.opening_hours.get()
        assert (row.start_minute, row.end_minute) == (1320, 1560)

    @pytest.mark.parametrize("midnight", ["24:00", "00:00", "0000"])
    def test_midnight_is_the_days_end(self, client, midnight):
        doctor = signed_in(client)
        save(client, 0, ("0h", midnight))
        row = doctor.opening_hours.get()
        assert (row.start_minute, row.end_minute) == (0, 1440)

    def test_a_range_is_kept_for_reasons_at_a_place_for_some_months(self, client):
        doctor = signed_in(client)
        kind, elsewhere = ConsultationTypeFactory(doctor=doctor), PracticeFactory()
        OpeningHoursFactory(doctor=doctor, weekday=6, practice=elsewhere)
        options = {"types": [kind.pk], "practice": elsewhere.pk}
        valid = {"valid_from": "2027-03-01", "valid_until": "2027-06-30"}
        save(client, 0, {"opens": "9:00", "closes": "10:00", **options, **valid})
        row = doctor.opening_hours.get(weekday=0)
        assert (list(row.types.all()), row.practice) == ([kind], elsewhere)
        assert (row.valid_from, row.valid_until) == (dt.date(2027, 3, 1), dt.date(2027, 6, 30))


class TestErrors:
    def test_ranges_that_overlap_say_so_under_the_later_one(self, client):
        doctor = signed_in(client)
        response = save(client, 0, ("09:00", "12:30"), ("12:00", "18:00"))
        said = {1: {"opens": ["Cette plage chevauche 09:00 – 12:30."]}}
        assert (response.status_code, errors(response)) == (422, (said, []))
        assert ('value="12:00"' in response.text, week(doctor)) == (True, [])

    def test_back_to_back_is_no_overlap(self, client):
        doctor = signed_in(client)
        save(client, 0, ("09:00", "12:00"), ("12:00", "14:00"))
        assert len(week(doctor)) == 2

    def test_a_range_that_ends_before_it_begins_says_how_a_night_is_written(self, client):
        response = save(staffed_by(client, DoctorFactory()), 0, ("18:00", "09:00"))
        [(said, _day)] = [errors(response)]
        assert "jusqu’au lendemain" in said[0]["closes"][0]

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"opens": "25:00", "closes": "12:00"}, "opens"),
            ({"opens": "09:00", "closes": ""}, "closes"),
            ({"opens": "", "closes": "12:00"}, "opens"),
            ({"opens": "09:00", "closes": "09:00"}, "closes"),
            ({"opens": "09:00", "closes": "12:00", "overnight": "on"}, "overnight"),
            ({"opens": "09:00", "closes": "12:00", "types": ["999"]}, "types"),
            ({"opens": "09:00", "closes": "12:00", "valid_from": "soon"}, "valid_from"),
            ({"opens": "09:00", "closes": "12:00", "valid_from": "0001-01-01"}, "valid_from"),
            ({"opens": "09:00", "closes": "12:00", "valid_until": "9999-12-31"}, "valid_until"),
        ],
    )
    def test_others_stand_at_their_field(self, client, fields, field):
        doctor = signed_in(client)
        response = save(client, 0, fields)
        assert (response.status_code, list(errors(response)[0][0])) == (422, [field])
        assert week(doctor) == []

    def test_a_validity_that_ends_before_it_begins(self, client):
        signed_in(client)
        valid = {"valid_from": "2027-03-02", "valid_until": "2027-03-01"}
        response = save(client, 0, {"opens": "09:00", "closes": "12:00", **valid})
        assert list(errors(response)[0][0]) == ["valid_until"]

    def test_a_night_may_not_run_into_the_next_mornings_hours(self, client):
        doctor = signed_in(client)
        OpeningHoursFactory(doctor=doctor, weekday=0, start_minute=60, end_minute=120)
        night = {"opens": "22:00", "closes": "02:00", "overnight": "on"}
        response = save(client, 6, night)
        said = "dimanche 22:00 – 02:00 chevaucherait lundi 01:00 – 02:00."
        assert errors(response) == ({}, [said])
        assert len(week(doctor)) == 1

    def test_two_ranges_kept_for_different_reasons_may_overlap(self, client):
        doctor = signed_in(client)
        one, other = (ConsultationTypeFactory(doctor=doctor) for _ in "ab")
        hours = {"opens": "09:00", "closes": "12:00"}
        save(client, 0, {**hours, "types": [one.pk]}, {**hours, "types": [other.pk]})
        assert len(week(doctor)) == 2

    def test_another_doctors_reason_is_none(self, client):
        signed_in(client)
        stranger = ConsultationTypeFactory()
        response = save(client, 0, {"opens": "9:00", "closes": "12:00", "types": [stranger.pk]})
        assert list(errors(response)[0][0]) == ["types"]

    def test_a_place_where_nobody_of_the_desk_works_is_none(self, client):
        doctor = signed_in(client)
        OpeningHoursFactory(doctor=doctor, weekday=3, practice=PracticeFactory())
        hours = {"opens": "9:00", "closes": "12:00"}
        response = save(client, 0, {**hours, "practice": PracticeFactory().pk})
        assert list(errors(response)[0][0]) == ["practice"]

    def test_a_place_in_another_time_zone_is_refused_in_words(self, client):
        doctor = signed_in(client)
        tokyo = PracticeFactory(name="Cabinet Tokyo", time_zone="Asia/Tokyo")
        secretary = MembershipFactory(practice=doctor.practice).user
        MembershipFactory(practice=tokyo, user=secretary)
        client.force_login(secretary)
        response = save(client, 0, {"opens": "9:00", "closes": "12:00", "practice": tokyo.pk})
        (form,) = response.context["day"].forms
        assert (response.status_code, list(form.errors)) == (422, ["practice"])
        assert "Un médecin travaille dans un seul fuseau horaire" in form.errors["practice"][0]
        assert [name for _pk, name in form.fields["practice"].choices] == [doctor.practice.name]

    @pytest.mark.parametrize("day", [7, 8, 99])
    def test_a_week_has_seven_days(self, client, day):
        signed_in(client)
        assert save(client, day, ("09:00", "12:00")).status_code == 404


class TestMoreAndLess:
    def test_one_more_range_keeps_what_was_typed_and_saves_nothing(self, client):
        doctor = signed_in(client)
        response = save(client, 0, ("9:xx", "12:30"), add="1", copy_to=[3])
        forms = response.context["day"].forms
        assert [form["opens"].value() for form in forms] == ["9:xx", None]
        assert (response.status_code, errors(response), week(doctor)) == (200, ({}, []), [])
        assert [int(day) for day, chosen in response.context["day"].other_days if chosen] == [3]

    def test_one_less_takes_that_one(self, client):
        signed_in(client)
        response = save(client, 0, ("8:00", "9:00"), ("10:00", "11:00"), remove="0")
        forms = response.context["day"].forms
        assert [form["opens"].value() for form in forms] == ["10:00"]

    def test_a_day_has_a_dozen_ranges_at_most(self, client):
        signed_in(client)
        response = save(client, 0, *[("", "")] * 12, add="1")
        assert len(response.context["day"].forms) == 12

    @pytest.mark.parametrize("count", ["", "-1", "x", "9" * 9, "²"])
    def test_nonsense_about_how_many_is_none(self, client, count):
        doctor = signed_in(client)
        client.post(f"{ROOT}hours/0/", {"ranges-count": count, "copy_to": ["x", "", "77", "²"]})
        assert week(doctor) == []


class TestFirstTime:
    def test_the_usual_week_is_proposed_for_all_working_days(self, client):
        signed_in(client, hours_saved_at=None)
        day = client.get(f"{ROOT}hours/0/").context["day"]
        assert [form["opens"].value() for form in day.forms] == ["09:00", "14:00"]
        assert [int(each) for each, chosen in day.other_days if chosen] == [1, 2, 3, 4]

    def test_until_then_the_fallback_is_drawn_and_said(self, client):
        doctor = signed_in(client)
        drawn = client.get(f"{ROOT}hours/").context["week"]
        assert (drawn.is_fallback, drawn.total) == (True, "56\xa0h")
        open_week(doctor, weekdays=[0])
        assert not client.get(f"{ROOT}hours/").context["week"].is_fallback


class TestHits:
    def test_visits_outside_the_new_hours_are_shown_before_anything_is_written(self, client):
        doctor = signed_in(client)
        open_week(doctor)
        visit = AppointmentFactory(doctor=doctor, starts_at=monday("15:00"))
        response = save(client, 0, ("09:00", "12:00"))
        review = response.context["review"]
        assert (response.status_code, [line.visit for line in review.lines]) == (409, [visit])
        assert ("ranges-0-opens", "09:00") in review.sent
        assert week(doctor)[0] == (0, "09:00", "17:00")

    def test_answered_it_writes_both(self, client):
        doctor = signed_in(client)
        open_week(doctor)
        visit = AppointmentFactory(doctor=doctor, starts_at=monday("15:00"))
        answers = {"seen": visit.pk, f"outcome-{visit.pk}": "cancel", "message": "Désolés."}
        response = save(client, 0, ("09:00", "12:00"), **answers)
        visit.refresh_from_db()
        assert (response.status_code, visit.status) == (302, Status.CANCELLED)
        assert visit.notifications.get().message == "Désolés."
        assert week(doctor)[0] == (0, "09:00", "12:00")


class TestWho:
    def test_strangers_change_nothing(self, client):
        doctor = OpeningHoursFactory().doctor
        client.force_login(DoctorFactory().user)
        url = f"{ROOT}hours/0/?doctor={doctor.pk}"
        assert client.post(url, typed(("08:00", "09:00"))).status_code == 404
        assert week(doctor) == [(0, "09:00", "17:00")]

    def test_the_secretary_edits_another_days_hours_elsewhere_unchanged(self, client):
        doctor, elsewhere = DoctorFactory(), PracticeFactory()
        OpeningHoursFactory(doctor=doctor, weekday=1, practice=elsewhere)
        save(staffed_by(client, doctor), 0, ("08:00", "09:00"))
        assert doctor.opening_hours.get(weekday=1).practice == elsewhere


class TestDrawing:
    def drawn(self, *ranges):
        doctor = DoctorFactory()
        for start, end, *more in ranges:
            options = more[0] if more else {}
            OpeningHoursFactory(doctor=doctor, start_minute=start, end_minute=end, **options)
        return drawn_week(doctor, TODAY)

    def cells(self, week, lane=0):
        """[(quarters, "09:00"), …] of Monday's track, the gaps joined."""
        found = []
        for cell in week.days[0].lanes[lane]:
            opens = cell.range.opens if cell.range else None
            if found and found[-1][1] is None and opens is None:
                found[-1] = (found[-1][0] + cell.quarters, None)
            else:
                found.append((cell.quarters, opens))
        return found

    def test_a_track_goes_from_8_to_20(self):
        week = self.drawn((540, 750), (870, 1080))
        assert week.hours == [8, 10, 12, 14, 16, 18]
        assert self.cells(week) == [
            (4, None),
            (14, "09:00"),
            (8, None),
            (14, "14:30"),
            (8, None),
        ]
        assert (week.days[0].total, week.total) == ("7\xa0h", "7\xa0h")

    def test_it_grows_for_who_works_early_or_at_night(self):
        week = self.drawn((390, 480), (1320, 1560))
        assert (week.hours[0], week.hours[-1]) == (6, 22)
        assert self.cells(week) == [(2, None), (6, "06:30"), (56, None), (8, "22:00")]
        assert week.days[0].total == "5\xa0h\xa030"

    def test_gaps_break_at_full_hours_where_the_track_has_lines(self):
        gap = [cell for cell in self.drawn((1140, 1200)).days[0].lanes[0] if not cell.range]
        assert [(cell.quarters, cell.is_hour) for cell in gap] == [(4, True)] * 11

    def test_odd_minutes_are_drawn_and_never_nothing(self):
        assert self.cells(self.drawn((487, 492)))[:2] == [(1, "08:07"), (47, None)]

    def test_what_overlaps_takes_a_track_of_its_own_and_counts_once(self):
        week = self.drawn((540, 720), (600, 780))
        assert [self.cells(week, lane)[1] for lane in (0, 1)] == [(12, "09:00"), (12, "10:00")]
        assert week.days[0].total == "4\xa0h"

    def test_hours_of_other_weeks_are_said_and_not_drawn(self):
        week = self.drawn((540, 720, {"valid_from": TODAY + dt.timedelta(days=30)}))
        monday = week.days[0]
        assert (monday.ranges, monday.lanes, len(monday.special)) == ([], [], 1)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (Range(0, 540, 720), Range(0, 720, 780), False),
        (Range(0, 540, 720), Range(0, 719, 780), True),
        (Range(0, 540, 720), Range(1, 540, 720), False),
        (Range(6, 1320, 1560), Range(0, 60, 120), True),
        (Range(6, 1320, 1560), Range(0, 120, 180), False),
        (
            Range(0, 540, 720, valid_until=dt.date(2027, 3, 1)),
            Range(0, 540, 720, valid_from=dt.date(2027, 3, 2)),
            False,
        ),
        (
            Range(0, 540, 720, valid_until=dt.date(2027, 3, 2)),
            Range(0, 540, 720, valid_from=dt.date(2027, 3, 2)),
            True,
        ),
    ],
)
def test_ranges_overlap_in_the_week_they_share(one, other, meet):
    assert (one.overlaps(other), other.overlaps(one)) == (meet, meet)


@pytest.mark.parametrize("count", [1, 30])
def test_the_week_costs_the_same_for_one_range_and_thirty(client, django_assert_num_queries, count):
    doctor = signed_in(client)
    kind = ConsultationTypeFactory(doctor=doctor)
    for index in range(count):
        start = 480 + 20 * (index // 7)
        row = {"weekday": index % 7, "start_minute": start, "end_minute": start + 20}
        OpeningHoursFactory(doctor=doctor, types=[kind], practice=doctor.practice, **row)
    # Session, account, desk, ranges and their types, then the frame's two.
    with django_assert_num_queries(7):
        client.get(f"{ROOT}hours/")
    assert Appointment.objects.count() == 0
