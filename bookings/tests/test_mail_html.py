"""The HTML of the mails: complete, readable offline, and of the reader's language."""

import re
from html.parser import HTMLParser

import pytest

from bookings.messages.composing import compose
from bookings.models import Notification
from bookings.tests.factories import (
    AppointmentFactory,
    MessageLineFactory,
    MessageSettingsFactory,
    NotificationFactory,
)
from bookings.tests.mail_samples import NOW, build_samples
from bookings.tests.moments import FRIDAY_MORNING
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory

pytestmark = pytest.mark.django_db

K = Notification.Kind
REFUSABLE = (K.REMINDER_WEEK, K.REMINDER, K.REMINDER_HOURS, K.TURN_SOON, K.OFFER)


def html_of(sent):
    ((html, kind), *_others) = sent.alternatives
    assert kind == "text/html"
    return html


class Page(HTMLParser):
    """The tags with their attributes, and the text that a reader sees."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.hidden = [], "", False
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.hidden = tag in ("style", "title")

    def handle_endtag(self, tag):
        self.hidden = False

    def handle_data(self, data):
        self.text += "" if self.hidden else f" {data} "


@pytest.fixture(params=["fr", "en"])
def pages(request, settings):
    """{kind: the page of its mail} in one language."""
    settings.SITE_URL = "https://tbib.example"
    rows = build_samples(request.param)
    return {row.kind: Page(html_of(compose(row, now=NOW))) for row in rows}


class TestEveryKind:
    def test_is_there(self, pages):
        assert set(pages) == set(K.values)

    def test_fetches_nothing(self, pages):
        for kind, page in pages.items():
            loaded = [tag for tag, given in page.tags if "src" in given or tag in ("link", "img")]
            assert loaded == [], kind
            assert "url(" not in str(page.tags), kind

    def test_has_one_button_that_leads_somewhere(self, pages):
        for kind, page in pages.items():
            links = [given for tag, given in page.tags if tag == "a"]
            # Nothing is to do on a page when the turn is near.
            buttons = sum(given.get("class") == "button" for given in links)
            assert buttons == (kind != K.TURN_SOON), kind
            ours = re.compile(r"https://(tbib\.example|www\.openstreetmap\.org)/|tel:\+")
            assert [given["href"] for given in links if not ours.match(given["href"])] == [], kind

    def test_has_its_styles_on_its_elements_and_the_dark_ones_beside(self, pages):
        for kind, page in pages.items():
            band = next(given for tag, given in page.tags if given.get("class") == "band")
            assert "background-color: #092f27" in band["style"], kind

    def test_names_the_practice_and_the_way_to_ask(self, pages):
        for kind in set(K) - {K.SIGNED_UP, K.APPROVED}:
            assert "Cabinet Gauthier" in pages[kind].text

    def test_says_what_it_may_never_say_to_nobody(self, pages):
        for kind in (K.NEW_REQUEST, K.LATE_CHANGE):
            # A practice's mailbox may have many readers.
            assert "Alaoui" not in pages[kind].text
            assert "N. A." in pages[kind].text
            assert "Première" not in pages[kind].text


@pytest.fixture
def appointment(settings):
    settings.SITE_URL = "https://tbib.example"
    doctor = DoctorFactory(
        practice__name="Cabinet & fils",
        practice__phone="+33142715500",
        practice__access="Métro Bourse",
    )
    consultation_type = ConsultationTypeFactory(
        doctor=doctor, name="Suivi <diabète>", instructions="Carte Vitale"
    )
    return AppointmentFactory(consultation_type=consultation_type, reason="une douleur secrète")


def sent_of(appointment, kind=K.BOOKED, language="en", **options):
    row = NotificationFactory(appointment=appointment, kind=kind, language=language, **options)
    return compose(row, now=FRIDAY_MORNING)


class TestWords:
    def test_are_the_readers_and_escaped(self, appointment):
        html = html_of(sent_of(appointment))
        page = Page(html)
        assert page.tags[0] == ("html", {"lang": "en", "dir": "ltr"})
        assert "Suivi <diabète>" in page.text
        assert "<diab" not in html
        assert "prefers-color-scheme: dark" in html
        for words in ("See you on Monday, Nadia.", "Paris time", "Métro Bourse", "Carte Vitale"):
            assert words in page.text
        assert "douleur" not in html

    def test_of_a_relative_name_the_relative(self, appointment):
        appointment.patient.relation = "child"
        text = Page(html_of(sent_of(appointment, K.REMINDER))).text
        assert "Nadia is expected on Monday." in text
        assert "For Nadia Benali" in text

    def test_the_inbox_names_the_practice_by_its_neutral_name(self, appointment, settings):
        settings.DEFAULT_FROM_EMAIL = "Tbib <no-reply@tbib.example>"
        MessageSettingsFactory(practice=appointment.practice, neutral_name="Centre Voltaire, 2e")
        sent = sent_of(appointment)
        assert sent.from_email == '"Centre Voltaire, 2e" <no-reply@tbib.example>'
        assert sent.subject == "Appointment confirmed: Monday 1 March at 10:00, Centre Voltaire, 2e"

    def test_of_the_practice_stand_in_both_parts(self, appointment):
        practice, kind = appointment.practice, appointment.consultation_type
        MessageLineFactory(practice=practice, text="Parking fermé.")
        MessageLineFactory(practice=practice, language="en", text="Car park <closed>.")
        MessageLineFactory(practice=practice, consultation_type=kind, text="À jeun.")
        other = ConsultationTypeFactory(doctor=appointment.doctor)
        MessageLineFactory(practice=practice, consultation_type=other, text="Autre motif.")
        MessageLineFactory(text="Un autre cabinet.")
        sent = sent_of(appointment)
        text = Page(html_of(sent)).text
        # What is about the type comes first; where the language has none, the site's first one.
        assert text.index("À jeun.") < text.index("Car park <closed>.")
        assert "À jeun.\nCar park <closed>." in sent.body
        for words in ("Parking fermé.", "Autre motif.", "Un autre cabinet."):
            assert words not in text + sent.body

    @pytest.mark.parametrize("kind", [K.CANCELLED, K.DECLINED, K.MOVE_ASKED])
    def test_of_the_practice_are_not_in_a_message_about_no_visit(self, appointment, kind):
        MessageLineFactory(practice=appointment.practice)
        sent = sent_of(appointment, kind)
        assert "parking" not in html_of(sent) + sent.body


class TestQueries:
    @pytest.mark.parametrize("kind", list(K))
    def test_are_one_at_most(self, kind, django_assert_max_num_queries):
        row = next(each for each in build_samples("fr") if each.kind == kind)
        row = Notification.objects.for_composing().get(pk=row.pk)
        with django_assert_max_num_queries(1):
            compose(row, now=NOW)


class TestRefusing:
    def test_has_an_address_in_the_header_of_what_may_be_refused(self, settings):
        settings.SITE_URL = "https://tbib.example"
        for row in build_samples("fr"):
            headers = compose(row, now=NOW).extra_headers
            if row.kind in REFUSABLE:
                assert headers["List-Unsubscribe"].startswith("<https://tbib.example/m/")
                assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            else:
                assert set(headers) == {"Auto-Submitted"}, row.kind


class TestCalendarFile:
    METHODS = {
        K.BOOKED: "REQUEST",
        K.CONFIRMED: "REQUEST",
        K.MOVED: "REQUEST",
        K.CANCELLED: "CANCEL",
        K.DECLINED: "CANCEL",
    }

    def test_is_a_part_of_what_changes_a_visit(self, appointment):
        for kind in set(K) - {K.OFFER, K.OFFER_WITHDRAWN, K.SIGNED_UP, K.APPROVED}:
            parts = [
                part for part in sent_of(appointment, kind).alternatives if part[1] != "text/html"
            ]
            method = self.METHODS.get(kind)
            kinds = [f"text/calendar; method={method}; charset=utf-8"] if method else []
            assert [part[1] for part in parts] == kinds
            assert all(f"METHOD:{method}" in part[0] for part in parts)

    def test_reaches_a_mail_program_whole(self, appointment):
        message = sent_of(appointment).message()
        parts = [part.get_content_type() for part in message.walk()]
        assert parts == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
        calendar = list(message.walk())[-1]
        assert calendar.get_param("method") == "REQUEST"
        assert b"BEGIN:VEVENT" in calendar.get_payload(decode=True)

    def test_is_attached_where_a_provider_takes_no_such_part(self, appointment, settings):
        settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
        sent = sent_of(appointment)
        assert [part[1] for part in sent.alternatives] == ["text/html"]
        ((name, content, kind),) = sent.attachments
        assert (name, kind) == ("rendez-vous.ics", "text/calendar")
        assert "METHOD:REQUEST" in content
