"""The template tags that show the status of an appointment."""

from types import SimpleNamespace

from django.template import Context, Template

from bookings.templatetags import statuses


def test_a_status_has_a_class_an_icon_and_a_word():
    appointment = SimpleNamespace(status="no_show", get_status_display=lambda: "Absent")
    badge = Template("{% load statuses %}{% status appointment %}").render(
        Context({"appointment": appointment})
    )
    assert 'class="status is-noshow"' in badge
    assert "<svg" in badge
    assert badge.split()[-2:] == ["Absent", "</span>"]
    assert statuses.status_class(appointment) == "is-noshow"
