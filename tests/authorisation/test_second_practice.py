"""The visit and the patient of doctor A's second practice: for the doctor and the desk there."""

import pytest

from tests.authorisation.table import PEOPLE, SIGN_IN
from tests.authorisation.world import answer_of, client_of, fill

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "readers"),
    [
        ("/bookings/{visit_there.pk}/", ("doctor_a", "secretary_there", "admin")),
        ("/dashboard/desk/{visit_there.pk}/", ("doctor_a", "secretary_there")),
        ("/dashboard/desk/{visit_there.pk}/move/", ("doctor_a", "secretary_there")),
        ("/dashboard/queue/{visit_there.pk}/ticket/", ("doctor_a", "secretary_there")),
        (
            "/dashboard/patients/{visit_there.patient_id}/?doctor={doctor.pk}",
            ("doctor_a", "secretary_there"),
        ),
        (
            "/dashboard/patients/{visit_there.patient_id}/edit/?doctor={doctor.pk}",
            ("doctor_a", "secretary_there"),
        ),
    ],
)
def test_nobody_else_finds_it(world, path, readers):
    answers = {p: answer_of(client_of(world, p).get(fill(path, world))) for p in PEOPLE}
    everyone = dict.fromkeys(PEOPLE, 404) | {"anonymous": SIGN_IN}
    assert answers == everyone | dict.fromkeys(readers, 200)
