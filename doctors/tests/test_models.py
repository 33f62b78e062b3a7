"""Who finds which doctor, and who works for which doctor."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone, translation

from accounts.tests.factories import (
    AdminFactory,
    DoctorUserFactory,
    SecretaryUserFactory,
    UserFactory,
)
from doctors.models import ConsultationType, Doctor, Membership, Practice, validate_time_zone
from doctors.tests.factories import (
    LONG_AGO,
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
    SpecialtyFactory,
)

pytestmark = pytest.mark.django_db


# Approved, listed, visible -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "is_approved", "is_listed"),
    [
        pytest.param({}, True, True, id="approved, hours saved"),
        pytest.param({"hours_saved_at": None}, True, False, id="no hours saved"),
        pytest.param({"approved_at": None}, False, False, id="not approved"),
        pytest.param({"user__is_active": False}, False, False, id="account switched off"),
    ],
)
def test_approved_and_listed_say_the_same_as_row_and_as_query(values, is_approved, is_listed):
    doctor = DoctorFactory(**values)

    assert (doctor.is_approved, doctor.is_listed) == (is_approved, is_listed)
    assert list(Doctor.objects.approved()) == [doctor] * is_approved
    assert list(Doctor.objects.listed()) == [doctor] * is_listed


@pytest.mark.parametrize("reader", [AnonymousUser, UserFactory, SecretaryUserFactory])
def test_a_doctor_not_yet_approved_is_hidden_from_strangers(reader):
    approved = DoctorFactory()
    DoctorFactory(approved_at=None)

    assert list(Doctor.objects.visible_to(reader())) == [approved]


def test_a_doctor_not_yet_approved_is_visible_to_staff_and_admins():
    hidden = DoctorFactory(approved_at=None)
    secretary = MembershipFactory(practice=hidden.practice).user

    visible = [Doctor.objects.visible_to(user) for user in (hidden.user, secretary, AdminFactory())]

    assert [list(doctors) for doctors in visible] == [[hidden]] * 3


def test_a_doctor_visible_for_two_reasons_is_listed_once():
    doctor = DoctorFactory()
    MembershipFactory(practice=doctor.practice, user=doctor.user)

    assert list(Doctor.objects.visible_to(doctor.user)) == [doctor]
    assert list(Doctor.objects.staffed_by(doctor.user)) == [doctor]


# Staff -------------------------------------------------------------------------------------------


def test_a_doctor_works_for_nobody_else():
    doctor = DoctorFactory()
    DoctorFactory(practice=doctor.practice)

    assert list(Doctor.objects.staffed_by(doctor.user)) == [doctor]


def test_a_secretary_works_for_every_doctor_of_her_practices():
    here, there, elsewhere = PracticeFactory.create_batch(3)
    hers = [DoctorFactory(practice=practice) for practice in (here, here, there)]
    DoctorFactory(practice=elsewhere)
    secretary = MembershipFactory(practice=here).user
    MembershipFactory(practice=there, user=secretary)

    assert list(Doctor.objects.staffed_by(secretary).order_by("pk")) == hers
    assert set(Practice.objects.visible_to(secretary)) == {here, there}


def test_a_secretary_whose_membership_ended_works_for_nobody():
    doctor = DoctorFactory(approved_at=None)
    membership = MembershipFactory(practice=doctor.practice)
    membership.ended_at = timezone.now()
    membership.save()

    assert list(Membership.objects.of(membership.user)) == []
    assert list(Doctor.objects.staffed_by(membership.user)) == []
    assert list(Doctor.objects.visible_to(membership.user)) == []
    assert list(Practice.objects.visible_to(membership.user)) == []


def test_a_colleague_who_comes_back_works_again():
    doctor = DoctorFactory()
    before = MembershipFactory(practice=doctor.practice, ended_at=LONG_AGO)
    MembershipFactory(practice=doctor.practice, user=before.user)

    assert list(Doctor.objects.staffed_by(before.user)) == [doctor]


@pytest.mark.parametrize("user", [AnonymousUser, UserFactory, AdminFactory])
def test_nobody_else_works_for_a_doctor(user):
    DoctorFactory()

    assert list(Doctor.objects.staffed_by(user())) == []


def test_a_doctor_is_staffed_by_their_secretaries_and_every_admin():
    doctor, other = DoctorFactory(), DoctorFactory()
    secretary = MembershipFactory(practice=doctor.practice).user
    people = [doctor.user, secretary, AdminFactory(), other.user, UserFactory(), AnonymousUser()]

    assert [doctor.is_staffed_by(user) for user in people] == [True] * 3 + [False] * 3


@pytest.mark.parametrize(
    ("user", "sees"), [(AnonymousUser, 0), (UserFactory, 0), (AdminFactory, 1)]
)
def test_who_sees_practices_from_within(user, sees):
    practice = PracticeFactory()

    assert list(Practice.objects.visible_to(user())) == [practice] * sees


def test_a_doctor_sees_their_practice():
    doctor = DoctorFactory()
    DoctorFactory()

    assert list(Practice.objects.visible_to(doctor.user)) == [doctor.practice]


# Search ------------------------------------------------------------------------------------------


@pytest.fixture
def smith():
    """Dr John Smith, cardiologist in Algiers."""
    return DoctorFactory(
        user=DoctorUserFactory(first_name="John", last_name="Smith"),
        practice=PracticeFactory(name="Clinique El Djazaïr", city="Alger"),
    )


@pytest.fixture
def helene():
    """Dr Hélène Lefèvre, paediatrician in Lyon."""
    return DoctorFactory(
        user=DoctorUserFactory(first_name="Hélène", last_name="Lefèvre"),
        specialty=SpecialtyFactory(
            slug="pediatrics",
            name_en="Pediatrics",
            name_fr="Pédiatrie",
            practitioner_en="Pediatrician",
            practitioner_fr="Pédiatre",
        ),
        practice=PracticeFactory(name="Maison de santé", city="Lyon"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "smith",
        "SMITH john",
        "dr smith",
        "Dr. Smith",
        "Dr.Smith",
        "docteur smith",
        "cardio alger",
        "alger cardiologue",
        "cardiology",
        "djazair",
        "  smith  ",
    ],
)
def test_search_finds_dr_smith_alone(smith, helene, text):
    assert list(Doctor.objects.search(text)) == [smith]


@pytest.mark.parametrize(
    "text",
    ["pediatre lyon", "PÉDIATRE LYON", "helene", "Hélène Lefevre", "lefèvre", "maison de sante"],
)
def test_search_finds_helene_with_accents_and_without(smith, helene, text):
    assert list(Doctor.objects.search(text)) == [helene]


@pytest.mark.parametrize("text", ["", "   ", "dr", "Dr.", "Docteur"])
def test_search_for_nothing_finds_everybody(smith, helene, text):
    assert set(Doctor.objects.search(text)) == {smith, helene}


@pytest.mark.parametrize("text", ["cardio lyon", "smith pediatre", "%", "_", "'", "smith x"])
def test_search_needs_every_word_and_takes_none_for_a_pattern(smith, helene, text):
    assert list(Doctor.objects.search(text)) == []


def test_search_finds_the_new_name_after_a_save(smith):
    smith.user.last_name = "Müller"
    smith.user.save()
    smith.save()

    assert list(Doctor.objects.search("smith")) == []
    assert list(Doctor.objects.search("muller")) == [smith]


@pytest.mark.parametrize("text", ["pediatrics", "Pédiatrie", "pediatre", "PEDIATRICIAN"])
def test_of_specialty_takes_any_of_its_names(smith, helene, text):
    assert list(Doctor.objects.of_specialty(text)) == [helene]


@pytest.mark.parametrize("text", ["pedia", "surgery", ""])
def test_of_specialty_takes_whole_names_only(smith, helene, text):
    assert list(Doctor.objects.of_specialty(text)) == []


@pytest.mark.parametrize(("text", "finds"), [("Alger", 1), ("ALGER", 1), ("alg", 0), ("el", 0)])
def test_in_city_takes_the_whole_name_of_the_city(smith, helene, text, finds):
    assert list(Doctor.objects.in_city(text)) == [smith] * finds


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_of_doctors_is_one_query(count, django_assert_num_queries):
    DoctorFactory.create_batch(count)

    with django_assert_num_queries(1):
        found = Doctor.objects.listed().search("dr smith cardio paris").for_pages()
        lines = [(d.name, d.specialty.name, d.practice.address) for d in found]

    assert len(lines) == count


@pytest.mark.parametrize("count", [1, 30])
def test_the_doctors_of_a_secretary_are_one_query(count, django_assert_num_queries):
    practice = PracticeFactory()
    DoctorFactory.create_batch(count, practice=practice)
    secretary = MembershipFactory(practice=practice).user

    with django_assert_num_queries(1):
        names = [doctor.name for doctor in Doctor.objects.staffed_by(secretary).for_pages()]

    assert names == ["Dr John Smith"] * count


# One agenda --------------------------------------------------------------------------------------


def test_locked_takes_doctors_by_pk_whatever_the_order_asked():
    first, second = DoctorFactory.create_batch(2)

    assert Doctor.objects.locked(second.pk, first.pk) == [first, second]


def test_touch_calendar_counts_one_change_for_this_doctor():
    doctor, other = DoctorFactory.create_batch(2)

    doctor.touch_calendar()

    versions = dict(Doctor.objects.values_list("pk", "calendar_version"))
    assert versions == {doctor.pk: 1, other.pk: 0}


def test_specialty_is_named_in_the_readers_language():
    specialty = SpecialtyFactory(name_ar="أمراض القلب")
    names = {}
    for language in ("fr", "en", "ar"):
        with translation.override(language):
            names[language] = (specialty.name, specialty.practitioner)

    assert names == {
        "fr": ("Cardiologie", "Cardiologue"),
        "en": ("Cardiology", "Cardiologist"),
        "ar": ("أمراض القلب", "Cardiologue"),
    }


@pytest.mark.parametrize(
    ("zone", "names"),
    [
        ("Africa/Algiers", ["Alger", "Algiers"]),
        ("Africa/Casablanca", ["Casablanca", "Casablanca"]),
        ("America/Argentina/Buenos_Aires", ["Buenos Aires", "Buenos Aires"]),
    ],
)
def test_a_practices_clock_is_named_in_the_readers_language(zone, names):
    practice = PracticeFactory.build(time_zone=zone)
    found = []
    for language in ("fr", "en"):
        with translation.override(language):
            found.append(practice.zone_name)

    assert found == names


def test_languages_spoken_leave_out_unknown_codes():
    with translation.override("en"):
        assert DoctorFactory.build(languages=["ar", "xx"]).languages_spoken == ["Arabic"]


@pytest.mark.parametrize(
    ("zone", "wall_clock"),
    [
        ("Europe/Paris", dt.datetime(2027, 7, 1, 1, 30)),
        ("Africa/Casablanca", dt.datetime(2027, 6, 30, 23, 30)),
        ("America/New_York", dt.datetime(2027, 6, 30, 19, 30)),
        ("Australia/Lord_Howe", dt.datetime(2027, 7, 1, 10, 0)),
    ],
)
def test_local_is_the_naive_wall_clock_of_the_practice(zone, wall_clock):
    practice = PracticeFactory.build(time_zone=zone)

    assert practice.local(dt.datetime(2027, 6, 30, 23, 30, tzinfo=dt.UTC)) == wall_clock


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "paris"])
def test_validate_time_zone_refuses_what_tzdata_does_not_know(zone):
    with pytest.raises(ValidationError):
        validate_time_zone(zone)


def test_offered_types_are_those_not_retired():
    offered = ConsultationTypeFactory()
    retired = ConsultationTypeFactory(doctor=offered.doctor, retired_at=LONG_AGO)

    assert list(ConsultationType.objects.offered()) == [offered]
    assert (offered.is_retired, retired.is_retired) == (False, True)


# Constraints -------------------------------------------------------------------------------------

REFUSED = [
    ("consultation_type_lasts_5_to_480_minutes", {"duration": 4}),
    ("consultation_type_lasts_5_to_480_minutes", {"duration": 481}),
    ("consultation_type_pauses_4_hours_at_most", {"buffer_after": 241}),
    ("consultation_type_price_is_not_negative", {"price": Decimal("-0.01")}),
    ("consultation_type_horizon_is_1_to_730_days", {"horizon_days": 0}),
    ("consultation_type_horizon_is_1_to_730_days", {"horizon_days": 731}),
]


@pytest.mark.parametrize(("name", "values"), REFUSED)
def test_check_constraint_refuses(name, values):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ConsultationTypeFactory(**values)


def test_every_check_constraint_has_its_refusal():
    names = {
        constraint.name
        for model in apps.get_app_config("doctors").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    }

    assert {name for name, _values in REFUSED} == names


@pytest.mark.parametrize(
    "values",
    [
        {"duration": 5, "buffer_after": 0, "price": None, "horizon_days": 1},
        {"duration": 480, "buffer_after": 240, "price": Decimal(0), "horizon_days": 730},
    ],
    ids=["least", "most"],
)
def test_check_constraints_admit_their_limits(values):
    ConsultationTypeFactory(**values).full_clean()


def test_a_membership_is_held_once_at_a_time():
    membership = MembershipFactory()

    with (
        pytest.raises(IntegrityError, match=r"membership_is_held_once|membership\.user_id"),
        transaction.atomic(),
    ):
        MembershipFactory(user=membership.user, practice=membership.practice)
