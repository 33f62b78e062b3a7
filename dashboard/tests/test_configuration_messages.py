"""The tab "Messages": switches, own lines, preview and trial."""

import pytest
from django.core import mail

from bookings.models import MessageLine, MessageSettings, Notification
from bookings.tests.factories import MessageLineFactory
from dashboard.tests.configuring import ROOT
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory

pytestmark = pytest.mark.django_db

URL = f"{ROOT}messages/"
TYPED = {
    "neutral_name": "Centre Voltaire",
    "sms_sender": "Voltaire",
    "reminds": "on",
    "quiet_from": "21:00",
    "quiet_until": "08:30",
    "staff_email": "accueil@example.org",
    "staff_phone": "06 12 34 56 78",
    "tells_requests": "on",
    "late_change_hours": "6",
}


@pytest.fixture
def doctor(client):
    doctor = DoctorFactory(practice__name="Cabinet de cancérologie")
    client.force_login(doctor.user)
    return doctor


@pytest.fixture
def consultation_type(doctor):
    return ConsultationTypeFactory(doctor=doctor, name="Échographie")


def test_the_switches_are_saved_for_the_practice(client, doctor):
    assert client.post(URL, TYPED).status_code == 302
    saved = MessageSettings.objects.get(practice=doctor.practice)
    assert (saved.name, saved.sms_sender, saved.staff_phone.as_e164) == (
        "Centre Voltaire",
        "Voltaire",
        "+33612345678",
    )
    assert (saved.reminds, saved.reminds_week, saved.sends_sms) == (True, False, False)
    assert [f"{time:%H:%M}" for time in saved.quiet_hours] == ["21:00", "08:30"]
    assert client.post(URL, TYPED | {"reminds_week": "on"}).status_code == 302
    assert MessageSettings.objects.get().reminds_week


def test_before_the_first_save_it_shows_what_holds(client, doctor):
    form = client.get(URL).context["form"]
    shown = {name: form[name].value() for name in ("reminds", "quiet_from", "quiet_until")}
    assert {name: str(value) for name, value in shown.items()} == {
        "reminds": "True",
        "quiet_from": "20:00:00",
        "quiet_until": "08:00:00",
    }


@pytest.mark.parametrize("sender", ["RDV", "ab", "Café Bleu", "LongerThanEleven"])
def test_a_sender_that_nobody_recognises_is_refused(client, doctor, sender):
    response = client.post(URL, TYPED | {"sms_sender": sender})
    assert response.status_code == 422
    assert "sms_sender" in response.context["form"].errors
    assert not MessageSettings.objects.exists()


def test_lines_are_saved_per_type_and_language(client, doctor, consultation_type):
    MessageLineFactory(practice=doctor.practice, language="en", text="Old.")
    typed = {
        "part": "lines",
        "closing-fr": "  Parking fermé. ",
        "closing-en": "",
        f"{consultation_type.pk}-fr": "Pas de crème ce jour-là.",
    }
    assert client.post(URL, typed).status_code == 302
    saved = MessageLine.objects.values_list("consultation_type", "language", "text")
    assert set(saved) == {
        (None, "fr", "Parking fermé."),
        (consultation_type.pk, "fr", "Pas de crème ce jour-là."),
    }


def test_a_line_of_more_than_300_characters_is_refused(client, doctor):
    response = client.post(URL, {"part": "lines", "closing-fr": "x" * 301})
    assert response.status_code == 422
    assert "x" * 301 in response.text
    assert not MessageLine.objects.exists()


class TestPreview:
    def test_is_a_mail_alone_in_a_frame_of_ours(self, client, doctor, consultation_type):
        MessageLineFactory(practice=doctor.practice, text="Parking fermé.")
        response = client.get(f"{URL}preview/")
        assert "Parking fermé." in response.text
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "style-src 'unsafe-inline'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "script-src" not in policy
        assert f'src="{URL}preview/?doctor={doctor.pk}"' in client.get(URL).text

    def test_shows_what_is_typed_and_saves_nothing(self, client, doctor, consultation_type):
        typed = {
            "part": "lines",
            "closing-fr": "Parking fermé.",
            f"{consultation_type.pk}-fr": "Pas de <crème>.",
            "type": str(consultation_type.pk),
            "language": "fr",
        }
        page = client.post(f"{URL}preview/", typed).text
        assert page.index("Pas de &lt;crème&gt;.") < page.index("Parking fermé.")
        assert "Échographie" in page
        # Where a language has no line, its readers get the site's first one.
        english = client.post(f"{URL}preview/", typed | {"language": "en"}).text
        assert "Pas de &lt;crème&gt;." in english
        typed |= {"language": "en", "closing-en": "Car park closed."}
        english = client.post(f"{URL}preview/", typed).text
        assert "Car park closed." in english
        assert "Parking fermé." not in english
        assert not MessageLine.objects.exists()
        assert not Notification.objects.exists()

    def test_its_links_change_nobodys_visit(self, client, doctor):
        page = client.get(f"{URL}preview/").text
        start = page.index("/r/")
        path = page[start : page.index('"', start)]
        assert client.get(path.partition("?")[0]).status_code == 404

    @pytest.mark.parametrize("language", ["xx", ""])
    def test_of_a_language_that_nobody_reads_is_not_there(self, client, doctor, language):
        assert client.get(f"{URL}preview/?language={language}").status_code == 404


class TestTrial:
    def test_goes_to_the_readers_own_address(self, client, doctor):
        client.post(f"{URL}try/", {"closing-fr": "Parking fermé.", "language": "fr"})
        (sent,) = mail.outbox
        assert sent.to == [doctor.user.email]
        assert "Parking fermé." in sent.body
        assert not MessageLine.objects.exists()

    def test_has_a_limit(self, client, doctor, settings):
        settings.RATE_LIMITS = True
        settings.LIMITS = settings.LIMITS | {"try_message": (1, 60)}
        for _each in range(3):
            client.post(f"{URL}try/", {"language": "fr"})
        assert len(mail.outbox) == 1

    def test_without_a_mail_server_says_so(self, client, doctor, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        page = client.post(f"{URL}try/", {"language": "fr"}, follow=True)
        assert "Le serveur d’e-mail ne répond pas." in page.text
