"""Text is sent compressed to those who take it; everything else stays as it is."""

import gzip

import pytest
from django.conf import settings
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse

from web.middleware import CompressionMiddleware

LONG = "Prendre rendez-vous en ligne. " * 100


def answered(rf, response, *, accepts="gzip, br"):
    request = rf.get("/", headers={"Accept-Encoding": accepts})
    return CompressionMiddleware(lambda _request: response)(request)


def test_it_sees_every_answer_last():
    assert settings.MIDDLEWARE[0] == "web.middleware.CompressionMiddleware"


@pytest.mark.parametrize("response", [HttpResponse(LONG), JsonResponse({"text": LONG})])
def test_text_is_compressed(rf, response):
    plain = response.content
    found = answered(rf, response)
    assert (found["Content-Encoding"], found["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(found.content) == plain
    assert int(found["Content-Length"]) == len(found.content)


def test_readers_who_do_not_ask_get_it_plain(rf):
    found = answered(rf, HttpResponse(LONG), accepts="")
    assert (found.content.decode(), found["Vary"]) == (LONG, "Accept-Encoding")
    assert not found.has_header("Content-Encoding")


@pytest.mark.parametrize(
    "make",
    [
        lambda: HttpResponse("x" * 1399),
        lambda: HttpResponse(status=204),
        lambda: StreamingHttpResponse([LONG]),
        lambda: HttpResponse(LONG, content_type="image/webp"),
        lambda: HttpResponse(LONG, headers={"Content-Encoding": "br"}),
    ],
    ids=["one packet", "nothing", "stream", "image", "compressed"],
)
def test_the_rest_stays_as_it_is(rf, make):
    found, same = answered(rf, make()), make()
    assert found.getvalue() == same.getvalue()
    assert dict(found.items()) == dict(same.items())


def test_two_sendings_of_one_text_differ_in_length(rf):
    """The padding against BREACH: the length of an answer tells nothing of what is in it."""
    lengths = {len(answered(rf, HttpResponse(LONG)).content) for _ in range(20)}
    assert len(lengths) > 1


@pytest.mark.django_db
def test_a_page_is_sent_compressed(client):
    page = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert gzip.decompress(page.content).decode().startswith("<!doctype html>")
