"""Browser tests: a real server, a real Chromium, and pages that may not misbehave unseen.

A page that asks another origin for anything, breaks the content security policy, fails to load
a file, has an id twice or writes an error to the console fails its test, whatever the test was
about.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    WebError,
)

from bin.chromium import launch_options

Contexts = dict[str, list[BrowserContext]]

ROOT = Path(__file__).resolve().parent.parent.parent

# Playwright's event loop runs in the thread of the test, which Django takes for an async view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

DESKTOP = {"width": 1440, "height": 900}
HEIGHTS = {375: 812, 768: 1024, 1440: 900}


# The browser ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The project's Chromium; quiet, so that every request is a page's own."""
    ours = launch_options()
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
    ]
    return {**browser_type_launch_args, **ours, "args": [*ours["args"], *quiet]}


@pytest.fixture(scope="session")
def base_url(live_server: Any) -> str:
    """Lets tests say `page.goto("/doctors/")`."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "viewport": DESKTOP,
        # A test waits for what it expects, never for an animation.
        "reduced_motion": "reduce",
    }


@pytest.fixture(params=list(HEIGHTS), ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest, page: Page) -> int:
    """Runs the test on a phone, a tablet and a desktop: the page's width in pixels."""
    page.set_viewport_size({"width": request.param, "height": HEIGHTS[request.param]})
    return request.param


@pytest.fixture(autouse=True)
def unhashed_static_files(settings: Any) -> None:
    """The live server serves files as they are in the folders: nothing was collected."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    """What is uploaded goes with the test."""
    settings.MEDIA_ROOT = str(tmp_path)


# Pages that may not misbehave -----------------------------------------------------------------


@pytest.fixture
def misdeeds() -> list[str]:
    """What pages did wrong so far."""
    return []


@pytest.fixture
def provoked() -> set[str]:
    """Words of the misdeeds that a test brings about on purpose. Each must have happened."""
    return set()


@pytest.fixture(scope="session")
def idle_contexts() -> Contexts:
    """Contexts that stand ready, by the options they were made with."""
    return defaultdict(list)


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext],
    browser: Browser,
    browser_context_args: dict[str, Any],
    base_url: str,
    idle_contexts: Contexts,
    misdeeds: list[str],
    provoked: set[str],
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., BrowserContext]]:
    """A context that is as good as new and watched, also for a second person's browser.

    Chromium takes half a second to open one, so a test leaves its contexts to the next test. A test
    marked `browser_context_args` has contexts of its own; one that sets the clock needs them.
    """
    owns = request.node.get_closest_marker("browser_context_args") is not None
    records = any(request.config.getoption(f"--{what}") != "off" for what in RECORDINGS)
    given: list[tuple[BrowserContext, str]] = []
    unwatch: list[Callable[[], None]] = []

    def context_for_the_test(**options: Any) -> BrowserContext:
        if owns or records:
            context = new_context(**options)
            context.add_init_script(IDS_TWICE)
        else:
            kind = json.dumps(options)
            if not idle_contexts[kind]:
                idle_contexts[kind].append(ready_context(browser, browser_context_args | options))
            context = idle_contexts[kind].pop()
            given.append((context, kind))
        unwatch.append(watch(context, base_url, misdeeds))
        return context

    yield context_for_the_test
    for stop in unwatch:
        stop()
    for context, kind in given:
        make_new_again(context)
        idle_contexts[kind].append(context)
    expected = provoked | REPLACED
    own = [misdeed for misdeed in misdeeds if not any(words in misdeed for words in expected)]
    if own:
        pytest.fail("The pages misbehaved:\n" + "\n".join(own), pytrace=False)
    missing = [words for words in provoked if not any(words in misdeed for misdeed in misdeeds)]
    if missing:
        pytest.fail(f"The pages behaved: nothing said {missing}", pytrace=False)


REPLACED = {"htmx:afterRequest,", "htmx:sendAbort,"}
"""htmx calls it an error that a newer request took the place of one: how quickly a test types
decides. Every failure also has a line of its own beside htmx:afterRequest."""

RECORDINGS = ("tracing", "video", "screenshot")


def ready_context(browser: Browser, options: dict[str, Any]) -> BrowserContext:
    context = browser.new_context(**options)
    context.add_init_script(IDS_TWICE)
    # Keeps the window open between two tests.
    context.new_page()
    return context


def make_new_again(context: BrowserContext) -> None:
    """Leave nothing of a test: pages, routes, cookies, permissions, cached files."""
    idle, *pages = context.pages
    for page in pages:
        page.close()
    context.unroute_all()
    context.clear_cookies()
    context.clear_permissions()
    context.set_offline(False)
    debugger = context.new_cdp_session(idle)
    debugger.send("Network.clearBrowserCache")
    debugger.detach()


# When the page is there, and after every fragment; said on the console, where `watch` listens.
IDS_TWICE = """(() => {
  const look = () => {
    const known = new Set();
    for (const { id } of document.querySelectorAll("[id]")) {
      if (known.has(id)) console.error(`id twice: ${id}`);
      known.add(id);
    }
  };
  document.addEventListener("DOMContentLoaded", look);
  document.addEventListener("htmx:afterSettle", look);
})()"""


def watch(context: BrowserContext, origin: str, misdeeds: list[str]) -> Callable[[], None]:
    """Write down what pages of `context` do wrong, until the function returned is called."""

    def on_request(request: Request) -> None:
        is_local = request.url.startswith((f"{origin}/", "data:", "blob:", "about:"))
        if not is_local:
            misdeeds.append(f"asked another origin: {request.url}")

    def on_response(response: Response) -> None:
        # Pages and fragments may be refused, and the test says so; files are simply there.
        may_be_refused = response.request.resource_type in ("document", "fetch", "xhr")
        if response.status >= 400 and not may_be_refused:
            misdeeds.append(f"answered {response.status}: {response.url}")
        if response.status == 500:
            misdeeds.append(f"failed: {response.request.method} {response.url}")

    def on_console(message: ConsoleMessage) -> None:
        # Chromium repeats every refusal here; on_response has judged it.
        is_refusal = message.text.startswith("Failed to load resource: the server responded")
        if message.type == "error" and not is_refusal:
            misdeeds.append(f"console: {message.text} ({message.location.get('url', '')})")

    def on_error(error: WebError) -> None:
        misdeeds.append(f"script: {error.error}")

    watched: dict[str, Callable[[Any], None]] = {
        "request": on_request,
        "response": on_response,
        "console": on_console,
        "weberror": on_error,
    }
    for event, listener in watched.items():
        context.on(event, listener)

    def stop() -> None:
        for event, listener in watched.items():
            context.remove_listener(event, listener)

    return stop


# Accessibility --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """`axe(page)` asserts that axe-core finds nothing against WCAG 2.2 AA or good practice."""
    source = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

    def check(page: Page) -> None:
        # Evaluated through the debugger, which the page's content security policy lets pass.
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        page.evaluate(SETTLED)
        result = page.evaluate("([ours, options]) => axe.run(ours, options)", [OURS, AXE_OPTIONS])
        violations = [describe(violation) for violation in result["violations"]]
        violations += page.evaluate(DANGLING)
        if violations:
            pytest.fail(f"{page.url}\n" + "\n".join(violations), pytrace=False)

    return check


# A colour on its way to another would be judged as it is.
SETTLED = """() => Promise.allSettled(
  document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished)
)"""

# Swagger UI, on the page about the API alone, breaks rules that we cannot mend: see
# docs/decisions/api-description.md.
OURS = {"exclude": ["#swagger-ui"]}

AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Off unless asked for by name, though WCAG 2.2 AA wants it.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


# axe leaves these to a person: descriptions, labels and links that lead to no element.
DANGLING = """() => {
  const found = [];
  for (const name of ["aria-describedby", "aria-labelledby", "aria-controls", "for", "form"]) {
    for (const element of document.querySelectorAll(`[${name}]:not(#swagger-ui *)`)) {
      for (const id of element.getAttribute(name).split(" ")) {
        if (!document.getElementById(id)) found.push(`${name}="${id}" leads nowhere`);
      }
    }
  }
  for (const link of document.querySelectorAll("a[href^='#']:not(#swagger-ui *)")) {
    if (!document.getElementById(link.hash.slice(1))) found.push(`${link.hash} leads nowhere`);
  }
  return found;
}"""


def describe(violation: dict[str, Any]) -> str:
    """A violation with the elements that have it: selector, source, and what to mend."""
    lines = [f"{violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in violation["nodes"]:
        selector = node["target"][0] if len(node["target"]) == 1 else json.dumps(node["target"])
        summary = node["failureSummary"].replace("\n", "\n      ")
        lines.append(f"  {selector}\n      {node['html'][:200]}\n      {summary}")
    return "\n".join(lines)
