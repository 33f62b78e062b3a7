"""A link as the desk hands it over: to send, to read out, or to scan."""

from __future__ import annotations

import segno
from django.conf import settings
from django.urls import reverse


class Handed:
    """A fresh invitation's address, and the same as a QR code."""

    def __init__(self, token: str) -> None:
        self.address = settings.SITE_URL.rstrip("/") + reverse("claim_file", args=[token])

    @property
    def code(self) -> str:
        """A data URI of an SVG: dark modules on white, whatever the theme, so that it scans."""
        return str(segno.make(self.address, error="m").svg_data_uri(scale=5, light="white"))
