"""A Redis cache that may be down: sign-in, which counts its tries there, still works."""

from __future__ import annotations

import logging
import time
from typing import Any, ClassVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger("tbib.cache")


class ForgivingRedisCacheClient:
    """A client of Redis that behaves like an empty cache while Redis is down.

    After a failure it does not call Redis for REST_SECONDS: a sign-in makes ten calls, and ten
    time-outs in a row are as bad as an error.
    """

    REST_SECONDS = 5
    # The answers of an empty cache. `add` is true: no other caller has the key, so a lock is got.
    ANSWERS = {
        "add": True,
        "touch": False,
        "delete": False,
        "has_key": False,
        "set": None,
        "set_many": None,
        "delete_many": None,
        "clear": False,
    }
    # Shared by all threads, because every thread has its own client.
    away_until: ClassVar[float] = 0

    def __init__(self, servers: Any, **options: Any) -> None:
        patience = {"socket_connect_timeout": 1, "socket_timeout": 1}
        self._redis = RedisCacheClient(servers, **{**patience, **options})

    def get(self, key: str, default: Any) -> Any:
        return self._ask("get", default, key, default)

    def get_many(self, keys: list[str]) -> Any:
        return self._ask("get_many", {}, keys)

    def incr(self, key: str, delta: int) -> Any:
        count = self._ask("incr", None, key, delta)
        if count is None:
            raise ValueError(f"Key '{key}' not found.")
        return count

    def __getattr__(self, name: str) -> Any:
        if name not in self.ANSWERS:
            raise AttributeError(name)
        return lambda *args: self._ask(name, self.ANSWERS[name], *args)

    def _ask(self, name: str, otherwise: Any, *args: Any) -> Any:
        if time.monotonic() < ForgivingRedisCacheClient.away_until:
            return otherwise
        try:
            return getattr(self._redis, name)(*args)
        except (RedisError, OSError) as error:
            ForgivingRedisCacheClient.away_until = time.monotonic() + self.REST_SECONDS
            log.error("cache unreachable: %s", type(error).__name__)
            return otherwise


class ForgivingRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingRedisCacheClient
