"""The dialogs of the cockpit: looking for a patient, a new visit, and a line that is lost there."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import open_agenda
from tests.e2e.world import at, doctors_type, patient, taken_by_somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visit():
    kind = doctors_type(name="Suivi", color="#2f7fd0")
    return taken_by_somebody(kind, at("10:00"), person=patient(last_name="Tazi"))


# Types TEXT into FIELD at the moment at which the field appears.
QUICK = """([field, text]) => new MutationObserver((_changes, observer) => {
  const input = document.querySelector(field);
  if (!input) return;
  observer.disconnect();
  input.value = text;
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""


class TestLookingForAPatient:
    def test_what_is_typed_as_the_field_appears_is_searched(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user)
        page.evaluate(QUICK, ["#people_q", "tazi"])
        page.locator(".nav a[data-people]").click()
        expect(page.locator("#people_found li b")).to_contain_text("Tazi")

    def test_what_is_typed_as_the_field_of_a_new_visit_appears_is_searched(
        self, page, base_url, visit
    ):
        open_agenda(page, base_url, visit.doctor.user)
        page.evaluate(QUICK, ["#dialog #id_q", "tazi"])
        page.locator("#toolbar a[data-dialog]").click()
        expect(page.locator("#dialog .person-line b").first).to_contain_text("Tazi")

    def test_an_answer_takes_nothing_of_what_was_typed_meanwhile(self, page, base_url, visit):
        held = []
        page.route("**/dashboard/new/?*q=ta&*", lambda route: held.append(route))
        open_agenda(page, base_url, visit.doctor.user)
        page.locator("#toolbar a[data-dialog]").click()
        field = page.locator("#dialog #id_q")
        with page.expect_request("**/dashboard/new/?*q=ta&*"):
            field.fill("ta")
        field.press_sequentially("zi")
        held.pop().continue_()
        expect(page.locator("#dialog .person-line b").first).to_contain_text("Tazi")
        expect(field).to_have_value("tazi")
        expect(field).to_be_focused()

    def test_the_people_found_stand_under_the_field(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user)
        page.keyboard.press("/")
        page.locator("#people_q").fill("tazi")
        page.locator("#people_found li").wait_for()
        form, found = (
            page.locator(each).bounding_box() for each in ("#people form", "#people_found")
        )
        assert (found["x"], found["width"]) == (form["x"], form["width"])
        assert found["y"] >= form["y"] + form["height"]


class TestLostLine:
    @pytest.fixture(autouse=True)
    def without_a_line(self, provoked):
        provoked |= {"htmx:sendError", "ERR_INTERNET_DISCONNECTED"}

    def test_in_a_dialog_says_so_over_the_dialog(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user, appointment=visit.pk)
        page.locator(".desk-foot a[href$='/cancel/']").click()
        send = page.locator("#dialog .dialog-foot [type=submit]")
        send.wait_for()
        page.context.set_offline(True)
        send.click()
        again = page.locator("#dock [data-retry]")
        page.context.set_offline(False)
        again.click()
        expect(page.locator("#dialog")).to_be_hidden()
        assert visit.changes.last().verb == "cancel"

    def test_of_a_dialog_that_opens_can_be_asked_for_again(self, page, base_url, visit):
        open_agenda(page, base_url, visit.doctor.user, appointment=visit.pk)
        page.wait_for_load_state("networkidle")
        page.context.set_offline(True)
        page.locator(".desk-foot a[href$='/move/']").click()
        again = page.locator("#dock [data-retry]")
        again.wait_for()
        page.context.set_offline(False)
        again.click()
        expect(page.locator("#dialog-title")).to_be_focused()
        expect(page.locator("#dock .notice")).to_have_count(0)


class TestForWhom:
    """The field of a new visit is a combobox: it has the focus, arrows and Enter choose."""

    @pytest.fixture
    def field(self, page, base_url, visit):
        taken_by_somebody(visit.consultation_type, at("11:00"), person=patient(last_name="Tazin"))
        open_agenda(page, base_url, visit.doctor.user)
        page.keyboard.press("n")
        field = page.locator("#dialog").get_by_role("combobox", name="Chercher un patient")
        expect(field).to_be_focused()
        return field

    def test_arrow_and_enter_choose_and_the_next_field_follows(self, page, field):
        field.press_sequentially("tazi")
        options = page.locator("#new_visit_people").get_by_role("option")
        expect(options).to_have_count(3)
        expect(options.first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("ArrowDown")
        expect(field).to_have_attribute("aria-activedescendant", options.nth(1).get_attribute("id"))
        page.keyboard.press("Enter")
        expect(page.locator("#dialog .chosen-person")).to_contain_text("Tazin")
        expect(page.locator("#id_consultation_type")).to_be_focused()
        page.locator("#dialog label.slot").last.click()
        page.locator("#dialog .dialog-foot [type=submit]").click()
        expect(page.locator("#desk-name")).to_contain_text("Tazin")

    def test_escape_closes_the_list_and_not_the_dialog(self, page, field):
        field.press_sequentially("tazi")
        expect(field).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Escape")
        expect(field).to_have_attribute("aria-expanded", "false")
        expect(field).to_be_focused()

    def test_the_last_one_is_a_new_patient_by_the_name_typed(self, page, field):
        field.press_sequentially("Nadia Berrada")
        expect(page.locator("#new_visit_for_new")).to_be_visible()
        page.keyboard.press("Enter")
        first, last = (page.locator(f"#person_{name}_name") for name in ("first", "last"))
        expect(first).to_have_value("Nadia")
        expect(last).to_have_value("Berrada")
        expect(last).to_be_focused()
        page.locator("#dialog label.slot").last.click()
        page.locator("#dialog .dialog-foot [type=submit]").click()
        expect(page.locator("#desk-name")).to_have_text("Nadia Berrada")
