import datetime as dt
from collections import Counter, defaultdict
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Patient, User
from bookings import slots
from bookings.models import Appointment, Hold, PatientFile, PrivateNote, StatusChange
from bookings.samples.agenda import PAST_DAYS, Diary
from bookings.samples.chance import Chance
from bookings.samples.people import Crowd
from bookings.samples.roster import plan_doctors
from bookings.samples.visits import plan_visits
from bookings.samples.week import plan_week
from bookings.samples.world import shares, write_world
from bookings.status import LIVE, Status, Verb, leads_to
from doctors.models import ConsultationType, Doctor, Practice, Specialty
from scheduling import engine
from scheduling.models import DoctorAbsence, Holiday, OpeningHours

pytestmark = pytest.mark.django_db

WEDNESDAY = dt.datetime(2027, 3, 3, 9, 42, tzinfo=dt.UTC)
"""10:42 in Paris, 09:42 in Casablanca."""

TABLES = (
    User,
    EmailAddress,
    Patient,
    Practice,
    Specialty,
    Doctor,
    ConsultationType,
    OpeningHours,
    DoctorAbsence,
    Holiday,
    Appointment,
    StatusChange,
    PatientFile,
    PrivateNote,
)


def write(count=5, *, patients=0, appointments=None, seed=1, now=WEDNESDAY, **options):
    write_world(
        count=count, patients=patients, appointments=appointments, seed=seed, now=now, **options
    )


def rows():
    """All rows of the world, with their keys."""
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in TABLES}


def story():
    """The texts of the world, without keys and times of writing."""
    return (
        list(User.objects.order_by("username").values_list("username", "email", "role")),
        list(
            Appointment.objects.order_by("pk").values_list(
                "pk", "doctor_name", "patient_name", "type_name", "starts_at", "status", "reason"
            )
        ),
        list(
            StatusChange.objects.order_by("appointment", "pk").values_list(
                "appointment", "verb", "at", "by__username"
            )
        ),
        list(OpeningHours.objects.order_by("pk").values_list("weekday", "start_minute")),
        list(ConsultationType.objects.order_by("pk").values_list("name", "duration", "price")),
    )


def doctor(username):
    return Doctor.objects.select_related("practice", "specialty").get(user__username=username)


class TestTheFirstFive:
    @pytest.mark.parametrize(
        ("username", "name", "specialty", "weekdays"),
        [
            ("dr_smith", "Dr John Smith", "Cardiology", {0, 1, 2, 4}),
            ("dr_johnson", "Dr Sarah Johnson", "Dermatology", {1, 2, 3, 4}),
            ("dr_brown", "Dr Michael Brown", "Orthopedics", {0, 2, 4}),
            ("dr_davis", "Dr Emily Davis", "Pediatrics", {0, 1, 2, 3, 4}),
            ("dr_wilson", "Dr Robert Wilson", "Internal Medicine", {1, 3, 4}),
        ],
    )
    def test_have_their_names_fields_and_days(self, username, name, specialty, weekdays):
        write(5, appointments=0)
        found = doctor(username)
        assert (found.name, found.specialty.name_en) == (name, specialty)
        assert set(found.opening_hours.values_list("weekday", flat=True)) == weekdays
        assert found.is_listed

    def test_are_all_there_is_with_count_5(self):
        write(5, appointments=0)
        assert list(Doctor.objects.order_by("pk").values_list("user__username", flat=True)) == [
            "dr_smith",
            "dr_johnson",
            "dr_brown",
            "dr_davis",
            "dr_wilson",
        ]

    @pytest.mark.parametrize("identifier", ["dr_smith", "dr_smith@exemple.test"])
    def test_sign_in_by_user_name_and_by_email(self, identifier, rf):
        write(5, appointments=0)
        consultation_type = "email" if "@" in identifier else "username"
        user = authenticate(
            rf.post("/"), **{consultation_type: identifier, "password": "testpass123"}
        )
        assert user == doctor("dr_smith").user

    @pytest.mark.parametrize("appointments", [0, None, 1500])
    def test_have_free_times_on_every_open_day(self, appointments):
        write(5, appointments=appointments)
        full = []
        for found in Doctor.objects.select_related("practice"):
            weekdays = set(found.opening_hours.values_list("weekday", flat=True))
            consultation = found.consultation_types.first()
            for consultation_type in (None, consultation):
                query = slots.SlotQuery(found, consultation_type)
                free = slots.free_slots(query, WEDNESDAY.date(), 60, now=WEDNESDAY)
                full += [
                    (found.slug, consultation_type, day)
                    for day, starts in free.items()
                    if day.weekday() in weekdays and not starts
                ]
        assert full == []

    def test_begin_with_a_plain_half_hour(self):
        write(5, appointments=0)
        first = [found.consultation_types.first() for found in Doctor.objects.all()]
        assert {
            (t.name, t.duration, t.notice_minutes, t.require_existing_patient) for t in first
        } == {("Consultation", 30, 0, False)}


class TestSampleAccounts:
    def test_patients_have_no_visits_and_no_absences(self):
        write(8, patients=3)
        accounts = User.objects.filter(
            username__in=["patient", "patient1", "patient2", "patient3", "admin", "secretaire"]
        )
        persons = Patient.objects.filter(account__in=accounts)
        assert accounts.count() == 6
        assert persons.count() == 5
        assert not Appointment.objects.filter(patient__in=persons).exists()
        assert not PatientFile.objects.filter(patient__in=persons).exists()

    def test_patient_books_for_herself_and_a_child(self):
        write(0)
        persons = Patient.objects.of_account(User.objects.get(username="patient"))
        assert [person.relation for person in persons] == ["self", "child"]

    def test_secretary_works_at_the_desk_of_the_first_five(self):
        write(8, appointments=0)
        desk = Doctor.objects.staffed_by(User.objects.get(username="secretaire"))
        assert {found.user.username for found in desk} == {
            "dr_smith",
            "dr_johnson",
            "dr_brown",
            "dr_davis",
            "dr_wilson",
        }

    def test_admin_enters_the_administration(self):
        write(0)
        admin = User.objects.get(username="admin")
        assert (admin.is_staff, admin.is_superuser) == (True, True)

    def test_addresses_are_verified(self):
        write(5, patients=2)
        unverified = User.objects.exclude(emailaddress__verified=True)
        assert list(unverified) == []


class TestASecondRun:
    def test_adds_nothing(self):
        write(8, patients=2, appointments=400)
        before = rows()
        write(8, patients=2, appointments=400, now=WEDNESDAY + dt.timedelta(days=3))
        assert rows() == before

    def test_keeps_what_people_changed(self):
        write(6, appointments=10)
        Practice.objects.filter(name="Cabinet Tbib Paris").update(name="Cabinet Smith")
        User.objects.filter(username="dr_smith").update(first_name="Jack")
        User.objects.get(username="secretaire").memberships.update(ended_at=WEDNESDAY)
        OpeningHours.objects.filter(doctor=doctor("dr_smith")).delete()
        before = rows()
        write(6, appointments=10)
        assert rows() == before
        assert User.objects.get(username="secretaire").memberships.count() == 1

    def test_with_a_larger_count_adds_the_missing_doctors(self):
        write(5, appointments=0)
        first = set(Doctor.objects.values_list("pk", flat=True))
        write(9, appointments=0)
        assert Doctor.objects.count() == 9
        assert first < set(Doctor.objects.values_list("pk", flat=True))

    @pytest.mark.django_db(transaction=True)
    def test_completes_one_that_was_cut_short(self):
        def cut(doctors, appointments):
            if Doctor.objects.count() > 6:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write(9, appointments=400, progress=cut)
        assert 5 <= Doctor.objects.count() < 9
        assert not Doctor.objects.filter(opening_hours=None).exists()
        write(9, appointments=400)
        assert Doctor.objects.count() == 9
        assert not Doctor.objects.filter(appointments=None).exists()
        assert User.objects.get(username="secretaire").memberships.count() == 1


class TestSeed:
    @pytest.mark.one_database
    def test_the_same_seed_gives_the_same_world(self):
        worlds = []
        for _run in range(2):
            with transaction.atomic():
                write(8)
                worlds.append(story())
                transaction.set_rollback(True)
        assert worlds[0] == worlds[1]
        assert len(worlds[0][1]) > 500

    def test_another_seed_gives_other_people(self):
        one, other = plan_doctors(1, 20), plan_doctors(2, 20)
        assert [plan.name for plan in one[:5]] == [plan.name for plan in other[:5]]
        assert [plan.name for plan in one[5:]] != [plan.name for plan in other[5:]]

    def test_a_larger_count_begins_with_the_same_doctors(self):
        assert plan_doctors(1, 12) == plan_doctors(1, 60)[:12]


class TestTheCommand:
    def test_is_refused_where_debug_is_off(self, settings):
        settings.DEBUG = False
        with pytest.raises(CommandError, match="--force"):
            call_command("seed_doctors", count=5)
        assert not User.objects.exists()

    def test_can_be_forced_where_debug_is_off(self, settings, capsys):
        settings.DEBUG = False
        call_command("seed_doctors", "--force", count=5, appointments=0)
        assert Doctor.objects.count() == 5

    @pytest.fixture
    def debug(self, settings):
        settings.DEBUG = True

    @pytest.mark.parametrize("name", ["seed_doctors", "create_sample_specialists"])
    def test_says_how_to_sign_in(self, name, debug, capsys):
        call_command(name, "--count", "5", "--appointments", "20", "--patients", "2")
        said = capsys.readouterr().out
        assert "dr_smith, dr_johnson, dr_brown, dr_davis, dr_wilson" in said
        assert "testpass123" in said
        assert "patient1 … patient2" in said
        assert Appointment.objects.count() == 20

    def test_makes_five_doctors_unless_more_are_asked_for(self, debug, capsys):
        call_command("seed_doctors", appointments=0)
        assert Doctor.objects.count() == 5
        assert "dr_wilson" in capsys.readouterr().out

    def test_if_empty_leaves_a_database_with_a_doctor_alone(self, debug, capsys):
        write(1, appointments=0)
        call_command("seed_doctors", "--if-empty")
        assert Doctor.objects.count() == 1
        assert capsys.readouterr().out == ""


@pytest.fixture(scope="class")
def world(django_db_setup, django_db_blocker):
    """A world that is written once for many tests, in a transaction around theirs."""
    with django_db_blocker.unblock(), transaction.atomic():
        write(14)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("world")
class TestTheWorld:
    def test_has_every_status(self):
        assert set(Appointment.objects.values_list("status", flat=True)) == set(Status.values)

    def test_reaches_from_thirteen_weeks_ago_to_four_weeks_ahead(self):
        times = Appointment.objects.exclude(starts_at=None).order_by("starts_at")
        days = [(at.starts_at - WEDNESDAY).days for at in (times.first(), times.last())]
        assert days[0] in (-92, -91)
        assert days[1] in (26, 27, 28)

    def test_has_full_doctors_and_new_ones(self):
        visits = Counter(Appointment.objects.values_list("doctor", flat=True))
        numbers = sorted(visits.values())
        assert numbers[0] < 80
        assert numbers[-1] > 300

    def test_no_live_visits_of_a_doctor_overlap(self):
        live = Appointment.objects.filter(status__in=LIVE, starts_at__isnull=False)
        agendas = defaultdict(list)
        for visit in live.order_by("starts_at"):
            agendas[visit.doctor_id].append(visit)
        clashes = [
            (one, other)
            for agenda in agendas.values()
            for one, other in pairwise(agenda)
            if other.starts_at < one.ends_at + dt.timedelta(minutes=one.buffer_minutes)
        ]
        assert clashes == []

    def test_nobody_is_in_two_places_at_once(self):
        agendas = defaultdict(list)
        for visit in Appointment.objects.exclude(starts_at=None).order_by("starts_at"):
            agendas[visit.patient_id].append(visit)
        clashes = [
            (one, other)
            for agenda in agendas.values()
            for one, other in pairwise(agenda)
            if other.starts_at < one.ends_at
        ]
        assert clashes == []

    def test_visits_start_on_the_grid_of_their_type(self):
        off = []
        for found in Doctor.objects.select_related("practice"):
            consultation_types = {
                consultation_type.pk: consultation_type
                for consultation_type in found.consultation_types.all()
            }
            ranges = OpeningHours.objects.ranges_of([found.pk], consultation_types)[found.pk]
            days = engine.days_from(WEDNESDAY.date() - dt.timedelta(days=PAST_DAYS + 2), 140)
            grids = {}
            for pk, consultation_type in consultation_types.items():
                hours = [*ranges[None], *ranges.get(pk, [])]
                opened = engine.openings(hours, days, found.practice.zone)
                grids[pk] = {
                    start for start, _blocker in engine.grid(opened, consultation_type.length, [])
                }
            timed = found.appointments.exclude(starts_at=None)
            off += [v for v in timed if v.starts_at not in grids[v.consultation_type_id]]
        assert off == []

    def test_visits_avoid_absences_and_holidays(self):
        closed = defaultdict(list)
        for absence in DoctorAbsence.objects.all():
            closed[absence.doctor_id].append((absence.starts_at, absence.ends_at))
        for holiday in Holiday.objects.filter(decision="closed").select_related("practice"):
            for found in holiday.practice.doctors.all():
                closed[found.pk].append(engine.day_span(holiday.date, holiday.practice.zone))
        hit = [
            visit
            for visit in Appointment.objects.exclude(starts_at=None)
            for start, end in closed[visit.doctor_id]
            if visit.starts_at < end and start < visit.ends_at
        ]
        assert hit == []

    def test_histories_obey_the_table_and_the_clock(self):
        first = {"": {Verb.REQUEST: "pending", Verb.BOOK: "confirmed", Verb.ADD_WALK_IN: "arrived"}}
        wrong = []
        for visit in Appointment.objects.prefetch_related("changes"):
            changes = list(visit.changes.all())
            status = ""
            for change in changes:
                to = first[""].get(change.verb) if not status else leads_to(change.verb, status)
                if (change.from_status, change.to_status) != (status, to):
                    wrong.append(change)
                status = change.to_status
            times = [change.at for change in changes]
            if status != visit.status or times != sorted(times) or times[-1] > WEDNESDAY:
                wrong.append(visit)
        assert wrong == []

    def test_only_visits_that_began_are_seen_or_missed(self):
        began = {Status.IN_PROGRESS, Status.DONE, Status.NO_SHOW}
        early = Appointment.objects.filter(status__in=began, starts_at__gt=WEDNESDAY)
        assert list(early) == []

    def test_walk_ins_draw_numbers_without_a_gap(self):
        queues = defaultdict(list)
        for visit in Appointment.objects.filter(starts_at=None):
            queues[visit.doctor_id, visit.queue_date].append(visit.queue_number)
        assert all(sorted(queue) == list(range(1, len(queue) + 1)) for queue in queues.values())
        today = [queue for (_doctor, day), queue in queues.items() if day == WEDNESDAY.date()]
        assert today

    def test_copies_are_those_of_the_type(self):
        visits = Appointment.objects.select_related("consultation_type", "doctor__user", "patient")
        for visit in visits:
            consultation_type = visit.consultation_type
            assert (visit.type_name, visit.duration, visit.price, visit.currency) == (
                consultation_type.name,
                consultation_type.duration,
                consultation_type.price,
                consultation_type.currency,
            )
            assert (visit.doctor_name, visit.patient_name) == (
                visit.doctor.name,
                visit.patient.name,
            )
            assert (
                not visit.starts_at or visit.ends_at - visit.starts_at == consultation_type.length
            )

    def test_phones_are_ones_a_form_accepts(self):
        phones = [each.phone for each in (*Patient.objects.all(), *Practice.objects.all())]
        assert [phone for phone in phones if phone and not phone.is_valid()] == []

    def test_requests_for_existing_patients_come_from_existing_patients(self):
        strangers = []
        online = Appointment.objects.filter(
            consultation_type__require_existing_patient=True, changes__by__role="patient"
        )
        for visit in online.distinct():
            before = visit.patient.appointments.filter(doctor=visit.doctor).took_place()
            if not before.exists():
                strangers.append(visit)
        assert strangers == []

    def test_most_holidays_are_closed_and_the_first_five_have_all_to_decide(self):
        today = WEDNESDAY.date()
        coming = Holiday.objects.filter(date__range=(today, today + dt.timedelta(days=365)))
        known = coming.filter(practice__doctors__user__username="dr_smith")
        others = coming.exclude(practice__doctors__user__username="dr_smith")
        decisions = Counter(others.values_list("decision", flat=True))
        assert set(known.values_list("decision", flat=True)) == {"proposed"}
        assert decisions["closed"] > decisions["proposed"] > decisions["open"] > 0

    def test_holds_nothing(self):
        assert not Hold.objects.exists()

    def test_every_row_is_one_a_form_would_accept(self):
        for model in (Practice, Specialty, Doctor, ConsultationType, OpeningHours, Holiday):
            for row in model.objects.all():
                row.full_clean()


class TestAppointments:
    @pytest.mark.parametrize("number", [1, 200, 3000])
    def test_come_in_the_number_asked_for(self, number):
        write(5, appointments=number)
        assert Appointment.objects.count() == number

    def test_are_shared_among_all_doctors(self):
        parts = shares(plan_doctors(1, 40), 10_000, 1)
        assert sum(parts.values()) == 10_000
        assert [index for index, part in parts.items() if part == 0] == [18, 37]

    def test_reach_further_into_the_past_when_they_are_many(self):
        plan = plan_doctors(1, 1)[0]
        zone = ZoneInfo("Europe/Paris")
        diary = Diary(plan, plan_week(plan, 1), [], zone, WEDNESDAY)
        crowd = Crowd(plan.practice.country, dt.date(2025, 1, 1), WEDNESDAY.date(), Chance(1))
        visits = plan_visits(diary, crowd, wanted=2000, chance=Chance(1))
        times = [visit.slot.start for visit in visits if visit.slot]
        assert len(visits) == 2000
        assert min(times) < WEDNESDAY - dt.timedelta(days=200)
        assert max(times) < WEDNESDAY + dt.timedelta(days=29)


@pytest.mark.one_database
@pytest.mark.parametrize("hour", [0, 6, 12, 18, 23])
def test_a_world_can_be_made_at_any_hour(hour):
    for day in range(3):
        now = dt.datetime(2026, 10, 23 + day, hour, 17, tzinfo=dt.UTC)
        with transaction.atomic():
            write(9, appointments=2500, now=now)
            assert set(Appointment.objects.values_list("status", flat=True)) == set(Status.values)
            assert not StatusChange.objects.filter(at__gt=now).exists()
            transaction.set_rollback(True)


def test_the_command_speaks_of_now(settings, capsys):
    settings.DEBUG = True
    call_command("seed_doctors", "--count", "5", "--verbosity", "0")
    now = timezone.now()
    upcoming = Appointment.objects.upcoming(now)
    assert upcoming.exists()
    assert not StatusChange.objects.filter(at__gt=now).exists()
    assert capsys.readouterr().out == ""
