"""À clôturer: the visits of past days whose end nobody noted."""

import datetime as dt

import pytest
import time_machine

from bookings import services
from bookings.models import Appointment, Notification
from bookings.models.files import no_shows
from bookings.status import Status, Verb
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import monday
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory

pytestmark = pytest.mark.django_db

URL = "/dashboard/closing/"
DAY = dt.timedelta(days=1)
TUESDAY = monday("09:00") + DAY


@pytest.fixture(autouse=True)
def tuesday_morning():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def doctor():
    return ConsultationTypeFactory().doctor


@pytest.fixture
def desk(client, doctor):
    client.force_login(doctor.user)
    return client


def visit(doctor, status=Status.CONFIRMED, at="10:00", **more):
    return AppointmentFactory(**{"starts_at": monday(at), **more}, doctor=doctor, status=status)


def walk_in(doctor, day=None, **more):
    return AppointmentFactory(
        doctor=doctor, walk_in=True, queue_date=day or dt.date(2027, 3, 1), **more
    )


def close(desk, **outcomes):
    """Posts the outcome of each visit: {its pk in hex: outcome}."""
    visits = {pk: Appointment.objects.get(pk=pk) for pk in outcomes}
    data = {"visit": [each.pk for each in visits.values()]}
    for pk, each in visits.items():
        data |= {f"outcome-{each.pk}": outcomes[pk], f"seen-{each.pk}": each.sequence}
    return desk.post(URL, data)


def listed(desk):
    days = desk.get(URL).context["days"]
    return [(day.date.day, [row.visit for row in (*day.timed, *day.walk_ins)]) for day in days]


class TestList:
    def test_walk_ins_and_visits_however_old_are_listed_by_day(self, desk, doctor):
        late, early = visit(doctor, Status.ARRIVED, "11:00"), visit(doctor)
        number = walk_in(doctor)
        old = visit(doctor, Status.IN_PROGRESS, starts_at=monday("10:00") - 40 * DAY)
        assert listed(desk) == [(1, [early, late, number]), (20, [old])]

    def test_what_is_of_today_closed_or_of_others_is_not(self, desk, doctor):
        visit(doctor, starts_at=TUESDAY)
        walk_in(doctor, day=TUESDAY.date())
        for at, status in (("10:00", Status.DONE), ("11:00", Status.NO_SHOW), ("12:00", "pending")):
            visit(doctor, status, at)
        visit(DoctorFactory())
        assert listed(desk) == []

    def test_the_agenda_counts_them_and_leads_here(self, desk, doctor):
        visit(doctor)
        walk_in(doctor)
        agenda = desk.get("/dashboard/")
        assert agenda.context["to_close"] == 2
        assert f'href="{URL}?doctor={doctor.pk}"' in agenda.text

    def test_what_the_desk_noted_is_chosen_and_only_doubt_is_open(self, desk, doctor):
        visit(doctor)
        visit(doctor, Status.ARRIVED, "11:00")
        rows = desk.get(URL).context["days"][0].timed
        chosen = [[e.status for e in row.endings if e.is_chosen] for row in rows]
        assert chosen == [[], [Status.DONE]]
        assert desk.get(URL, {"all": "done"}).context["undecided"] == 0

    def test_who_is_with_the_doctor_cannot_be_cancelled(self, desk, doctor):
        visit(doctor, Status.IN_PROGRESS)
        [row] = desk.get(URL).context["days"][0].timed
        assert [bool(each.reason) for each in row.endings] == [False, False, True]

    @pytest.mark.parametrize("count", [1, 30])
    def test_it_costs_the_same_for_one_and_thirty(
        self, desk, doctor, count, django_assert_num_queries
    ):
        for day in range(count):
            visit(doctor, starts_at=monday("10:00") - day * DAY)
        # Session, account, desks; visits, their times; the frame's two.
        with django_assert_num_queries(7):
            desk.get(URL)


class TestClose:
    @pytest.mark.parametrize("before", [Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS])
    @pytest.mark.parametrize("to", [Status.DONE, Status.NO_SHOW])
    def test_each_visit_is_closed_in_one_step(self, desk, doctor, before, to):
        past = visit(doctor, before)
        close(desk, **{past.pk.hex: to})
        past.refresh_from_db()
        (row,) = past.changes.all()
        assert (past.status, row.to_status, row.by) == (to, to, doctor.user)

    def test_all_are_closed_at_once_and_the_undecided_stay(self, desk, doctor):
        seen, absent, open_one = visit(doctor), visit(doctor, at="11:00"), visit(doctor, at="12:00")
        answer = close(desk, **{seen.pk.hex: "done", absent.pk.hex: "no_show", open_one.pk.hex: ""})
        page = desk.get(answer["Location"])
        assert (page.context["counts"], listed(desk)) == (
            {"done": 1, "no_show": 1},
            [(1, [open_one])],
        )
        person = {"patient": absent.patient, "practice": absent.practice}
        assert no_shows(**person, now=TUESDAY) == 1

    def test_one_undo_takes_all_back(self, desk, doctor):
        visits = [visit(doctor), visit(doctor, Status.ARRIVED, "11:00"), walk_in(doctor)]
        answer = close(desk, **{each.pk.hex: "done" for each in visits})
        changes = desk.get(answer["Location"]).context["changes"]
        desk.post(f"{URL}undo/", {"changes": ".".join(str(each.pk) for each in changes)})
        for each in visits:
            before = each.status
            each.refresh_from_db()
            assert each.status == before

    def test_nothing_is_taken_back_when_one_visit_changed_since(self, desk, doctor):
        visits = [visit(doctor), visit(doctor, at="11:00")]
        close(desk, **{each.pk.hex: "done" for each in visits})
        changes = [each.changes.get().pk for each in visits]
        services.undo(visits[0], by=doctor.user)
        desk.post(f"{URL}undo/", {"changes": f"{changes[0]}.{changes[1]}"})
        visits[1].refresh_from_db()
        assert visits[1].status == Status.DONE

    def test_a_visit_that_somebody_else_closed_is_named_and_the_others_are_closed(
        self, desk, doctor
    ):
        other, past = visit(doctor, patient_name="Nora Belhaj"), visit(doctor, at="11:00")
        data = {"visit": [other.pk, past.pk]}
        data |= {f"outcome-{pk}": "done" for pk in data["visit"]} | {f"seen-{other.pk}": 0}
        services.change_status(other, Verb.MARK_ABSENT, by=doctor.user)
        page = desk.post(URL, data, follow=True)
        assert "Nora Belhaj" in page.text
        statuses = Appointment.objects.order_by("starts_at").values_list("status", flat=True)
        assert list(statuses) == [Status.NO_SHOW, Status.DONE]

    def test_a_strangers_visit_and_nonsense_are_left_alone(self, desk, doctor):
        stranger = visit(DoctorFactory())
        data = {"visit": [stranger.pk, "nonsense"], f"outcome-{stranger.pk}": "done"}
        assert desk.post(URL, data | {"outcome-nonsense": "done"}).status_code == 303
        stranger.refresh_from_db()
        assert stranger.status == Status.CONFIRMED

    def test_a_past_visit_cancelled_late_sends_no_message(self, desk, doctor):
        past = visit(doctor)
        close(desk, **{past.pk.hex: "cancelled"})
        services.undo(past, by=doctor.user)
        assert list(Notification.objects.all()) == []
