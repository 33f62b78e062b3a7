import pytest

from doctors.access import access_lines
from doctors.tests.factories import PracticeFactory


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("Tram T1, Place Mohammed-V, 6 min à pied", "transit"),
        ("Métro République, lignes 3 et 5", "transit"),
        ("Bus stop in front of the house", "transit"),
        ("Ascenseur, entrée de plain-pied", "accessible"),
        ("Métro Bastille, accessible en fauteuil", "accessible"),
        ("Parking public à 200 m", "parking"),
        ("Free car park", "parking"),
        ("Local à vélos dans la cour", "bike"),
        ("Sonner à « Cabinet médical »", "door"),
        ("مصعد", "accessible"),
        ("Au fond de la cour", ""),
    ],
)
def test_a_line_says_what_it_is_about(line, about):
    assert access_lines(line) == [(line, about)]


def test_empty_lines_say_nothing():
    assert access_lines("\r\n  \r\nTram T1 \r\n") == [("Tram T1", "transit")]


class TestDirections:
    def test_to_the_place_on_the_globe(self):
        practice = PracticeFactory.build(latitude=33.5731, longitude=-7.5898)
        assert practice.directions_address == (
            "https://www.openstreetmap.org/directions?to=33.5731%2C-7.5898"
        )

    def test_without_a_point_on_the_map_by_the_address(self):
        practice = PracticeFactory.build(postal_code="75002")
        assert practice.directions_address == (
            "https://www.openstreetmap.org/search?query=1+rue+de+la+Paix%2C+75002+Paris%2C+France"
        )
