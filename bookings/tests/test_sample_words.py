"""The sample specialties are found by what patients call them."""

import pytest

from bookings.samples.write_doctors import specialties
from doctors.search import find

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("what", "slug"),
    [
        ("kiné", "kinesitherapie"),
        ("physio", "kinesitherapie"),
        ("gynéco", "gynecologie"),
        ("ophtalmo", "ophtalmologie"),
        ("ophtalmologiste", "ophtalmologie"),
        ("eye doctor", "ophtalmologie"),
        ("dermato", "dermatologie"),
        ("psy", "psychiatrie"),
        ("généraliste", "medecine-generale"),
        ("médecin traitant", "medecine-generale"),
        ("GP", "medecine-generale"),
        ("dentiste", "chirurgie-dentaire"),
        ("dentist", "chirurgie-dentaire"),
        ("oto-rhino", "orl"),
        ("ORL", "orl"),
        ("طبيب الأسنان", "chirurgie-dentaire"),
    ],
)
def test_everyday_words_name_the_sample_specialties(what, slug):
    specialties()
    assert find(what).specialty.slug == slug
