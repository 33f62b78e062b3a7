"""The site with one more address, which answers constant JSON: the least cost of an answer.

It uses the same middleware, and its body is an answer of the slots endpoint.
"""

import json

from config.wsgi import application  # isort: skip  (sets Django up)

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as site

__all__ = ["application"]

HOURS = [f"{hour:02d}:30" for hour in range(9, 17)]
DAYS = {"2027-03-01": HOURS, "2027-03-02": HOURS, "2027-03-03": HOURS}


@login_not_required
def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(json.dumps(DAYS), content_type="application/json")


urlpatterns = [path("constant", constant), *site]
settings.ROOT_URLCONF = __name__
