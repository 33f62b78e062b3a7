"""axe-core finds nothing, on any page in any state, errors shown too.

Each state of states/ is judged on a desktop in daylight and on a phone at night.
"""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.e2e.states import STATES, confirming, desk, doctor_page, finding, visits
from tests.e2e.world import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

PROVOKED = {
    "confirm_refused_by_a_rule": {"Response Status Error Code 403"},
    "error_500": {"failed: GET"},
}


def judge(page, axe):
    axe(page)
    page.set_viewport_size({"width": 375, "height": 812})
    page.emulate_media(color_scheme="dark")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(page, base_url, axe, provoked, settings, state):
    settings.ROOT_URLCONF = "tests.e2e.errors"
    provoked |= PROVOKED.get(state, set())
    STATES[state](page, lambda user: sign_in(page.context, user, base_url))
    judge(page, axe)


OTHER_LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
LONGEST = [
    finding.doctors,
    doctor_page.doctor_step_2,
    doctor_page.doctor_time_taken,
    confirming.confirm_a_new_person_with_errors,
    visits.appointments,
    desk.dashboard,
]


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
@pytest.mark.parametrize("bring_about", LONGEST, ids=lambda each: each.__name__)
def test_axe_finds_nothing_in_other_languages(page, base_url, axe, language, bring_about):
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": base_url}
    page.context.add_cookies([cookie])
    bring_about(page, lambda user: sign_in(page.context, user, base_url))
    expect(page.locator(f"html[lang={language}]")).to_be_attached()
    judge(page, axe)
