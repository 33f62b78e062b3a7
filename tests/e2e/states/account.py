"""The entrance and a person's account, errors shown."""

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from playwright.sync_api import expect

from accounts.tests.factories import (
    EmailAddressFactory,
    RelativeFactory,
)
from doctors.tests.factories import DoctorFactory
from tests.e2e.states.table import state
from tests.e2e.world import patient


def refused(page, address, form="main form"):
    page.goto(address)
    page.locator(form).first.evaluate("form => form.noValidate = true")
    page.locator(f"{form} [type=submit]").first.click()
    expect(page.locator(".error-summary, [aria-invalid=true]").first).to_be_visible()


@state
def signing_up_with_errors(page, enter):
    refused(page, "/accounts/register/")


@state
def signing_up_as_a_doctor_with_errors(page, enter):
    refused(page, "/accounts/register/doctor/")


@state
def password_reset_with_errors(page, enter):
    refused(page, "/accounts/password/reset/")


@state
def password_reset_with_an_old_link(page, enter):
    page.goto("/accounts/password/reset/key/1-old/")
    expect(page.locator("main h1")).to_be_visible()


@state
def password_reset_choosing_one_with_errors(page, enter):
    user = patient().account
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    page.goto(f"/accounts/password/reset/key/{key}/")
    page.locator("[name=password1]").fill("12345678")
    page.locator("main form [type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()


@state
def password_change_with_errors(page, enter):
    enter(patient().account)
    refused(page, "/accounts/password/change/")


@state
def email_with_errors(page, enter):
    enter(patient().account)
    refused(page, "/accounts/email/")


@state
def email_to_confirm(page, enter):
    address = EmailAddressFactory(verified=False)
    page.goto(f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/")
    expect(page.locator("main form [type=submit]")).to_be_visible()


@state
def email_confirmed_with_an_old_link(page, enter):
    page.goto("/accounts/confirm-email/old/")
    expect(page.locator("main h1")).to_be_visible()


@state
def account_closed(page, enter):
    page.goto("/accounts/inactive/")
    expect(page.locator("main h1")).to_be_visible()


@state
def doctor_signed_up(page, enter):
    enter(DoctorFactory(approved_at=None, hours_saved_at=None).user)
    page.goto("/accounts/register/doctor/done/")
    expect(page.locator("main .facts li")).to_have_count(3)


@state
def profile_with_errors(page, enter):
    enter(patient().account)
    page.goto("/accounts/profile/")
    page.locator("[name=first_name]").fill("")
    form = "form[action='/accounts/profile/']"
    page.locator(form).evaluate("form => form.noValidate = true")
    page.locator(f"{form} [type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()


@state
def photo(page, enter):
    person = patient()
    enter(person.account)
    page.goto(f"/accounts/persons/{person.pk}/photo/")


@state
def relative(page, enter):
    person = patient()
    enter(person.account)
    page.goto(f"/accounts/relatives/{RelativeFactory(account=person.account).pk}/")
    page.locator("main details > summary").click()
    expect(page.locator("main details form")).to_be_visible()


@state
def relative_with_errors(page, enter):
    enter(patient().account)
    refused(page, "/accounts/relatives/add/")
