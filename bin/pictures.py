"""Take the pictures of the README again: `make pictures`.

It uses a temporary database with the sample world, a server on a free port and a headless
Chromium. It overwrites the pictures in docs/pictures/.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from chromium import launch_options

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "DEBUG": "on"}
        manage("migrate", "--verbosity", "0")
        manage("seed_doctors", "--count", "12")
        with serving() as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_options())
            for take in (take_public_pages, take_cockpit):
                page = browser.new_page(
                    base_url=address,
                    locale="fr-FR",
                    viewport={"width": 1280, "height": 860},
                    reduced_motion="reduce",  # no picture of a half-done transition
                )
                take(page)
            browser.close()


def sign_in(page: Page, name: str, address: str) -> None:
    page.goto(f"/accounts/login/?next={address}")
    page.fill("[name=login]", name)
    page.fill("[name=password]", "testpass123")
    page.click("#sign_in_form [type=submit]")
    page.wait_for_url(f"**{address}**")


def picture(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def take_public_pages(page: Page) -> None:
    """Take the results, a doctor's page with a chosen time, and the confirm page with its hold."""
    page.goto("/doctors/?q=cardiologue")
    page.wait_for_load_state("networkidle")
    picture(page, "results")
    sign_in(page, "patient", "/doctors/salma-alami/")
    page.click("a.choice[href*='seen=no']")
    page.click("a.choice[href*='type=']")
    page.locator("#slot_grid").wait_for()
    while not page.locator("button.slot").count():
        with page.expect_response("**/doctors/**"):
            page.locator("#slot_grid a.btn-icon").last.click()
    page.locator("button.slot").nth(1).click()
    picture(page, "doctor")
    page.click("[data-next]")
    page.wait_for_url("**/confirm-booking/")
    page.wait_for_load_state("networkidle")
    page.fill("#id_reason", "Palpitations le soir depuis deux semaines, surtout à l’effort.")
    picture(page, "confirm")


def take_cockpit(page: Page) -> None:
    """Take a doctor's week with a visit on the desk."""
    sign_in(page, "dr_smith", "/dashboard/")
    page.locator(".fc-event, .event").first.wait_for()
    page.locator("[data-event-id], .fc-event, .event").nth(2).click()
    page.locator("#desk-name").wait_for()
    page.wait_for_load_state("networkidle")
    picture(page, "cockpit")


@contextmanager
def serving() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/doctors/")
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str, seconds: int = 30) -> None:
    for _attempt in range(seconds * 5):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"{address} does not answer")


def manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
