"""A Redis cache that may be down or stand still: sign-in, which counts its tries there, works.

Two kinds: what is kept (web.kept) is forgotten meanwhile, and what is counted is counted in the
process.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, ClassVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger("tbib.cache")


class ForgivingRedisCacheClient:
    """A client of Redis that behaves like an empty cache while Redis is down.

    After a failure it does not call Redis for REST_SECONDS: a sign-in makes ten calls, and ten
    time-outs in a row are as bad as an error.
    """

    REST_SECONDS = 5
    PATIENCE_SECONDS = 0.2
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
    # A Redis that stands still does what it was asked later. A lock that nobody holds any more
    # would then refuse a right password: these keys are deleted when Redis answers again.
    doubtful: ClassVar[set[str]] = set()
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, servers: Any, **options: Any) -> None:
        patience = {
            "socket_connect_timeout": self.PATIENCE_SECONDS,
            "socket_timeout": self.PATIENCE_SECONDS,
            # The client's own retries would wait several times.
            "retry": Retry(NoBackoff(), 0),
        }
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
            return self._without_redis(name, otherwise, *args)
        try:
            self._forget_doubtful()
            return getattr(self._redis, name)(*args)
        except (RedisError, OSError) as error:
            ForgivingRedisCacheClient.away_until = time.monotonic() + self.REST_SECONDS
            log.error("cache unreachable: %s", type(error).__name__)
            if name in ("add", "set", "set_many", "incr"):
                self.doubtful.update([args[0]] if isinstance(args[0], str) else args[0])
            return self._without_redis(name, otherwise, *args)

    def _forget_doubtful(self) -> None:
        """Delete them after Redis has answered: by then it has done what it was asked before."""
        if not self.doubtful:
            return
        with self._lock:
            keys = list(self.doubtful)
            self._redis.has_key(keys[0])
            self._redis.delete_many(keys)
            self.doubtful.difference_update(keys)

    def _without_redis(self, name: str, otherwise: Any, *args: Any) -> Any:
        return otherwise


class CountingRedisCacheClient(ForgivingRedisCacheClient):
    """Keeps values in this process while Redis is away: each process counts for itself."""

    memory: ClassVar[LocMemCache] = LocMemCache("redis is away", {"MAX_ENTRIES": 20_000})

    def _without_redis(self, name: str, otherwise: Any, *args: Any) -> Any:
        return getattr(self.memory, name)(*args)


class ForgivingRedisCache(RedisCache):
    client: ClassVar[type[ForgivingRedisCacheClient]] = ForgivingRedisCacheClient

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = self.client


class CountingRedisCache(ForgivingRedisCache):
    client = CountingRedisCacheClient
