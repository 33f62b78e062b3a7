"""The page on which the reader of a message chooses which messages come."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from bookings.messages.choices import STOPS, choices_of_token, save_choices
from bookings.models import MessageChoices

ONE_CLICK = "List-Unsubscribe"


class ChoicesForm(forms.ModelForm):
    class Meta:
        model = MessageChoices
        fields = tuple(STOPS)
        labels = {
            "reminders_by_email": gettext_lazy("Reminders by e-mail"),
            "reminders_by_sms": gettext_lazy("Reminders by SMS"),
            "offers": gettext_lazy("Offers of earlier times from the waiting list"),
            "turn_soon": gettext_lazy("A message when my turn is near"),
        }


# A mail program posts one click without a cookie (RFC 8058): its address is the secret. What the
# page's form posts is checked like any other form.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_messages(request: HttpRequest, token: str) -> HttpResponse:
    """Show the choices, with the one of `?stop=` off; save them when posted.

    Reading changes nothing. The page names nobody: a message may be passed on.
    """
    choices = choices_of_token(token)
    if choices is None:
        return render(request, "bookings/choices_over.html", status=HTTPStatus.NOT_FOUND)
    if request.method == "POST" and ONE_CLICK in request.POST:
        return _refuse(choices, request.GET.get("stop", ""))
    return _form(request, choices)


def _refuse(choices: MessageChoices, stop: str) -> HttpResponse:
    if stop in STOPS:
        setattr(choices, stop, False)
        save_choices(choices)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@csrf_protect
def _form(request: HttpRequest, choices: MessageChoices) -> HttpResponse:
    stop = request.GET.get("stop", "")
    if request.method == "POST":
        # Boxes alone: whatever is posted is valid, and an unchecked box is not posted at all.
        form = ChoicesForm(request.POST, instance=choices)
        save_choices(form.save(commit=False))
        messages.success(request, _("Saved. You receive the messages you have chosen."))
        return redirect(request.path)
    off = {stop: False} if stop in STOPS else {}
    form = ChoicesForm(instance=choices, initial=off)
    context = {"form": form, "stop": STOPS.get(stop, "")}
    return render(request, "bookings/choose_messages.html", context)
