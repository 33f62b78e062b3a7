import pytest

from accounts.tests.factories import AdminFactory
from bookings import rules, services
from bookings.models import PrivateNote
from bookings.tests.factories import AppointmentFactory
from bookings.tests.steps import secretary_of

pytestmark = pytest.mark.django_db


def save(visit, text, *, expected_version="", by=None, **own):
    by = by or visit.doctor.user
    return services.save_note(
        by=by, appointment=visit, text=text, expected_version=expected_version, **own
    )


def test_a_doctor_keeps_one_note_about_a_visit():
    visit = AppointmentFactory()
    first = save(visit, "TA 15/9")
    save(visit, "TA 15/9, œdèmes", expected_version=first.version)
    assert PrivateNote.objects.get().text == "TA 15/9, œdèmes"


def test_the_later_of_two_windows_is_refused_and_overwrites_nothing():
    visit = AppointmentFactory()
    first = save(visit, "")
    save(visit, "first window", expected_version=first.version)
    with pytest.raises(services.NoteChanged) as caught:
        save(visit, "second window", expected_version=first.version)
    assert caught.value.note.text == PrivateNote.objects.get().text == "first window"


def test_two_windows_that_both_began_from_nothing():
    visit = AppointmentFactory()
    save(visit, "first window")
    with pytest.raises(services.NoteChanged):
        save(visit, "second window")


def test_a_request_that_came_twice_saves_once():
    visit = AppointmentFactory()
    first = save(visit, "the same")
    assert save(visit, "the same").version == first.version


def test_the_last_words_follow_what_the_same_window_has_just_sent():
    """A page that goes does not wait for the answer that names the next version."""
    visit = AppointmentFactory()
    save(visit, "TA 15/9")
    save(visit, "TA 15/9, œdèmes", own_text="TA 15/9")
    assert PrivateNote.objects.get().text == "TA 15/9, œdèmes"
    with pytest.raises(services.NoteChanged):
        save(visit, "another window", own_text="TA 15/9")


def test_nobody_but_the_visits_doctor_writes_notes():
    visit = AppointmentFactory()
    for other in (secretary_of(visit.doctor), AdminFactory(), AppointmentFactory().doctor.user):
        with pytest.raises(rules.RuleRefused):
            save(visit, "not mine", by=other)
    assert not PrivateNote.objects.exists()
