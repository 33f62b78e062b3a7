"""The site's addresses, and some where things go wrong on purpose."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.shortcuts import render
from django.urls import path

from config.urls import urlpatterns as addresses


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
    *addresses,
    path("error/400/", fails_with(BadRequest())),
    path("error/403/", fails_with(PermissionDenied())),
    path("error/409/", answers(409)),
    path("error/429/", answers(429)),
    path("error/500/", fails_with(RuntimeError("broken on purpose"))),
    path("error/503/", fails_with(OperationalError("busy on purpose"))),
]
