"""The admin as a whole: every model has its pages, and nobody else gets in."""

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from accounts.models import Patient, User
from accounts.tests.admin import admin_client, page
from accounts.tests.factories import (
    AdminFactory,
    DoctorUserFactory,
    EmailAddressFactory,
    PatientFactory,
    SecretaryUserFactory,
    UserFactory,
)
from bookings.models import (
    Appointment,
    CalendarFeed,
    FirstTime,
    Hold,
    Invitation,
    MessageChoices,
    MessageLine,
    MessageSettings,
    Notification,
    Offer,
    PatientFile,
    PrivateNote,
    RefusedAddress,
    StatusChange,
    WaitingListEntry,
    WaitingScreen,
    WorkerBeat,
)
from bookings.status import Status, Verb
from bookings.tests.factories import (
    MONDAY_AT_TEN,
    AppointmentFactory,
    HoldFactory,
    MessageChoicesFactory,
    MessageLineFactory,
    MessageSettingsFactory,
    NotificationFactory,
    OfferFactory,
    WaitingListEntryFactory,
)
from doctors.models import (
    ConsultationType,
    Doctor,
    Membership,
    Practice,
    SearchWord,
    Specialty,
)
from doctors.tests.factories import (
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
    SpecialtyFactory,
)
from scheduling.models import DoctorAbsence, FreedTime, Holiday, OpeningHours
from scheduling.tests.factories import (
    AbsenceFactory,
    FreedTimeFactory,
    HolidayFactory,
    OpeningHoursFactory,
)

pytestmark = pytest.mark.django_db

INDEX = "/admin/"
OUR_APPS = ("accounts", "doctors", "scheduling", "bookings", "dashboard")


def patient_file():
    return PatientFile.objects.create(
        patient=PatientFactory(), practice=PracticeFactory(), block_reason="Rude at the desk"
    )


def status_change():
    return StatusChange.objects.create(
        appointment=AppointmentFactory(),
        verb=Verb.ARRIVE,
        from_status=Status.CONFIRMED,
        to_status=Status.ARRIVED,
    )


def invitation():
    return Invitation.objects.create(
        patient=PatientFactory(account=None),
        practice=PracticeFactory(),
        digest=f"canary{Invitation.objects.count()}",
        expires_at=MONDAY_AT_TEN + Invitation.LASTS,
    )


def waiting_screen():
    token = f"canary{WaitingScreen.objects.count()}"
    return WaitingScreen.objects.create(doctor=DoctorFactory(), token=token)


def calendar_feed():
    digest = f"canary{CalendarFeed.objects.count()}"
    return CalendarFeed.objects.create(
        account=UserFactory(), digest=digest, created_at=MONDAY_AT_TEN
    )


def worker_beat():
    return WorkerBeat.objects.create(
        host="server-1", process=4321, started_at=MONDAY_AT_TEN, beat_at=MONDAY_AT_TEN
    )


def refused_address():
    return RefusedAddress.objects.create(
        address=f"nobody{RefusedAddress.objects.count()}@example.org",
        code="550 5.1.1",
        refused_at=MONDAY_AT_TEN,
    )


# model: how to make a row, what its line says, what its page says, whether there is "Add".
PAGES = {
    User: (UserFactory, "Nadia Benali", 'value="Benali"', True),
    EmailAddress: (EmailAddressFactory, "@example.org", "@example.org", False),
    Patient: (PatientFactory, "Nadia Benali", 'value="Benali"', True),
    Specialty: (SpecialtyFactory, "Cardiologie", 'value="Cardiologue"', True),
    Practice: (PracticeFactory, "Europe/Paris", "1 rue de la Paix", True),
    Membership: (MembershipFactory, "Nadia Benali", "Paris", True),
    Doctor: (DoctorFactory, "Dr John Smith", "Dr John Smith", True),
    ConsultationType: (ConsultationTypeFactory, "#129d82", 'value="Consultation"', True),
    OpeningHours: (OpeningHoursFactory, "09:00–17:00", 'value="17:00"', True),
    DoctorAbsence: (
        AbsenceFactory,
        "Mon 1 March 2027, 00:00 (Paris)",
        'value="2027-03-01"',
        True,
    ),
    Holiday: (HolidayFactory, "Fête", 'value="Fête"', True),
    Appointment: (
        AppointmentFactory,
        "Mon 1 March 2027, 10:00 (Paris)",
        "Mon 1 March 2027, 10:30 (Paris)",
        False,
    ),
    StatusChange: (status_change, "arrived", "Nadia Benali", False),
    Notification: (
        NotificationFactory,
        "patient@example.org",
        "2027-03-01 10:00 · Dr John Smith · Nadia Benali",
        False,
    ),
    MessageLine: (MessageLineFactory, "venez plutôt en tram", "venez plutôt en tram", True),
    MessageSettings: (
        lambda: MessageSettingsFactory(neutral_name="Centre Voltaire"),
        "Centre Voltaire",
        'value="Centre Voltaire"',
        True,
    ),
    MessageChoices: (MessageChoicesFactory, "Nadia Benali", "Nadia Benali", False),
    WaitingListEntry: (
        WaitingListEntryFactory,
        "Mon 1 March 2027, 10:00 (Paris)",
        "Nadia Benali",
        False,
    ),
    Offer: (OfferFactory, "Mon 1 March 2027, 10:00 (Paris)", "Nadia Benali", False),
    FreedTime: (FreedTimeFactory, "Mon 1 March 2027, 10:30 (Paris)", "Dr John Smith", False),
    Invitation: (invitation, "Mon 15 March 2027, 10:00 (Paris)", "Nadia Benali", False),
    WaitingScreen: (waiting_screen, "Dr John Smith", "Dr John Smith", False),
    CalendarFeed: (calendar_feed, "Mon 1 March 2027, 09:00 (UTC)", "Nadia Benali", False),
    Hold: (HoldFactory, "Mon 1 March 2027, 10:00 (Paris)", "Consultation", False),
    RefusedAddress: (refused_address, "550 5.1.1", "nobody0@example.org", False),
    WorkerBeat: (worker_beat, "Mon 1 March 2027, 09:00 (UTC)", "server-1", False),
    PatientFile: (patient_file, "Rude at the desk", 'value="Rude at the desk"', True),
}
MODELS = pytest.mark.parametrize("model", PAGES, ids=lambda model: model.__name__)


def text_of(response):
    return response.content.decode()


@pytest.fixture
def boss():
    return admin_client()


def test_every_model_has_its_pages_but_private_notes_and_what_is_computed():
    without = {PrivateNote, FirstTime, SearchWord}
    ours = {model for app in OUR_APPS for model in apps.get_app_config(app).get_models()}
    assert {model for model in ours if not admin.site.is_registered(model)} == without
    assert ours - without == set(PAGES) - {EmailAddress}


@MODELS
@pytest.mark.parametrize("nonsense", ["\x00", "²"])
def test_a_filter_that_makes_no_sense_shows_the_whole_list(boss, model, nonsense):
    make, line, _content, _can_add = PAGES[model]
    make()
    response = boss.get(page(model), {"pk__in": nonsense}, follow=True)
    assert (response.status_code, line in text_of(response)) == (200, True)


@MODELS
@pytest.mark.parametrize("number", ["9" * 30, "-" + "9" * 30])
def test_a_number_that_no_column_holds_is_a_list_too(boss, model, number):
    """PostgreSQL finds nobody; SQLite cannot look, and the whole list is shown."""
    PAGES[model][0]()
    response = boss.get(page(model), {"pk__in": number}, follow=True)
    assert (response.status_code, 'id="changelist"' in text_of(response)) == (200, True)


def test_a_filter_by_nobodys_number_is_a_list_too(boss):
    response = boss.get(page(Appointment), {"doctor__id__exact": "9" * 30}, follow=True)
    assert (response.status_code, 'id="changelist"' in text_of(response)) == (200, True)


@MODELS
def test_an_admin_reads_the_list(boss, model):
    make, line, _content, _can_add = PAGES[model]
    make()
    response = boss.get(page(model))
    assert (response.status_code, line in text_of(response)) == (200, True)


@pytest.mark.parametrize("make", [invitation, waiting_screen, calendar_feed])
def test_a_link_is_shown_to_nobody(boss, make):
    row = make()
    pages = (page(type(row)), f"{page(type(row))}{row.pk}/change/")
    assert ["canary" in text_of(boss.get(each)) for each in pages] == [False, False]


@MODELS
def test_an_admin_opens_a_row(boss, model):
    make, _line, content, _can_add = PAGES[model]
    response = boss.get(page(model, "change", make().pk))
    assert (response.status_code, content in text_of(response)) == (200, True)


@MODELS
def test_an_admin_adds_a_row_where_that_makes_sense(boss, model):
    can_add = PAGES[model][3]
    response = boss.get(page(model, "add"))
    assert response.status_code == (200 if can_add else 403)


@MODELS
def test_an_admin_searches(boss, model):
    PAGES[model][0]()
    response = boss.get(page(model), {"q": "Hélène Zzyzx"})
    assert response.context["cl"].result_count == 0


@MODELS
@pytest.mark.parametrize("make_user", [UserFactory, DoctorUserFactory, SecretaryUserFactory])
def test_nobody_else_gets_in(client, model, make_user):
    client.force_login(make_user())
    response = client.get(page(model), follow=True)
    assert (response.status_code, "changelist" in text_of(response)) == (403, False)


def test_visitors_sign_in_on_the_page_of_everyone(client):
    response = client.get(INDEX, follow=True)
    assert response.redirect_chain[-1] == (
        f"{reverse('account_login')}?next=%2Fadmin%2F",
        302,
    )


def test_the_admins_own_sign_in_page_has_no_limits_and_is_not_used(client):
    account = AdminFactory()
    response = client.post(
        reverse("admin:login"), {"username": account.username, "password": "testpass123"}
    )
    assert response["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_the_admin_is_called_tbib(boss):
    assert '<a href="/admin/">Tbib</a>' in text_of(boss.get(INDEX))


@MODELS
def test_pages_have_no_inline_style_or_script(boss, model):
    """The CSP would refuse them."""
    row = PAGES[model][0]()
    for address in (page(model), page(model, "change", row.pk)):
        html = text_of(boss.get(address))
        assert [html.count(what) for what in ("style=", "<style", "<script>", "onclick=")] == [
            0
        ] * 4


# -- private notes ------------------------------------------------------------------------

CANARY = "canary-7f3a9"


@pytest.fixture
def noted():
    """An appointment whose doctor keeps a private note about it."""
    appointment = AppointmentFactory()
    PrivateNote.objects.create(doctor=appointment.doctor, appointment=appointment, text=CANARY)
    return appointment


@pytest.mark.parametrize("name", ["change", "delete", "history"])
def test_no_page_tells_of_a_private_note(boss, noted, name):
    rows = (
        noted,
        noted.doctor,
        noted.doctor.user,
        noted.patient,
        noted.practice,
        noted.consultation_type,
    )
    for row in rows:
        html = text_of(boss.get(page(type(row), name, row.pk), follow=True))
        assert [word in html.lower() for word in (CANARY, "private", "notes")] == [False] * 3


def test_the_page_that_deletes_several_tells_of_no_private_note(boss, noted):
    data = {"action": "delete_selected", "_selected_action": [noted.doctor.pk]}
    html = text_of(boss.post(page(Doctor), data))
    assert ("1 appointment" in html, "1 other record" in html) == (True, True)
    assert [word in html.lower() for word in (CANARY, "private", "notes")] == [False] * 3


def test_no_list_finds_by_a_private_note(boss, noted):
    for model in PAGES:
        assert CANARY not in text_of(boss.get(page(model)))
        found = boss.get(page(model), {"q": CANARY})
        assert found.context["cl"].result_count == 0


def test_private_notes_have_no_address(boss):
    assert boss.get("/admin/bookings/privatenote/").status_code == 404


# -- queries ------------------------------------------------------------------------------

# The session, the account, how many rows, the rows; then the values of filters, and the types
# that opening hours are kept for.
QUERIES = {Practice: 4 + 3, Doctor: 4 + 3, OpeningHours: 4 + 1}


@pytest.mark.parametrize("rows", [1, 30])
@MODELS
def test_lists_ask_the_same_queries_for_1_and_30_rows(boss, model, rows, django_assert_num_queries):
    for number in range(rows):
        if model is Specialty:
            SpecialtyFactory(slug=f"field-{number}", name_en=f"Field {number}")
        else:
            PAGES[model][0]()
    with django_assert_num_queries(QUERIES.get(model, 4)):
        boss.get(page(model))
