"""The figures in a browser: drawn, as tables, for another period, as a file."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bookings.status import Status
from bookings.tests.factories import AppointmentFactory
from bookings.tests.steps import secretary_of
from doctors.tests.factories import DoctorFactory
from tests.e2e.world import at, doctors_type, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def doctor():
    """Three visits of past weeks, one of them missed."""
    kind = doctors_type(name="Suivi")
    for days, status in ((14, Status.DONE), (15, Status.DONE), (21, Status.NO_SHOW)):
        AppointmentFactory(consultation_type=kind, status=status, starts_at=at("10:00", days=-days))
    return kind.doctor


def open_figures(page, base_url, user):
    sign_in(page.context, user, base_url)
    page.goto(f"{base_url}/dashboard/statistics/")


def is_drawn(canvas):
    """Whether any pixel of it has a colour."""
    return canvas.evaluate(
        """canvas => {
            const all = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return all.data.some((value) => value > 0);
        }"""
    )


def test_charts_are_drawn_and_each_has_its_table(page, base_url, doctor):
    open_figures(page, base_url, doctor.user)
    charts = page.locator("canvas[data-chart]")
    expect(charts).to_have_count(3)
    assert [is_drawn(chart) for chart in charts.all()] == [True] * 3
    for details in page.locator(".chart details").all():
        details.locator("summary").click()
        expect(details.locator("table tbody tr").first).to_be_visible()


def test_another_period_and_the_file_of_the_doctor_on_show(page, base_url, doctor):
    colleague = DoctorFactory(practice=doctor.practice)
    sign_in(page.context, secretary_of(doctor), base_url)
    page.goto(f"/dashboard/statistics/?doctor={doctor.pk}")
    page.context.new_page().goto(f"{base_url}/dashboard/statistics/?doctor={colleague.pk}")
    page.bring_to_front()
    page.locator(".figures-bar a", has_text="26").click()
    expect(page.locator(".figures-bar [aria-current=true]")).to_contain_text("26")
    expect(page.locator(".tile dd").first).to_have_text("3")
    with page.expect_download() as download:
        page.locator("a[download]").click()
    assert re.fullmatch(r".+\.csv", download.value.suggested_filename)
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 26


def test_nothing_to_count_leads_to_the_agenda(page, base_url):
    open_figures(page, base_url, doctors_type().doctor.user)
    page.locator(".figures .empty a").click()
    expect(page).to_have_url(re.compile("/dashboard/"))


def test_without_scripts_the_tables_tell(new_context, base_url, doctor):
    page = new_context(java_script_enabled=False).new_page()
    open_figures(page, base_url, doctor.user)
    expect(page.locator("canvas").first).to_be_hidden()
    page.locator(".chart summary").first.click()
    expect(page.locator(".chart table tbody tr").first).to_be_visible()
