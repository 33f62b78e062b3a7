"""A browser without JavaScript, and a function that sends many requests in the same instant."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

TIMEOUT = 60  # seconds; the database gives up after 5, which gives a 503


@dataclass
class Browser:
    """Keeps cookies, and sends forms with the CSRF token of a page."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return FormRequest(self, "GET", path).send()

    def post(self, path: str, **form: Any) -> Answer:
        return self.will_post(path, **form).send()

    def will_post(self, path: str, **form: Any) -> FormRequest:
        """A request with a filled form that is not sent yet."""
        if "csrftoken" not in self.cookies:
            self.get("/accounts/login/" if "sessionid" not in self.cookies else "/doctors/")
        token = {"csrfmiddlewaretoken": self.cookies["csrftoken"]}
        return FormRequest(self, "POST", path, {**token, **form})

    def connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        connection.connect()
        return connection

    def keep(self, set_cookies: list[str]) -> None:
        for header in set_cookies:
            for name, morsel in SimpleCookie(header).items():
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)


@dataclass(eq=False)
class FormRequest:
    browser: Browser
    method: str
    path: str
    form: dict[str, Any] = field(default_factory=dict)
    wanted: Any = None
    """The wanted time, for the checks; see `checks.Wanted`."""

    def send(self, connection: http.client.HTTPConnection | None = None) -> Answer:
        connection = connection or self.browser.connect()
        cookies = "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())
        headers = {"Cookie": cookies, "Connection": "close"} if cookies else {"Connection": "close"}
        body = None
        if self.method == "POST":
            body = urlencode(self.form, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(self.method, self.path, body, headers)
            response = connection.getresponse()
            html = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return Answer(self, 599, "", f"<title>{error!r}</title>")
        finally:
            connection.close()
        self.browser.keep(response.headers.get_all("Set-Cookie") or [])
        return Answer(self, response.status, response.headers.get("Location", ""), html)


@dataclass(frozen=True)
class Answer:
    """The server's answer; status 599 means that there was none."""

    request: FormRequest
    status: int
    location: str
    html: str

    @property
    def is_done(self) -> bool:
        """Whether the site did the request and redirected."""
        return self.status in (302, 303)

    @property
    def title(self) -> str:
        return " ".join(self.html.partition("<title>")[2].partition("</title>")[0].split())

    @cached_property
    def refusal(self) -> RefusalParser:
        parser = RefusalParser()
        parser.feed(self.html)
        return parser

    @property
    def reason(self) -> str:
        """The first words of the refusal on the page, "" when there are none."""
        return self.refusal.words[0] if self.refusal.words else ""

    @property
    def times_offered(self) -> list[str]:
        """The values of `appointment_time` on the refusal's buttons."""
        return self.refusal.times


class RefusalParser(HTMLParser):
    """Collects the words and the time buttons of the element with id="refusal"."""

    VOID = ("br", "hr", "img", "input", "link", "meta", "path", "use")

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.words: list[str] = []
        self.times: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if self.depth and tag == "button" and attributes.get("name") == "appointment_time":
            self.times.append(attributes.get("value") or "")
        if tag not in self.VOID and (self.depth or attributes.get("id") == "refusal"):
            self.depth += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if self.depth and tag not in self.VOID:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth and data.strip():
            self.words.append(data.strip())


def at_once(
    requests: Sequence[FormRequest], *, later: Sequence[FormRequest] = (), by: float = 0
) -> list[Answer]:
    """Send all requests in one instant, each over an open connection; return the answers.

    Requests in `later` wait for `by` seconds: without this a form that needs less work always
    wins.
    """
    answers: list[Answer | None] = [None] * len(requests)
    everybody = threading.Barrier(len(requests))

    def press(number: int) -> None:
        connection = requests[number].browser.connect()
        everybody.wait()
        if requests[number] in later:
            time.sleep(by)
        answers[number] = requests[number].send(connection)

    threads = [threading.Thread(target=press, args=(n,)) for n in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for answer in answers if answer is not None]
