import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from accounts.tests.admin import act, add, admin_client, errors_of, found, page, said, save
from accounts.tests.factories import DoctorUserFactory, SecretaryUserFactory, UserFactory
from doctors.models import ConsultationType, Doctor, Membership, Practice, Specialty
from doctors.tests.factories import (
    ConsultationTypeFactory,
    DoctorFactory,
    MembershipFactory,
    PracticeFactory,
    SpecialtyFactory,
)
from doctors.tests.pictures import BLUE, file, files_kept, give_photo, picture

pytestmark = pytest.mark.django_db


def changes_of(doctor):
    return Doctor.objects.values_list("calendar_version", flat=True).get(pk=doctor.pk)


class TestApproval:
    def test_approve_lists_a_doctor_with_hours_and_is_logged(self):
        client, doctor = admin_client(), DoctorFactory(approved_at=None)
        response = act(client, "approve", doctor)
        entry = LogEntry.objects.get()
        assert list(Doctor.objects.listed()) == [doctor]
        assert changes_of(doctor) == 1
        assert (entry.user, entry.get_change_message()) == (client.user, "Approved.")
        assert said(response) == ["1 doctor approved."]

    def test_approve_says_who_still_has_to_save_hours(self):
        doctor = DoctorFactory(approved_at=None, hours_saved_at=None)
        response = act(admin_client(), "approve", doctor)
        assert said(response) == [
            "1 doctor approved.",
            "Listed once their opening hours are saved: Dr John Smith.",
        ]

    def test_approve_keeps_the_date_of_an_earlier_approval(self):
        doctor = DoctorFactory()
        approved_at = doctor.approved_at
        act(admin_client(), "approve", doctor)
        doctor.refresh_from_db()
        assert (doctor.approved_at, changes_of(doctor)) == (approved_at, 0)

    def test_withdraw_approval_hides_the_doctor(self):
        doctor = DoctorFactory()
        response = act(admin_client(), "withdraw_approval", doctor)
        assert not Doctor.objects.approved().exists()
        assert changes_of(doctor) == 1
        assert said(response) == ["Approval of 1 doctor withdrawn. Appointments stay."]

    def test_filter_finds_the_doctors_to_approve(self):
        unapproved = DoctorFactory(approved_at=None)
        silent = DoctorFactory(hours_saved_at=None)
        listed = DoctorFactory()
        client = admin_client()
        assert found(client, Doctor, approved="no") == [unapproved]
        assert set(found(client, Doctor, approved="yes")) == {silent, listed}
        assert found(client, Doctor, approved="listed") == [listed]


class TestDoctor:
    @pytest.mark.parametrize("text", ["elodie", "Dr. ÉLODIE", "cardiologue", "besancon"])
    def test_search_knows_no_accents(self, text):
        wanted = DoctorFactory(user__first_name="Élodie", practice__city="Besançon")
        field = SpecialtyFactory(slug="gp", name_en="GP", name_fr="MG", practitioner_fr="MG")
        field.practitioner_en = "GP"
        field.save()
        DoctorFactory(specialty=field)
        assert found(admin_client(), Doctor, q=text) == [wanted]

    def test_add_makes_an_address_of_name_and_city(self):
        account = DoctorUserFactory(first_name="Élodie", last_name="Roux")
        add(
            admin_client(),
            Doctor,
            user=account.pk,
            specialty=SpecialtyFactory().pk,
            practice=PracticeFactory(city="Nîmes").pk,
            languages=["fr", "ar"],
        )
        doctor = Doctor.objects.get()
        assert (doctor.slug, doctor.languages) == ("elodie-roux-nimes", ["fr", "ar"])

    def test_the_account_of_a_patient_becomes_no_doctor(self):
        response = add(
            admin_client(),
            Doctor,
            user=UserFactory().pk,
            specialty=SpecialtyFactory().pk,
            practice=PracticeFactory().pk,
        )
        assert errors_of(response) == {"user": ["The role of this account is not doctor."]}

    def test_a_change_counts_in_the_calendar(self):
        doctor = DoctorFactory(calendar_version=7)
        save(admin_client(), doctor, presentation="Bonjour")
        doctor.refresh_from_db()
        assert (doctor.presentation, doctor.calendar_version) == ("Bonjour", 8)

    def test_a_change_is_made_to_what_the_lock_gives(self, monkeypatch):
        """In the meantime a booking counts a change, and the staff saves hours."""
        doctor, now = DoctorFactory(hours_saved_at=None), timezone.now()
        lock = Doctor.objects.locked

        def after_a_booking(*pks):
            Doctor.objects.filter(pk=doctor.pk).update(calendar_version=5, hours_saved_at=now)
            return lock(*pks)

        monkeypatch.setattr(Doctor.objects, "locked", after_a_booking)
        save(admin_client(), doctor, presentation="Bonjour")
        doctor.refresh_from_db()
        assert (doctor.calendar_version, doctor.hours_saved_at) == (6, now)

    @pytest.mark.django_db(transaction=True)
    def test_a_photo_is_shown_replaced_and_removed(self, media):
        client, doctor = admin_client(), DoctorFactory()
        addresses = []
        for upload in ({"new_photo": picture()}, {"new_photo": picture(BLUE)}):
            save(client, doctor, **upload)
            doctor.refresh_from_db()
            addresses.append(doctor.photo_sizes[1][0])
        form = client.get(page(Doctor, "change", doctor.pk)).text
        assert [f'src="{address}"' in form for address in addresses] == [False, True]
        assert len(files_kept()) == 3
        save(client, doctor, **{"new_photo-clear": "on"})
        doctor.refresh_from_db()
        assert (doctor.photo.name, files_kept()) == ("", [])

    @pytest.mark.django_db(transaction=True)
    def test_another_change_keeps_the_photo_and_a_wrong_file_changes_nothing(self, media):
        client, doctor = admin_client(), give_photo(DoctorFactory())
        before = doctor.photo.name
        save(client, doctor, presentation="Bonjour")
        response = save(client, doctor, presentation="Encore", new_photo=file(b"<svg/>"))
        doctor.refresh_from_db()
        assert (doctor.photo.name, doctor.presentation) == (before, "Bonjour")
        assert list(errors_of(response)) == ["new_photo"]
        assert len(files_kept()) == 3

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("is_chosen", [True, False], ids=["in_the_list", "on_the_page"])
    def test_a_deleted_doctor_leaves_no_files(self, media, is_chosen):
        client, doctor = admin_client(), give_photo(DoctorFactory())
        if is_chosen:
            act(client, "delete_selected", doctor, post="yes")
        else:
            client.post(page(Doctor, "delete", doctor.pk), {"post": "yes"})
        assert (Doctor.objects.count(), files_kept()) == (0, [])

    def test_types_are_edited_beside_the_doctor(self):
        consultation_type = ConsultationTypeFactory(name="Suivi")
        added = {"name": "Bilan", "duration": 45, "currency": "EUR", "color": "#123456"}
        added |= {"buffer_after": 0, "position": 1}
        save(
            admin_client(),
            consultation_type.doctor,
            **{
                "consultation_types-0-name": "Suivi annuel",
                "consultation_types-TOTAL_FORMS": 2,
                **{f"consultation_types-1-{name}": value for name, value in added.items()},
            },
        )
        types = consultation_type.doctor.consultation_types.values_list("name", "duration")
        assert list(types) == [("Suivi annuel", 30), ("Bilan", 45)]
        assert changes_of(consultation_type.doctor) == 1

    def test_types_are_not_deleted_beside_the_doctor(self):
        consultation_type = ConsultationTypeFactory()
        save(admin_client(), consultation_type.doctor, **{"consultation_types-0-DELETE": "on"})
        assert ConsultationType.objects.get() == consultation_type

    def test_the_page_on_the_site_is_linked(self):
        doctor = DoctorFactory()
        html = admin_client().get(page(Doctor, "change", doctor.pk)).content.decode()
        assert f'href="{doctor.get_absolute_url()}" class="viewsitelink"' in html


class TestWhatDoctorsAreFoundBy:
    def found_by(self, text):
        return list(Doctor.objects.search(text))

    def test_follows_the_practice_to_another_city(self):
        doctor = DoctorFactory(practice__city="Paris")
        save(admin_client(), doctor.practice, city="Orléans")
        assert (self.found_by("orleans"), self.found_by("paris")) == ([doctor], [])
        assert changes_of(doctor) == 1

    def test_follows_the_specialty(self):
        doctor = DoctorFactory()
        save(admin_client(), doctor.specialty, practitioner_fr="Médecin du cœur")
        assert (self.found_by("medecin"), self.found_by("cardiologue")) == ([doctor], [])

    def test_follows_the_name_of_the_account(self):
        doctor = DoctorFactory()
        save(admin_client(), doctor.user, last_name="Lefèvre")
        assert (self.found_by("lefevre"), self.found_by("smith")) == ([doctor], [])


class TestPractice:
    def test_search_knows_no_accents(self):
        practice = PracticeFactory(name="Cabinet de la Gare", city="Besançon")
        PracticeFactory()
        assert found(admin_client(), Practice, q="gare BESANCON") == [practice]

    def test_an_unknown_time_zone_cannot_be_chosen(self):
        response = save(admin_client(), PracticeFactory(), time_zone="Europe/Atlantis")
        assert list(errors_of(response)) == ["time_zone"]

    def test_a_practice_with_doctors_stays(self):
        doctor = DoctorFactory()
        response = admin_client().get(page(Practice, "delete", doctor.practice.pk))
        assert response.context["protected"] == [
            "1 doctor",
            "A practice that has or had doctors stays on record.",
        ]


def test_specialties_are_found_in_every_language():
    specialty = SpecialtyFactory(name_ar="طب القلب")
    SpecialtyFactory(slug="gp", name_en="GP", name_fr="MG", practitioner_fr="Généraliste")
    client = admin_client()
    assert found(client, Specialty, q="القلب") == [specialty]
    assert found(client, Specialty, q="CARDIOLOGUE") == [specialty]
    assert [each.slug for each in found(client, Specialty, q="generaliste")] == ["gp"]


class TestMembership:
    def test_end_takes_the_access_away_at_once(self):
        membership = MembershipFactory()
        response = act(admin_client(), "end", membership)
        membership.refresh_from_db()
        assert membership.ended_at is not None
        assert not Membership.objects.of(membership.user).exists()
        assert said(response) == ["1 membership ended."]

    def test_an_ended_one_keeps_its_end(self):
        ended_at = timezone.now()
        membership = MembershipFactory(ended_at=ended_at)
        act(admin_client(), "end", membership)
        membership.refresh_from_db()
        assert membership.ended_at == ended_at

    def test_a_secretary_works_somewhere_once(self):
        membership = MembershipFactory()
        values = {"user": membership.user.pk, "practice": membership.practice.pk}
        response = add(admin_client(), Membership, **values)
        assert errors_of(response) == {"user": ["Already works there."]}

    def test_only_a_secretary_gets_a_membership(self):
        values = {"user": UserFactory().pk, "practice": PracticeFactory().pk}
        response = add(admin_client(), Membership, **values)
        assert errors_of(response) == {"user": ["The role of this account is not secretary."]}

    def test_add_gives_access(self):
        secretary, practice = SecretaryUserFactory(), PracticeFactory()
        add(admin_client(), Membership, user=secretary.pk, practice=practice.pk)
        assert list(Practice.objects.visible_to(secretary)) == [practice]
