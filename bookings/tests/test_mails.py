"""The texts of the mails (test_outbox tests the sending)."""

import datetime as dt

import pytest

from accounts.tests.factories import PatientFactory, RelativeFactory
from bookings import services
from bookings.messages.composing import compose
from bookings.messages.links import visit_link
from bookings.models import Notification, PrivateNote
from bookings.status import Status
from bookings.tests.factories import AppointmentFactory, NotificationFactory
from bookings.tests.moments import FRIDAY_MORNING, monday
from bookings.tests.steps import book
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory

pytestmark = pytest.mark.django_db

K = Notification.Kind
# The mails about a visit; test_offers has the mail about a freed time.
KINDS = [kind for kind in K if kind not in (K.OFFER, K.OFFER_WITHDRAWN, K.SIGNED_UP, K.APPROVED)]
TO_PRACTICE = (K.NEW_REQUEST, K.LATE_CHANGE)
WITHOUT_DEADLINE = (K.CANCELLED, K.DECLINED, K.MOVE_ASKED, K.TURN_SOON, *TO_PRACTICE)


def mail(appointment, kind=Notification.Kind.BOOKED, *, now=FRIDAY_MORNING, **options):
    options = {"language": "en", **options}
    row = NotificationFactory(appointment=appointment, kind=kind, **options)
    return compose(row, now=now)


def last_mail(appointment, *, now=FRIDAY_MORNING):
    """The mail about the last change, in English."""
    row = Notification.objects.filter(appointment=appointment).last()
    row.language = "en"
    return compose(row, now=now)


@pytest.fixture
def appointment(settings):
    """A visit with everything that a mail can say, and with texts that no mail may contain."""
    settings.SITE_URL = "https://tbib.example"
    consultation_type = ConsultationTypeFactory(
        doctor=DoctorFactory(
            slug="alami",
            user__first_name="Salma",
            user__last_name="Alami",
            practice__name="Cabinet de l'Atlas & fils",
            practice__street="12 rue des Consuls",
            practice__address_details="2e étage",
            practice__postal_code="75002",
            practice__phone="+33142715500",
            practice__access="Métro Bourse\nAscenseur",
        ),
        name="Suivi <diabète>",
        instructions="Carte Vitale\n\nDernier bilan\n",
    )
    return AppointmentFactory(consultation_type=consultation_type, reason="une douleur secrète")


class TestBooked:
    def test_whole_mail(self, appointment):
        sent = mail(appointment, recipient="nadia@example.org")
        assert (sent.subject, sent.to) == (
            "Appointment confirmed: Monday 1 March at 10:00, Cabinet de l'Atlas & fils",
            ["nadia@example.org"],
        )
        assert (
            sent.body
            == f"""\
Hello,

Your appointment is confirmed.

Monday 1 March 2027 at 10:00 (Paris time)
Dr Salma Alami, Suivi <diabète>
For Nadia Benali

Cabinet de l'Atlas & fils
12 rue des Consuls, 2e étage
75002 Paris
Métro Bourse
Ascenseur
01 42 71 55 00

Before your visit:
- Carte Vitale
- Dernier bilan

Your appointment:
{visit_link(appointment)}

You can move or cancel it there until Sunday 28 February at 10:00 (Paris time). \
Later, please call 01 42 71 55 00.

Cabinet de l'Atlas & fils
"""
        )

    def test_says_day_and_words_in_french(self, appointment):
        sent = mail(appointment, language="fr")
        assert sent.body.splitlines()[4].startswith("Lundi 1er mars 2027")
        assert "dimanche 28 février" in sent.body

    def test_leaves_out_details_that_the_practice_lacks(self):
        sent = mail(AppointmentFactory(consultation_type=None, type_name=""))
        assert sent.body.split("\n\n")[2].splitlines()[1] == "Dr John Smith"
        assert "Before your visit" not in sent.body
        assert "Later, please contact the practice." in sent.body

    def test_names_the_relative_it_is_for(self):
        sent = mail(AppointmentFactory(patient=RelativeFactory()))
        assert "For Lina Benali" in sent.body

    def test_names_doctor_and_person_as_they_were_when_booked(self, appointment):
        appointment.doctor.user.last_name = "Bennis"
        appointment.doctor.user.save()
        assert "Dr Salma Alami" in mail(appointment).body


class TestChangesOnline:
    """The part about moves and cancellations: how, the deadline, and the way after it."""

    def last_words(self, sent):
        return sent.body.split("\n\n")[-2]

    @pytest.mark.parametrize(
        ("hours", "words"),
        [
            (48, "until Saturday 27 February at 10:00 (Paris time)"),
            (2, "until Monday 1 March at 08:00 (Paris time)"),
        ],
    )
    def test_until_the_practices_deadline(self, appointment, hours, words):
        appointment.practice.cancellation_deadline_hours = hours
        assert words in self.last_words(mail(appointment))

    def test_after_it_by_phone(self, appointment):
        late = monday("10:00") - dt.timedelta(hours=24)
        said = self.last_words(mail(appointment, now=late))
        assert said == "To move or cancel it, please call 01 42 71 55 00."

    def test_after_it_without_a_phone(self):
        late = monday("10:00") - dt.timedelta(hours=24)
        sent = mail(AppointmentFactory(), now=late)
        assert self.last_words(sent) == "To move or cancel it, please contact the practice."

    def test_what_the_practice_confirmed_by_hand_is_moved_by_phone(self, appointment):
        appointment.consultation_type.needs_confirmation = True
        assert self.last_words(mail(appointment)) == (
            "You can cancel it there until Sunday 28 February at 10:00 (Paris time). "
            "To move it, or later, please call 01 42 71 55 00."
        )


class TestOtherKinds:
    def test_requested_says_that_the_practice_answers(self, appointment):
        appointment.status = Status.PENDING
        sent = mail(appointment, Notification.Kind.REQUESTED)
        assert sent.subject.startswith("Appointment request sent: Monday 1 March at 10:00")
        assert "the practice, which answers by e-mail" in sent.body
        assert "Monday 1 March 2027 at 10:00 (Paris time)" in sent.body
        assert "You can move or cancel it there" in sent.body

    def test_moved_says_the_new_time_and_the_one_before(self):
        moved = book(ConsultationTypeFactory())
        services.move(moved, by=moved.booked_by, starts_at=monday("14:30"), now=FRIDAY_MORNING)
        sent = last_mail(moved)
        assert sent.subject.startswith("Appointment moved to Monday 1 March at 14:30")
        assert sent.body.split("\n\n")[1:3] == [
            "Your appointment has another time.",
            "Monday 1 March 2027 at 14:30 (Paris time)\n"
            "Before: Monday 1 March 2027 at 10:00\n"
            "Dr John Smith, Consultation\n"
            "For Nadia Benali",
        ]

    def test_a_moved_request_is_still_a_request(self):
        moved = book(ConsultationTypeFactory(needs_confirmation=True))
        services.move(moved, by=moved.booked_by, starts_at=monday("14:30"), now=FRIDAY_MORNING)
        assert "The practice still answers it by e-mail." in last_mail(moved).body

    def test_cancelled_has_the_practices_word_and_the_way_to_another_time(self, appointment):
        services.cancel(
            appointment, by=appointment.doctor.user, message="Dr Alami est\nsouffrante & désolée."
        )
        assert (
            last_mail(appointment).body
            == """\
Hello,

This appointment is cancelled.

Monday 1 March 2027 at 10:00 (Paris time)
Dr Salma Alami, Suivi <diabète>
For Nadia Benali

A word from Cabinet de l'Atlas & fils:
Dr Alami est
souffrante & désolée.

To choose another time:
https://tbib.example/doctors/alami/

Cabinet de l'Atlas & fils
"""
        )

    def test_cancelled_names_the_phone_where_no_times_are_online(self, appointment):
        appointment.doctor.books_online = False
        sent = mail(appointment, Notification.Kind.CANCELLED)
        assert "https://" not in sent.body
        assert "For another time, please call 01 42 71 55 00." in sent.body

    def test_cancelled_says_when_the_practice_never_answered(self):
        request = book(ConsultationTypeFactory(needs_confirmation=True))
        services.cancel_unanswered_requests(now=monday("10:00"))
        assert "The practice did not answer this request" in last_mail(request).body


class TestEveryKind:
    @pytest.mark.parametrize("kind", KINDS)
    def test_is_plain_text_with_the_practices_words_and_clock(self, appointment, kind):
        sent = mail(appointment, kind)
        assert (sent.content_subtype, "&amp;" in sent.body, "&lt;" in sent.body) == (
            "plain",
            False,
            False,
        )
        assert "10:00 (Paris time)" in sent.body
        assert "\n\n\n" not in sent.body
        assert [line for line in sent.body.splitlines() if line != line.strip()] == []

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_never_has_reason_or_notes_and_no_health_in_the_subject(
        self, appointment, kind, language
    ):
        PrivateNote.objects.create(
            doctor=appointment.doctor, appointment=appointment, text="note-canary"
        )
        sent = mail(appointment, kind, language=language)
        assert "douleur" not in sent.body + sent.subject
        assert "note-canary" not in sent.body + sent.subject
        for word in ("diabète", "Alami", "Cardiolog", "Nadia"):
            assert word not in sent.subject

    @pytest.mark.parametrize("kind", KINDS)
    def test_asks_machines_not_to_answer(self, appointment, kind):
        assert mail(appointment, kind).extra_headers["Auto-Submitted"] == "auto-generated"

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        ("zone", "instant", "words"),
        [
            ("Europe/Paris", "2027-01-12T08:30Z", "Tuesday 12 January 2027 at 09:30 (Paris time)"),
            ("Europe/Paris", "2027-07-12T07:30Z", "Monday 12 July 2027 at 09:30 (Paris time)"),
            (
                "Africa/Casablanca",
                "2026-07-13T08:30Z",
                "Monday 13 July 2026 at 09:30 (Casablanca time)",
            ),
            (
                "Africa/Casablanca",
                "2027-07-12T09:30Z",
                "Monday 12 July 2027 at 09:30 (Casablanca time)",
            ),
            (
                "America/New_York",
                "2027-01-13T04:30Z",
                "Tuesday 12 January 2027 at 23:30 (New York time)",
            ),
            (
                "America/New_York",
                "2027-07-13T03:30Z",
                "Monday 12 July 2027 at 23:30 (New York time)",
            ),
        ],
    )
    def test_names_the_right_instant_summer_and_winter(self, kind, zone, instant, words):
        start = dt.datetime.fromisoformat(instant)
        sent = mail(
            AppointmentFactory(doctor__practice__time_zone=zone, starts_at=start),
            kind,
            now=start - dt.timedelta(days=9),
        )
        assert words in sent.body
        if kind not in WITHOUT_DEADLINE:
            # And the deadline for changes.
            zone_said = words.rpartition(" (")[2]
            assert sent.body.count(zone_said) == 2


class TestLanguage:
    def test_is_the_accounts(self):
        patient = PatientFactory(account__language="en")
        appointment = book(ConsultationTypeFactory(), patient=patient)
        row = appointment.notifications.get()
        assert row.language == "en"
        assert compose(row, now=FRIDAY_MORNING).subject.startswith("Appointment confirmed")
