import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from bookings.models import Appointment
from bookings.tests.factories import AppointmentFactory
from bookings.tests.moments import FRIDAY_MORNING
from dashboard.configuration.forms import TypeForm
from dashboard.tests.configuring import ROOT, panel, staffed_by
from doctors.models import ConsultationType
from doctors.tests.factories import ConsultationTypeFactory, DoctorFactory, PracticeFactory

pytestmark = pytest.mark.django_db

PANEL = panel("types_panel")
TYPED = {
    "name": "Échographie cardiaque",
    "duration": "45",
    "buffer_after": "15",
    "price": "110,50",
    "currency": "EUR",
    "price_note": "Secteur 2",
    "color": "#8465d2",
    "other_color": "#000000",
    "needs_confirmation": "on",
    "notice_minutes": "1440",
    "horizon_days": "90",
    "instructions": "Venir à jeun.",
}


@pytest.fixture(autouse=True)
def friday_morning():
    with time_machine.travel(FRIDAY_MORNING, tick=False):
        yield


def names(doctor):
    """In the doctor's order, those on offer."""
    return list(doctor.consultation_types.offered().values_list("name", flat=True))


def signed_in(client, **options):
    doctor = DoctorFactory(**options)
    client.force_login(doctor.user)
    return doctor


class TestAdd:
    def test_it_is_on_the_public_page_at_once(self, client):
        doctor = signed_in(client)
        response = client.post(f"{ROOT}types/new/", TYPED)
        kind = doctor.consultation_types.get()
        assert response["Location"] == f"{ROOT}?doctor={doctor.pk}"
        assert (kind.name, kind.duration, kind.price, kind.color) == (
            "Échographie cardiaque",
            45,
            Decimal("110.50"),
            "#8465d2",
        )
        assert (kind.buffer_after, kind.notice_minutes, kind.horizon_days) == (15, 1440, 90)
        flags = (kind.needs_confirmation, kind.is_emergency_only, kind.require_existing_patient)
        assert flags == (True, False, False)
        assert "Échographie cardiaque" in client.get(f"{doctor.get_absolute_url()}?seen=no").text
        doctor.refresh_from_db()
        assert doctor.calendar_version == 1

    def test_by_video_it_says_so_on_the_public_page(self, client):
        doctor = signed_in(client)
        client.post(f"{ROOT}types/new/", TYPED | {"is_video": "on"})
        assert doctor.consultation_types.get().is_video is True
        assert "par vidéo" in client.get(f"{doctor.get_absolute_url()}?seen=no").text

    def test_it_comes_after_the_others(self, client):
        doctor = signed_in(client)
        ConsultationTypeFactory(doctor=doctor, name="Suivi", position=7)
        client.post(f"{ROOT}types/new/", TYPED)
        assert names(doctor) == ["Suivi", "Échographie cardiaque"]

    def test_to_htmx_it_answers_the_panel_and_says_when_it_was_saved(self, client):
        signed_in(client)
        response = client.post(f"{ROOT}types/new/", TYPED, headers=PANEL)
        assert response.templates[0].name == "dashboard/configuration/partials/types_panel.html"
        assert "Enregistré à 09:00" in response.text
        assert response["HX-Push-Url"].startswith(ROOT)

    def test_without_htmx_the_next_page_says_when_it_was_saved(self, client):
        signed_in(client)
        assert "Enregistré à 09:00" in client.post(f"{ROOT}types/new/", TYPED, follow=True).text

    def test_another_color_is_the_one_that_was_picked(self, client):
        doctor = signed_in(client)
        client.post(f"{ROOT}types/new/", TYPED | {"color": "other", "other_color": "#AB12CD"})
        assert doctor.consultation_types.get().color == "#ab12cd"

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            ("duration", "500", "De 5 à 480 minutes."),
            ("duration", "4", "De 5 à 480 minutes."),
            ("duration", "dix", "De 5 à 480 minutes."),
            ("buffer_after", "241", "De 0 à 240 minutes."),
            ("currency", "XXX", None),
            ("price", "-1", None),
            ("name", "", None),
            ("color", "red", None),
            ("horizon_days", "0", None),
        ],
    )
    def test_an_error_stands_at_its_field_and_nothing_is_lost(self, client, field, typed, said):
        signed_in(client)
        response = client.post(f"{ROOT}types/new/", TYPED | {field: typed})
        form = response.context["form"]
        assert (response.status_code, list(form.errors)) == (422, [field])
        assert said is None or form.errors[field] == [said]
        assert 'value="Échographie cardiaque"' in response.text or field == "name"
        assert not ConsultationType.objects.exists()

    def test_a_picked_color_that_is_none_is_refused(self, client):
        signed_in(client)
        typed = TYPED | {"color": "other", "other_color": "url(x)"}
        assert client.post(f"{ROOT}types/new/", typed).status_code == 422

    def test_people_pay_in_the_practices_money(self, client):
        signed_in(client, practice__country="MA", practice__time_zone="Africa/Casablanca")
        form = client.get(f"{ROOT}types/new/").context["form"]
        assert form["currency"].value() == "MAD"


class TestChange:
    def test_visits_keep_what_they_were_booked_for(self, client):
        visit = AppointmentFactory(type_name="Consultation")
        kind = visit.consultation_type
        client.force_login(visit.doctor.user)
        client.post(f"{ROOT}types/{kind.pk}/", TYPED)
        kind.refresh_from_db()
        visit.refresh_from_db()
        assert (kind.name, visit.type_name, visit.duration) == (
            "Échographie cardiaque",
            "Consultation",
            30,
        )

    def test_what_somebody_else_changed_meanwhile_stays(self, client, monkeypatch):
        kind = ConsultationTypeFactory()
        client.force_login(kind.doctor.user)
        judge = TypeForm.is_valid

        def meanwhile(form):
            ConsultationType.objects.filter(pk=kind.pk).update(position=5)
            return judge(form)

        monkeypatch.setattr(TypeForm, "is_valid", meanwhile)
        client.post(f"{ROOT}types/{kind.pk}/", TYPED)
        kind.refresh_from_db()
        assert (kind.name, kind.position) == ("Échographie cardiaque", 5)

    def test_values_that_are_not_usual_stay_to_choose(self, client):
        kind = ConsultationTypeFactory(notice_minutes=90, horizon_days=45, color="#123456")
        client.force_login(kind.doctor.user)
        form = client.get(f"{ROOT}types/{kind.pk}/").context["form"]
        assert [form[name].value() for name in ("notice_minutes", "horizon_days", "color")] == [
            90,
            45,
            "other",
        ]
        assert dict(form.fields["notice_minutes"].choices)[90] == "90 minutes"
        assert dict(form.fields["horizon_days"].choices)[45] == "45\xa0jours"

    def test_the_form_stands_in_the_list_where_its_reason_is(self, client):
        kind = ConsultationTypeFactory()
        client.force_login(kind.doctor.user)
        response = client.get(f"{ROOT}types/{kind.pk}/", headers=PANEL)
        assert response.context["edited"] == kind
        assert response.text.count('id="type_form"') == 1


class TestOrder:
    def three(self, client):
        doctor = signed_in(client)
        kinds = [ConsultationTypeFactory(doctor=doctor, name=name) for name in "ABC"]
        return doctor, kinds

    @pytest.mark.parametrize(
        ("index", "to", "order"),
        [(1, "up", "BAC"), (1, "down", "ACB"), (0, "up", "ABC"), (2, "down", "ABC")],
    )
    def test_a_reason_goes_one_place_up_or_down(self, client, index, to, order):
        doctor, kinds = self.three(client)
        client.post(f"{ROOT}types/{kinds[index].pk}/shift/", {"to": to})
        assert names(doctor) == list(order)

    def test_a_retired_one_between_them_takes_no_place(self, client):
        doctor, kinds = self.three(client)
        client.post(f"{ROOT}types/{kinds[1].pk}/retire/")
        client.post(f"{ROOT}types/{kinds[2].pk}/shift/", {"to": "up"})
        assert names(doctor) == ["C", "A"]


class TestRetire:
    def test_visits_stay_and_the_public_page_offers_it_no_more(self, client):
        visit = AppointmentFactory()
        kind = visit.consultation_type
        ConsultationTypeFactory(doctor=kind.doctor, name="Suivi")
        client.force_login(kind.doctor.user)
        client.post(f"{ROOT}types/{kind.pk}/retire/")
        assert (names(kind.doctor), Appointment.objects.get()) == (["Suivi"], visit)
        page = client.get(ROOT)
        assert page.context["retired"] == [kind]
        assert page.context["retired"][0].ahead == 1

    def test_it_can_be_offered_again(self, client):
        kind = ConsultationTypeFactory(retired_at=FRIDAY_MORNING)
        client.force_login(kind.doctor.user)
        client.post(f"{ROOT}types/{kind.pk}/offer/")
        assert names(kind.doctor) == ["Consultation"]


class TestWho:
    def test_a_secretary_changes_the_reasons_of_her_practices_doctors(self, client):
        kind = ConsultationTypeFactory()
        staffed_by(client, kind.doctor).post(f"{ROOT}types/{kind.pk}/", TYPED)
        kind.refresh_from_db()
        assert kind.name == "Échographie cardiaque"

    def test_a_form_stays_at_its_doctor_whatever_another_window_chose(self, client):
        doctor = DoctorFactory()
        colleague = DoctorFactory(practice=doctor.practice)
        staffed_by(client, doctor)
        client.get(ROOT, {"doctor": colleague.pk})
        client.post(f"{ROOT}types/new/?doctor={doctor.pk}", TYPED)
        assert [each.consultation_types.count() for each in (doctor, colleague)] == [1, 0]

    @pytest.mark.parametrize("action", ["", "shift/", "retire/", "offer/"])
    def test_strangers_find_nothing(self, client, action):
        kind = ConsultationTypeFactory()
        client.force_login(DoctorFactory().user)
        assert client.post(f"{ROOT}types/{kind.pk}/{action}", TYPED).status_code == 404
        kind.refresh_from_db()
        assert (kind.name, kind.retired_at) == ("Consultation", None)

    def test_a_doctor_of_hers_who_is_at_home_elsewhere_is_hers_too(self, client):
        here = PracticeFactory()
        kind = ConsultationTypeFactory()
        kind.doctor.opening_hours.create(practice=here, weekday=0, start_minute=540, end_minute=720)
        staffed_by(client, DoctorFactory(practice=here))
        assert client.get(f"{ROOT}types/{kind.pk}/").status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_for_one_reason_and_thirty(
    client, django_assert_num_queries, count
):
    doctor = signed_in(client)
    for index in range(count):
        retired = FRIDAY_MORNING - dt.timedelta(days=1) if index % 3 == 2 else None
        kind = ConsultationTypeFactory(doctor=doctor, retired_at=retired)
        start = FRIDAY_MORNING + dt.timedelta(days=1, minutes=30 * index)
        AppointmentFactory(consultation_type=kind, starts_at=start)
    # Session, account, desk, reasons, then what the frame shows: the waiting room, the news.
    with django_assert_num_queries(6):
        client.get(ROOT)
