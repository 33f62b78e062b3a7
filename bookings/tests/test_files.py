import datetime as dt

import pytest

from accounts.tests.factories import AdminFactory, PatientFactory
from bookings import rules, services
from bookings.models import PatientFile
from bookings.models.files import no_shows
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from doctors.tests.factories import DoctorFactory, MembershipFactory, PracticeFactory

pytestmark = pytest.mark.django_db

LATER = FRIDAY_MORNING + dt.timedelta(hours=1)


@pytest.fixture
def secretary():
    return MembershipFactory().user


@pytest.fixture
def at_desk(secretary):
    """The arguments of the services: the secretary, the patient and the practice."""
    practice = secretary.memberships.get().practice
    return {"by": secretary, "patient": PatientFactory(), "practice": practice}


class TestBlockPatient:
    def test_keeps_user_time_and_reason_and_stops_online_booking(self, at_desk):
        file = services.block_patient(**at_desk, reason=" Threats ", now=FRIDAY_MORNING)
        file.refresh_from_db()
        assert (file.blocked_by, file.blocked_at, file.block_reason) == (
            at_desk["by"],
            FRIDAY_MORNING,
            "Threats",
        )
        with pytest.raises(rules.RuleRefused, match=file.patient.name):
            rules.check_not_blocked(file.patient, file.practice, FRIDAY_MORNING)

    def test_leaves_other_practices_alone(self, at_desk):
        file = services.block_patient(**at_desk)
        rules.check_not_blocked(file.patient, PracticeFactory(), FRIDAY_MORNING)

    def test_twice_keeps_the_first_stamp(self, at_desk):
        services.block_patient(**at_desk, now=FRIDAY_MORNING)
        services.block_patient(**at_desk | {"by": AdminFactory()}, reason="Again", now=LATER)
        file = PatientFile.objects.get()
        assert (file.blocked_by, file.blocked_at, file.block_reason) == (
            at_desk["by"],
            FRIDAY_MORNING,
            "Again",
        )

    @pytest.mark.parametrize(
        "service", [services.block_patient, services.unblock_patient, services.reset_no_shows]
    )
    def test_is_the_practices_alone(self, at_desk, service):
        stranger = DoctorFactory().user
        with pytest.raises(rules.RuleRefused):
            service(**at_desk | {"by": stranger})
        assert not PatientFile.objects.exists()


def test_unblock_patient_lets_them_book_again(at_desk):
    services.block_patient(**at_desk, reason="Threats")
    file = services.unblock_patient(**at_desk)
    rules.check_not_blocked(file.patient, file.practice, FRIDAY_MORNING)
    file.refresh_from_db()
    assert (file.blocked_at, file.blocked_by, file.block_reason) == (None, None, "")


def test_reset_no_shows_counts_from_now_on(at_desk):
    doctor = DoctorFactory(practice=at_desk["practice"])
    missed = AppointmentFactory(doctor=doctor, patient=at_desk["patient"], status=Status.NO_SHOW)
    here = {"patient": missed.patient, "practice": missed.practice}
    assert no_shows(**here, now=monday("18:00")) == 1
    file = services.reset_no_shows(**at_desk, now=monday("12:00"))
    assert (file.no_shows_reset_at, file.no_shows_reset_by) == (monday("12:00"), at_desk["by"])
    assert no_shows(**here, now=monday("18:00")) == 0
    missed.refresh_from_db()
    assert missed.status == Status.NO_SHOW
