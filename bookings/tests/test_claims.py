"""Invitations: an account claims the person that the desk added; names are never compared."""

import datetime as dt

import pytest

from accounts.models import Patient
from accounts.tests.factories import PatientFactory, RelativeFactory, UserFactory
from bookings import services
from bookings.models import Appointment, Invitation, PatientFile
from bookings.rules import RuleRefused, StateConflict
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING
from doctors.tests.factories import DoctorFactory, MembershipFactory, PracticeFactory

pytestmark = pytest.mark.django_db

BORN = dt.date(1980, 5, 6)
NOW = FRIDAY_MORNING


@pytest.fixture
def visit():
    """A visit at the practice of a person without an account."""
    return AppointmentFactory(patient=PatientFactory(account=None, birth_date=BORN))


def invite(visit, *, by=None, now=NOW):
    by = by or visit.doctor.user
    return services.invite(by=by, patient=visit.patient, practice=visit.practice, now=now)


def claim(token, by, *, relation="self", birth_date=BORN, now=NOW):
    invitation = services.invitation_of(token, now=now)
    return services.claim(invitation, by=by, relation=relation, birth_date=birth_date, now=now)


def test_a_relative_gets_the_file_with_its_visits(visit):
    account = PatientFactory().account
    person = claim(invite(visit), account, relation="child")
    assert person == visit.patient
    assert (person.account, person.relation) == (account, "child")
    assert list(Appointment.objects.visible_to(account)) == [visit]


def test_an_account_without_a_person_becomes_the_person(visit):
    account = UserFactory()
    person = claim(invite(visit), account)
    assert (person.pk, person.account, person.is_self) == (visit.patient.pk, account, True)


def test_claiming_for_oneself_makes_two_files_one(visit):
    own = PatientFactory(birth_date=None)
    block = services.block_patient(
        by=visit.doctor.user, patient=visit.patient, practice=visit.practice, reason="canary"
    )
    assert claim(invite(visit), own.account) == own
    visit.refresh_from_db()
    assert visit.patient == own
    assert not Patient.objects.filter(pk=block.patient_id).exists()
    assert PatientFile.objects.get().patient == own
    own.refresh_from_db()
    assert own.birth_date == BORN


def test_a_block_is_not_shaken_off_by_claiming_another_file(visit):
    own = PatientFactory()
    PatientFile.objects.create(patient=own, practice=visit.practice)
    by, practice = visit.doctor.user, visit.practice
    services.block_patient(by=by, patient=visit.patient, practice=practice, reason="rude")
    claim(invite(visit), own.account)
    file = PatientFile.objects.get()
    assert (file.patient, file.block_reason, file.blocked_by) == (own, "rude", by)


def test_a_wrong_date_of_birth_claims_nothing_and_five_end_the_link(visit):
    token, account = invite(visit), UserFactory()
    for _each in range(5):
        with pytest.raises(RuleRefused) as refused:
            claim(token, account, birth_date=dt.date(1999, 1, 1))
        assert refused.value.code == "wrong_date"
    assert services.invitation_of(token, now=NOW) is None
    visit.patient.refresh_from_db()
    assert visit.patient.account is None


def test_a_file_without_a_date_of_birth_needs_the_link_alone(visit):
    Patient.objects.update(birth_date=None)
    visit.patient.refresh_from_db()
    assert claim(invite(visit), UserFactory(), birth_date=None).account is not None


def test_a_link_is_good_once(visit):
    token = invite(visit)
    invitation = services.invitation_of(token, now=NOW)
    claim(token, UserFactory())
    assert services.invitation_of(token, now=NOW) is None
    with pytest.raises(StateConflict):
        services.claim(invitation, by=UserFactory(), relation="self", birth_date=BORN, now=NOW)


def test_a_link_is_good_for_two_weeks(visit):
    token = invite(visit)
    assert services.invitation_of(token, now=NOW + dt.timedelta(days=14)) is None
    last = NOW + dt.timedelta(days=14, seconds=-1)
    assert services.invitation_of(token, now=last).patient == visit.patient


def test_a_new_link_ends_the_practices_earlier_one(visit):
    first, second = invite(visit), invite(visit)
    assert services.invitation_of(first, now=NOW) is None
    assert services.invitation_of(second, now=NOW) is not None


def test_the_token_is_kept_nowhere(visit):
    token = invite(visit)
    assert token not in str(list(Invitation.objects.values()))


def test_only_the_practice_invites(visit):
    secretary = MembershipFactory(practice=visit.practice).user
    assert invite(visit, by=secretary)
    stranger = MembershipFactory(practice=PracticeFactory()).user
    for other in (stranger, DoctorFactory().user, UserFactory()):
        with pytest.raises(RuleRefused):
            invite(visit, by=other)


def test_a_person_with_an_account_is_not_invited(visit):
    child = RelativeFactory()
    other = AppointmentFactory(patient=child, doctor=visit.doctor, starts_at=visit.ends_at)
    with pytest.raises(StateConflict):
        invite(other)
