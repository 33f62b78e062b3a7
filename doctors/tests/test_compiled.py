import datetime as dt

import pytest
from django.db.models import Count, F, Max

from accounts.models import User
from accounts.tests.factories import UserFactory
from doctors.models import Doctor
from doctors.tests.factories import LONG_AGO, DoctorFactory
from web.compiled import compiled_once, in_one_row

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def doctors():
    return [DoctorFactory(approved_at=LONG_AGO + n * DAY) for n in range(3)]


def since(approved, pks):
    doctors = Doctor.objects.filter(approved_at__gte=approved, pk__in=pks).order_by("pk")
    return doctors.select_related("practice")


def test_it_answers_what_the_queryset_does(doctors, django_assert_num_queries):
    pks = tuple(doctor.pk for doctor in doctors)
    with django_assert_num_queries(1):
        found = compiled_once(since)(LONG_AGO + DAY, pks)
        assert [doctor.practice.name for doctor in found] == [
            doctor.practice.name for doctor in doctors[1:]
        ]
    assert found == list(since(LONG_AGO + DAY, pks))


def test_rows_of_values_are_tuples_in_pythons_types(doctors):
    @compiled_once
    def approvals(first, last):
        found = Doctor.objects.filter(approved_at__range=(first, last)).order_by("pk")
        return found.values_list("pk", "approved_at", "books_online")

    first, second, _third = doctors
    assert approvals(LONG_AGO, LONG_AGO + DAY) == [
        (first.pk, LONG_AGO, True),
        (second.pk, LONG_AGO + DAY, True),
    ]


def test_other_values_find_other_rows_with_the_same_sql(doctors):
    built = []

    def by_pk(pk):
        built.append(pk)
        return Doctor.objects.filter(pk=pk)

    find = compiled_once(by_pk)
    assert [find(doctor.pk) for doctor in doctors] == [[doctor] for doctor in doctors]
    assert len(built) == 2  # both before the first answer


def test_tuples_of_any_length_have_sql_of_their_own(doctors):
    find = compiled_once(since)
    pks = tuple(doctor.pk for doctor in doctors)
    assert [len(find(LONG_AGO, pks[:length])) for length in (3, 1, 0, 2)] == [3, 1, 0, 2]


def test_none_is_a_shape_and_not_a_value(doctors):
    @compiled_once
    def but(pk):
        return Doctor.objects.exclude(pk=pk) if pk else Doctor.objects.all()

    assert [len(but(doctors[0].pk)), len(but(None)), len(but(0))] == [2, 3, 3]


def test_a_bool_decides_which_sql_is_made(doctors):
    @compiled_once
    def but(pk, is_admin):
        return Doctor.objects.all() if is_admin else Doctor.objects.exclude(pk=pk)

    pk = doctors[0].pk
    assert [len(but(pk, each)) for each in (True, False, True)] == [3, 2, 3]


def test_totals_are_one_row_also_of_nothing(doctors):
    @compiled_once
    def totals(approved):
        found = Doctor.objects.filter(approved_at__gte=approved)
        return in_one_row(found, count=Count("pk"), last=Max("approved_at"))

    second, third = doctors[1:]
    assert totals(second.approved_at) == [(2, third.approved_at)]
    assert totals(third.approved_at + DAY) == [(0, None)]


def test_text_and_dates_are_values_too():
    joined = UserFactory(username="nadia").date_joined
    find = compiled_once(lambda name, at: User.objects.filter(username=name, date_joined=at))
    assert [user.username for user in find("nadia", joined)] == ["nadia"]
    assert find("nadia' OR '1'='1", joined) == []


@pytest.mark.parametrize(
    "build",
    [
        lambda at: Doctor.objects.filter(approved_at__gte=at - DAY),
        lambda at: Doctor.objects.filter(approved_at__year=at.year),
        lambda at: Doctor.objects.filter(approved_at__gte=at, pk__gt=at.day + F("pk")),
    ],
)
def test_computing_with_an_argument_is_refused_at_once(build):
    with pytest.raises(ValueError, match="does more with an argument than compare"):
        compiled_once(build)(LONG_AGO)
