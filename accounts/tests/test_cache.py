import contextlib
import shutil
import signal
import socket
import subprocess
import time

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache

from accounts.tests.factories import PASSWORD, UserFactory
from web.cache import (
    CountingRedisCache,
    CountingRedisCacheClient,
    ForgivingRedisCache,
    ForgivingRedisCacheClient,
)

# No server listens at this port: a connection is refused immediately.
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def rested():
    forget()
    yield
    forget()


def forget():
    ForgivingRedisCacheClient.away_until = 0
    ForgivingRedisCacheClient.doubtful.clear()
    CountingRedisCacheClient.memory.clear()


@pytest.fixture
def away():
    return ForgivingRedisCache(NOWHERE, {})


def test_while_redis_is_away_it_answers_like_an_empty_cache(away):
    away.set("key", 1)
    away.set_many({"key": 1})
    answers = (
        away.get("key"),
        away.get("key", "default"),
        away.get_many(["key"]),
        away.add("key", 1),
        away.touch("key"),
        away.delete("key"),
        "key" in away,
        away.get_or_set("key", lambda: 2),
    )
    assert answers == (None, "default", {}, True, False, False, False, 2)
    with pytest.raises(ValueError, match="not found"):
        away.incr("key")


def test_a_plain_redis_cache_would_fail():
    """The negative control: without our cache, the same call is an error."""
    from redis.exceptions import ConnectionError as RedisConnectionError

    with pytest.raises(RedisConnectionError):
        RedisCache(NOWHERE, {}).get("key")


def test_it_is_left_alone_for_a_while_and_said_once(away, caplog):
    for _try in range(10):
        away.get("key")
    assert caplog.messages == ["cache unreachable: ConnectionError"]


@pytest.mark.django_db
def test_sign_in_survives_it(client, settings, caplog):
    settings.ACCOUNT_RATE_LIMITS = settings.SIGN_IN_LIMITS
    settings.CACHES = {"default": {"BACKEND": "web.cache.CountingRedisCache", "LOCATION": NOWHERE}}
    user = UserFactory()
    response = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/accounts/home/")
    assert caplog.messages == ["cache unreachable: ConnectionError"]


def test_what_is_counted_is_counted_in_the_process_meanwhile():
    away = CountingRedisCache(NOWHERE, {})
    away.set("key", 1, 60)
    away.set_many({"other": 2}, 60)
    assert (away.get("key"), away.get_many(["key", "other"])) == (1, {"key": 1, "other": 2})
    assert (away.add("key", 9), away.incr("key"), "other" in away) == (False, 2, True)
    assert (away.delete("key"), away.get("key", "default")) == (True, "default")


@pytest.mark.django_db
def test_guessing_stays_limited_while_redis_is_away(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/key"}
    settings.CACHES = {"default": {"BACKEND": "web.cache.CountingRedisCache", "LOCATION": NOWHERE}}
    user = UserFactory()
    statuses = [
        client.post("/accounts/login/", {"login": user.username, "password": word}).status_code
        for word in ("wrong", PASSWORD[:-1], "guess", PASSWORD)
    ]
    assert statuses == [422, 422, 422, 429]


# -- a Redis that stands still ----------------------------------------------------------------


def test_a_server_that_says_nothing_is_asked_once(caplog):
    """It takes the bytes and does not answer; a client that tries again would wait again."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        away = CountingRedisCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {})
        for _try in range(5):
            away.get("key")
        silent.settimeout(0)
        silent.accept()
        with pytest.raises(BlockingIOError):
            silent.accept()
    assert caplog.messages == ["cache unreachable: TimeoutError"]


@contextlib.contextmanager
def private_redis(folder):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.05)
        yield process, f"redis://127.0.0.1:{port}/0"
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait()


@pytest.mark.django_db
@pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server here")
def test_a_right_password_is_good_again_when_redis_goes_on(client, settings, tmp_path):
    """The lock of a count, asked of a Redis that stands still, is taken when it goes on."""
    with private_redis(tmp_path) as (process, address):
        settings.CACHES = {
            "default": {"BACKEND": "web.cache.CountingRedisCache", "LOCATION": address}
        }
        assert (cache.set("key", 1), cache.get("key")) == (None, 1)
        process.send_signal(signal.SIGSTOP)
        assert cache.add("a-lock", 1, 60)
        assert cache.delete("a-lock")
        process.send_signal(signal.SIGCONT)
        ForgivingRedisCacheClient.away_until = 0
        assert cache.add("a-lock", 1, 60)
        assert cache.get("key") == 1
