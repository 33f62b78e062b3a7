"""The page about the API: an operation can be tried there, by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.e2e.world import doctors_type, patient, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 20_000
"""Milliseconds: Swagger UI has 1.5 MB of script, which takes seconds beside busy processes."""


def opened(page, name):
    """The operation `name`, opened to be tried."""
    page.goto("/developers/")
    operation = page.locator(f"[id$='-{name}']")
    operation.locator(".opblock-summary-control").press("Enter")
    operation.get_by_role("button", name="Try it out").press("Enter")
    return operation


def answer_of(operation):
    operation.get_by_role("button", name="Execute").press("Enter")
    return operation.locator(".live-responses-table .response")


def test_a_visitor_tries_an_operation_by_keyboard(page):
    consultation_type = doctors_type()
    operation = opened(page, "consultation_types")
    operation.get_by_placeholder("doctor_id").press_sequentially(f"{consultation_type.doctor_id}")
    answer = answer_of(operation)
    expect(answer.locator(".response-col_status")).to_have_text("200", timeout=SOON)
    expect(answer).to_contain_text(consultation_type.name)


def test_a_request_that_writes_carries_the_csrf_token(page, context, base_url):
    sign_in(context, patient().account, base_url)
    operation = opened(page, "book_appointment")
    operation.get_by_role("textbox").fill("{}")
    expect(answer_of(operation)).to_contain_text("All fields are required!", timeout=SOON)
