"""The site's addresses and handlers, and some places where things go wrong on purpose."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST

from config import urls
from web import error_pages

handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler429, handler500 = urls.handler429, urls.handler500


def fails_with(error):
    @login_not_required
    def view(request):
        raise error

    return view


def answers(status):
    @login_not_required
    def view(request):
        return render(request, f"{status}.html", status=status)

    return view


urlpatterns = [
    *urls.urlpatterns,
    path("error/400/", fails_with(BadRequest())),
    path("error/403/", fails_with(PermissionDenied())),
    path("error/405/", login_not_required(require_POST(answers(200)))),
    path("error/429/", answers(429)),
    path("error/500/", fails_with(RuntimeError("broken on purpose"))),
    path("error/503/", fails_with(OperationalError("busy on purpose"))),
    path("error/maintenance/", login_not_required(error_pages.maintenance)),
]
