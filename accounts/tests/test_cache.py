import pytest
from django.core.cache.backends.redis import RedisCache

from accounts.tests.factories import PASSWORD, UserFactory
from web.cache import ForgivingRedisCache, ForgivingRedisCacheClient

# No server listens at this port: a connection is refused immediately.
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def rested():
    ForgivingRedisCacheClient.away_until = 0
    yield
    ForgivingRedisCacheClient.away_until = 0


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
    settings.CACHES = {"default": {"BACKEND": "web.cache.ForgivingRedisCache", "LOCATION": NOWHERE}}
    user = UserFactory()
    response = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/accounts/home/")
    assert caplog.messages == ["cache unreachable: ConnectionError"]
