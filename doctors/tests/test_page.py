"""“Ma fiche”, and the photo's own address."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.db.models import QuerySet
from django.test import Client

from accounts.tests.factories import AdminFactory, UserFactory
from doctors import services
from doctors.models import Doctor
from doctors.tests.factories import DoctorFactory, MembershipFactory
from doctors.tests.pictures import (
    BLUE,
    GREEN,
    RED,
    encoded,
    file,
    files_kept,
    give_photo,
    looks_like,
    opened,
    picture,
)
from web import photos

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
# The photo's files are deleted after the commit, and threads see only committed rows.
committing = pytest.mark.django_db(transaction=True)

PAGE = "/accounts/doctor-page/"
TOLD = {
    "presentation": "Je soigne les cœurs.\r\nÀ Paris.",
    "languages": ["fr", "ar"],
    "offers_video": "on",
}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address_of(doctor: Doctor, side: int = 384) -> str:
    doctor.refresh_from_db(fields=["photo"])
    return dict(map(reversed, doctor.photo_sizes))[side]


def color_of(doctor: Doctor):
    content = signed_in(doctor.user).get(address_of(doctor)).content
    return opened(content).getpixel((192, 192))


class TestPage:
    def test_it_saves_what_a_doctor_tells(self):
        doctor = DoctorFactory()
        response = signed_in(doctor.user).post(PAGE, TOLD)
        assert (response.status_code, response["Location"]) == (302, doctor.get_absolute_url())
        doctor.refresh_from_db()
        assert doctor.presentation == "Je soigne les cœurs.\nÀ Paris."
        assert doctor.languages == ["fr", "ar"]
        assert (doctor.accepts_new_patients, doctor.offers_video) == (False, True)
        assert doctor.calendar_version == 1

    def test_it_changes_nothing_else(self):
        """The calendar's version goes up while the form is open."""
        doctor = DoctorFactory()
        Doctor.objects.filter(pk=doctor.pk).update(calendar_version=41, slug="dr-other")
        services.save_page(doctor)
        doctor.refresh_from_db()
        assert (doctor.calendar_version, doctor.slug) == (42, "dr-other")

    def test_it_is_for_doctors(self):
        statuses = [
            signed_in(user).get(PAGE).status_code
            for user in (UserFactory(), MembershipFactory().user, AdminFactory())
        ]
        assert statuses == [404, 404, 404]

    def test_a_presentation_is_counted_as_the_browser_counts(self):
        doctor = DoctorFactory()
        lines = "\r\n".join(["a" * 99] * 20)  # 1999 characters, with one for each line break
        assert signed_in(doctor.user).post(PAGE, {"presentation": lines}).status_code == 302
        response = signed_in(doctor.user).post(PAGE, {"presentation": lines + "aa"})
        assert response.status_code == 422
        assert response.context["form"].errors == {
            "presentation": ["2000 caractères au plus\xa0; il y en a 2001."]
        }

    def test_an_unknown_language_is_refused(self):
        doctor = DoctorFactory(languages=["fr"])
        response = signed_in(doctor.user).post(PAGE, {**TOLD, "languages": ["xx"]})
        doctor.refresh_from_db()
        assert (response.status_code, doctor.languages) == (422, ["fr"])

    def test_only_the_doctors_own_page_links_to_it(self):
        doctor = DoctorFactory()
        path = doctor.get_absolute_url()
        link = f'href="{PAGE}"'
        assert signed_in(doctor.user).get(path).text.count(link) == 2  # the menu, the page
        assert signed_in(DoctorFactory().user).get(path).text.count(link) == 1
        assert link not in signed_in(UserFactory()).get(path).text
        assert link not in Client().get(path).text


@committing
class TestUpload:
    def test_a_photo_is_shown_to_everybody(self):
        doctor = DoctorFactory()
        signed_in(doctor.user).post(PAGE, {**TOLD, "new_photo": picture(BLUE)})
        page = Client().get(doctor.get_absolute_url()).text
        assert f'src="{address_of(doctor, 96)}"' in page
        assert f"{address_of(doctor)} 384w" in page
        assert looks_like(BLUE, color_of(doctor))

    def test_another_takes_its_place_under_another_address(self):
        doctor = give_photo(DoctorFactory(), RED)
        before = address_of(doctor)
        signed_in(doctor.user).post(PAGE, {**TOLD, "new_photo": picture(GREEN)})
        assert looks_like(GREEN, color_of(doctor))
        assert Client().get(before).status_code == 404
        assert len(files_kept()) == 3

    def test_a_form_without_a_file_keeps_the_photo(self):
        doctor = give_photo(DoctorFactory())
        before = address_of(doctor)
        signed_in(doctor.user).post(PAGE, TOLD)
        assert address_of(doctor) == before
        assert len(files_kept()) == 3

    def test_it_can_be_removed(self):
        doctor = give_photo(DoctorFactory())
        before = address_of(doctor)
        signed_in(doctor.user).post(PAGE, {**TOLD, "new_photo-clear": "on"})
        doctor.refresh_from_db()
        assert (doctor.photo.name, doctor.photo_sizes, files_kept()) == ("", [], [])
        assert Client().get(before).status_code == 404

    def test_a_refused_file_says_why_and_changes_nothing(self):
        doctor = give_photo(DoctorFactory(presentation="Avant"))
        upload = file(b"<svg/>", "me.png")
        response = signed_in(doctor.user).post(PAGE, {**TOLD, "new_photo": upload})
        doctor.refresh_from_db()
        assert response.status_code == 422
        assert response.context["form"].errors == {
            "new_photo": ["Ce n’est pas une image JPEG, PNG ou WebP. Choisissez un autre fichier."]
        }
        assert "Je soigne les cœurs." in response.text
        assert address_of(doctor, 96) in response.text
        assert doctor.presentation == "Avant"
        assert len(files_kept()) == 3

    def test_a_large_file_is_refused_in_words_too(self):
        doctor = DoctorFactory()
        upload = SimpleUploadedFile("me.jpg", bytes(photos.MAX_BYTES + 200_000))
        response = signed_in(doctor.user).post(PAGE, {**TOLD, "new_photo": upload})
        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["new_photo"]
        assert "Je soigne les cœurs." in response.text

    def test_an_empty_file_and_a_long_name_are_no_harm(self):
        doctor = DoctorFactory()
        for upload in (file(b""), file(picture().read(), "é" * 200 + "/../../x.jpg")):
            signed_in(doctor.user).post(PAGE, {**TOLD, "new_photo": upload})
        assert looks_like(RED, color_of(doctor))
        assert len(files_kept()) == 3

    def test_a_file_that_is_a_script_too_keeps_only_its_pixels(self):
        doctor = DoctorFactory()
        upload = file(encoded(opened(picture().read())) + b"<script>alert(1)</script>")
        signed_in(doctor.user).post(PAGE, {**TOLD, "new_photo": upload})
        assert b"<script" not in Client().get(address_of(doctor)).content

    def test_the_old_photo_stays_when_the_database_refuses(self):
        doctor = give_photo(DoctorFactory())
        before, kept = address_of(doctor), files_kept()
        doctor.presentation = None
        with pytest.raises(IntegrityError):
            services.save_page(doctor, photo=photos.squares(picture(BLUE)))
        assert (address_of(doctor), files_kept()) == (before, kept)

    def test_a_file_that_cannot_be_deleted_is_no_failure(self, monkeypatch):
        def read_only(name):
            raise OSError("Read-only file system")

        doctor = give_photo(DoctorFactory())
        monkeypatch.setattr(default_storage, "delete", read_only)
        services.save_page(doctor, photo=photos.squares(picture(GREEN)))
        assert looks_like(GREEN, color_of(doctor))


class TestServing:
    def test_it_is_a_picture_that_caches_may_keep(self):
        doctor = give_photo(DoctorFactory())
        response = Client().get(address_of(doctor, 192))
        assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert opened(response.content).size == (192, 192)

    def test_who_has_it_is_not_sent_it_again(self):
        path = address_of(give_photo(DoctorFactory()))
        etag = Client().get(path)["ETag"]
        response = Client().get(path, headers={"if-none-match": etag})
        assert (response.status_code, response.content) == (304, b"")
        assert Client().get(path, headers={"if-none-match": '"other"'}).status_code == 200

    def test_head_tells_the_length(self):
        path = address_of(give_photo(DoctorFactory()))
        assert Client().head(path)["Content-Length"] == Client().get(path)["Content-Length"]

    def test_a_doctor_who_is_not_approved_is_seen_by_their_staff_only(self):
        doctor = give_photo(DoctorFactory(approved_at=None))
        path = address_of(doctor)
        staff = [doctor.user, MembershipFactory(practice=doctor.practice).user, AdminFactory()]
        strangers = [UserFactory(), DoctorFactory().user, MembershipFactory().user]
        assert [signed_in(user).get(path).status_code for user in staff] == [200, 200, 200]
        assert [signed_in(user).get(path).status_code for user in strangers] == [404, 404, 404]
        assert Client().get(path).status_code == 404
        assert signed_in(doctor.user).get(path)["Cache-Control"] == "private, no-cache"

    def test_only_our_sizes_of_photos_of_doctors(self):
        path = address_of(give_photo(DoctorFactory()))
        forgotten = photos.store(photos.squares(picture()))
        paths = [
            path.replace("-384.", "-385."),
            path.replace("-384.", "-99999999999999999999."),
            f"/{forgotten}",
            "/photos/-384.webp",
            "/photos/..%2f..%2fdb-384.webp",
            "/photos/../manage-384.webp",
            "/photos/",
        ]
        assert {each: Client().get(each).status_code for each in paths} == dict.fromkeys(paths, 404)

    def test_a_file_that_is_gone_is_a_404(self):
        doctor = give_photo(DoctorFactory())
        path = address_of(doctor)
        photos.remove(doctor.photo.name)
        assert Client().get(path).status_code == 404


# -- two at once --------------------------------------------------------------------------


def two_uploads(doctor: Doctor) -> list[object]:
    """Return the results of two uploads that start at the same instant."""
    both = threading.Barrier(2)

    def upload(color):
        own = Doctor.objects.get(pk=doctor.pk)
        new = photos.squares(picture(color))
        try:
            both.wait()
            return services.save_page(own, photo=new)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(upload, (GREEN, BLUE)))


@pytest.fixture
def both_look_first(monkeypatch):
    """Give each upload time to read before the other one writes."""
    both, locked = threading.Barrier(2), type(Doctor.objects.all()).locked

    def look(doctors, *pks):
        found = locked(doctors, *pks)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.4)
        return found

    monkeypatch.setattr(type(Doctor.objects.all()), "locked", look)
    monkeypatch.setattr(
        Doctor.objects.__class__, "locked", lambda rows, *pks: look(rows.all(), *pks)
    )


@committing
class TestTwoUploadsAtOnce:
    def test_one_photo_is_left(self, both_look_first):
        doctor = give_photo(DoctorFactory())
        assert two_uploads(doctor) == [None, None]
        assert len(files_kept()) == 3
        assert Client().get(address_of(doctor)).status_code == 200

    def test_without_the_lock_files_are_forgotten(self, both_look_first, monkeypatch):
        """The negative control: without the lock, the test above fails."""
        monkeypatch.setattr(services.transaction, "atomic", no_transaction)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows.all())
        doctor = give_photo(DoctorFactory())
        assert two_uploads(doctor) == [None, None]
        assert len(files_kept()) == 6


@contextlib.contextmanager
def no_transaction(**options):
    """On SQLite the transaction is the lock."""
    yield
