"""The Chromium of the browser tests, of the README's pictures and of the icons.

Debian's headless shell comes first: it draws the same pages as the whole browser with half the
work. Playwright brings one of its own where Debian's does not run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

DEBIAN_PACKAGES = ("chromium-headless-shell", "chromium")
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def launch_options() -> dict[str, Any]:
    """Return the options for Playwright's `chromium.launch`."""
    options: dict[str, Any] = {
        # There is no screen: a process that draws for one only passes messages on.
        # Letters are as wide as in a window: the headless shell would round them to whole pixels.
        "args": ["--disable-gpu", "--in-process-gpu", "--font-render-hinting=none"],
    }
    if IS_ROOT:
        # Chromium's sandbox refuses root, as in a container.
        options["args"].append("--no-sandbox")
    program = debian_program()
    if program:
        options["executable_path"] = str(program)
    return options


def debian_program() -> Path | None:
    programs = (Path("/usr/bin") / package for package in DEBIAN_PACKAGES)
    return next((program for program in programs if program.exists()), None)


def provide() -> bool:
    """Install a Chromium where there is none; return whether there is one now."""
    if debian_program() or playwright_has_one():
        return True
    # Ubuntu's package of that name is a snap, which does not run here.
    if IS_ROOT and linux_distribution() == "debian" and any(map(apt_install, DEBIAN_PACKAGES)):
        return True
    with_libraries = ["--with-deps"] if IS_ROOT else []
    install = [sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"]
    return subprocess.call(install) == 0


def playwright_has_one() -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def linux_distribution() -> str:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return ""
    return dict(line.split("=", 1) for line in lines if "=" in line).get("ID", "").strip('"')


def apt_install(package: str) -> bool:
    """Install a Debian package; False when that does not work here. Only for root."""
    if not shutil.which("apt-get"):
        return False
    print(f"· Installing {package} with apt-get", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (
        ["apt-get", "update", "--quiet", "--quiet"],
        ["apt-get", "install", "--yes", "--quiet", "--quiet", "--no-install-recommends", package],
    )
    return all(
        subprocess.call(command, env=environment, stdout=subprocess.DEVNULL) == 0
        for command in commands
    )
