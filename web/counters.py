"""The counters that Prometheus reads (web.metrics); any module may count."""

from prometheus_client import Counter, Histogram

requests = Counter("tbib_requests", "Answers.", ["method", "route", "status"])
seconds = Histogram(
    "tbib_request_seconds",
    "How long answers took.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
refusals = Counter("tbib_refusals", "Expected noes of the rules of booking.", ["code"])
