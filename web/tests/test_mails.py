"""Mails on the console of a developer."""

import io

from django.core.mail import EmailMultiAlternatives

from web.mails import ConsoleBackend


def test_the_console_shows_address_subject_and_text_and_no_html():
    mail = EmailMultiAlternatives("Rendez-vous", "Bonjour,\n\nÀ mardi.", to=["a@example.org"])
    mail.attach_alternative("<p>Bonjour</p>", "text/html")
    console = io.StringIO()
    assert ConsoleBackend(stream=console).send_messages([mail]) == 1
    shown = console.getvalue()
    for words in ("To: a@example.org", "Subject: Rendez-vous", "  À mardi."):
        assert words in shown
    assert "<p>" not in shown
