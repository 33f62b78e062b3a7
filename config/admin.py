"""The admin's site: the stock one, with the state of the outbox on its first page."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone


class TbibAdminSite(AdminSite):
    index_template = "admin/first_page.html"

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The list of models, below what an operator must know of the messages."""
        from bookings.messages.report import read_report

        report = read_report(timezone.now())
        return super().index(request, {**(extra_context or {}), "outbox": report})


class TbibAdminConfig(AdminConfig):
    default_site = "config.admin.TbibAdminSite"
