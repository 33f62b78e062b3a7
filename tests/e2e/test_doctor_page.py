"""The doctor's page as visitors read it, and “Ma fiche” where a doctor writes it."""

import pytest
from playwright.sync_api import expect

from doctors.tests.factories import DoctorFactory
from doctors.tests.pictures import BLUE, files_kept, give_photo, picture
from tests.e2e.world import doctors_type, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/accounts/doctor-page/"
SAVE = "main form.page-form [type=submit]"


def sent(content: bytes, name="moi.jpg"):
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def is_drawn(image) -> bool:
    """The browser has loaded and decoded it."""
    return image.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")


def test_a_doctor_uploads_a_photo_and_a_visitor_sees_it(page, base_url, new_context):
    doctor = doctors_type().doctor
    sign_in(page.context, doctor.user, base_url)
    page.goto(doctor.get_absolute_url())
    page.locator(f".profile-hero a[href='{PAGE}']").click()
    page.locator("[name=presentation]").fill("Je soigne les cœurs.")
    page.locator("[name=new_photo]").set_input_files(sent(picture(BLUE, (900, 600)).read()))
    # Shown before it is sent.
    expect(page.locator("[data-photo] img.avatar[src^='data:']")).to_be_visible()
    page.locator(SAVE).click()
    expect(page).to_have_url(f"{base_url}{doctor.get_absolute_url()}")
    visitor = new_context().new_page()
    visitor.goto(doctor.get_absolute_url())
    expect(visitor.get_by_text("Je soigne les cœurs.")).to_be_visible()
    photo = visitor.locator(".profile-hero img.avatar")
    assert is_drawn(photo)
    assert photo.bounding_box()["width"] == photo.bounding_box()["height"] == 112
    visitor.goto("/doctors/")
    assert is_drawn(visitor.locator(".doctor-card img.avatar"))


def test_a_wrong_file_says_why_and_keeps_what_was_typed(page, base_url):
    doctor = give_photo(DoctorFactory())
    sign_in(page.context, doctor.user, base_url)
    page.goto(PAGE)
    page.locator("[name=presentation]").fill("Tapé avec soin")
    page.locator("[name=new_photo]").set_input_files(sent(b"<svg/>"))
    page.locator(SAVE).click()
    expect(page.locator("#id_new_photo_error")).to_have_text(
        "Ce n’est pas une image JPEG, PNG ou WebP. Choisissez un autre fichier."
    )
    expect(page.locator("[name=presentation]")).to_have_value("Tapé avec soin")
    assert is_drawn(page.locator("[data-photo] img.avatar"))
    assert len(files_kept()) == 3


def test_choosing_another_photo_gives_up_removing_the_old_one(page, base_url):
    doctor = give_photo(DoctorFactory())
    sign_in(page.context, doctor.user, base_url)
    page.goto(PAGE)
    remove = page.locator("[name=new_photo-clear]")
    remove.check()
    page.locator("[name=new_photo]").set_input_files(sent(picture(BLUE).read()))
    expect(remove).not_to_be_checked()
    remove.check()
    page.locator("[name=new_photo]").set_input_files([])
    page.locator(SAVE).click()
    expect(page.locator(".profile-hero svg.avatar")).to_be_visible()
    assert files_kept() == []


def test_ma_fiche_is_in_the_account_menu(page, base_url):
    sign_in(page.context, DoctorFactory().user, base_url)
    page.goto("/doctors/")
    page.locator(".site-header details.menu > summary").click()
    page.locator(f".menu-list a[href='{PAGE}']").click()
    expect(page.locator("h1")).to_have_text("Ma fiche")


@pytest.mark.parametrize("javascript", [True, False], ids=["with_scripts", "without"])
def test_a_reason_opens_the_panel_at_its_grid(new_context, javascript):
    kind = doctors_type(name="Échographie")
    doctors_type(doctor=kind.doctor, name="Consultation")
    page = new_context(java_script_enabled=javascript).new_page()
    page.goto(kind.doctor.get_absolute_url())
    page.locator(".prices a", has_text="Échographie").click()
    expect(page.locator("#booking_panel .step-now")).to_contain_text("Choisissez votre heure")
    expect(page.locator("#booking_panel")).to_contain_text("Échographie")
    assert f"type={kind.pk}" in page.url
    expect(page.locator(".days")).to_be_in_viewport()


@pytest.mark.parametrize("javascript", [True, False], ids=["with_scripts", "without"])
def test_on_a_phone_a_button_leads_back_to_the_panel(new_context, javascript):
    kind = doctors_type(doctor__presentation="Bonjour.\n\n" * 40)
    page = new_context(java_script_enabled=javascript).new_page()
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(kind.doctor.get_absolute_url())
    button = page.locator(".to-panel a")
    expect(button).not_to_be_in_viewport()
    page.locator(".colleagues, .prices").last.scroll_into_view_if_needed()
    expect(button).to_be_in_viewport()
    button.click()
    expect(page.locator("#booking-title")).to_be_in_viewport()
    expect(button).not_to_be_in_viewport()


def test_on_a_desktop_the_panel_is_always_there(page):
    kind = doctors_type(doctor__presentation="Bonjour.\n\n" * 40)
    page.goto(kind.doctor.get_absolute_url())
    page.locator(".prices").scroll_into_view_if_needed()
    expect(page.locator("#booking-title")).to_be_in_viewport()
    expect(page.locator(".to-panel")).to_be_hidden()
