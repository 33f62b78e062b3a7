"""What open pages ask every few seconds: whether their free times are still true."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bookings.live import Token, changed_doctors

MOST_TOKENS = 50
"""Of one page; also in frontend/js/live.js."""


@login_not_required
@require_safe
@cache_control(no_store=True)
def changed_calendars(request: HttpRequest) -> HttpResponse:
    """204 while every token (`d`, once for each) is still true, else {"doctors": [changed ones]}.

    Nobody is asked who they are: a session would cost more than the answer.
    """
    texts = request.GET.getlist("d")
    if not 1 <= len(texts) <= MOST_TOKENS:
        return HttpResponseBadRequest(f"1 to {MOST_TOKENS} tokens are needed.")
    try:
        tokens = [Token.read(text) for text in texts]
    except ValueError as error:
        return HttpResponseBadRequest(str(error))
    changed = changed_doctors(tokens, now=timezone.now())
    return JsonResponse({"doctors": changed}) if changed else HttpResponse(status=204)
