"""Finding a doctor: home, results, and the page for developers."""

from playwright.sync_api import expect

from doctors.tests.factories import DoctorFactory, PracticeFactory
from tests.e2e.states.table import PHONE, state
from tests.e2e.world import doctors_type, patient


@state
def home(page, enter):
    doctors_type()
    page.goto("/")
    expect(page.locator(".specialties a")).to_have_count(1)


@state
def home_with_suggestions(page, enter):
    practice = PracticeFactory(name="Cardinal", city="Cardiff", latitude=48.9, longitude=2.3)
    DoctorFactory(practice=practice, user__last_name="Cardin")
    page.goto("/")
    page.locator("[data-suggest=what]").press_sequentially("card")
    expect(page.locator("#suggestions-what [role=option]:visible")).to_have_count(4)
    page.keyboard.press("ArrowDown")


@state
def doctors_with_suggestions(page, enter):
    DoctorFactory(practice__latitude=48.9, practice__longitude=2.3)
    page.goto("/doctors/")
    page.locator("[data-suggest=what]").press_sequentially("card")
    expect(page.locator("#suggestions-what [role=option]:visible")).to_have_count(1)


@state
def doctors(page, enter):
    doctors_type()
    DoctorFactory(books_online=False, practice__phone=PHONE)
    page.goto("/doctors/")
    expect(page.locator("article, li.doctor-card")).to_have_count(2)


@state
def doctors_nobody_found(page, enter):
    page.goto("/doctors/?q=nobody")
    expect(page.locator(".empty h2")).to_be_visible()


@state
def doctors_found_elsewhere(page, enter):
    practice = PracticeFactory(latitude=48.86, longitude=2.35)
    DoctorFactory(practice=practice, offers_video=True)
    page.goto("/doctors/?q=cardiologue&where=Brest")
    expect(page.locator(".empty-choices a")).to_have_count(2)


@state
def personal_data(page, enter):
    page.goto("/privacy/")
    expect(page.locator("h1")).to_have_text("Données personnelles")


@state
def doctors_with_the_menu_open(page, enter):
    enter(patient().account)
    page.goto("/doctors/")
    page.locator(".site-header details.menu > summary").click()
    expect(page.locator(".site-header .menu-list")).to_be_visible()


@state
def developers(page, enter):
    page.goto("/developers/")
    expect(page.locator(".opblock").first).to_be_visible(timeout=20_000)
