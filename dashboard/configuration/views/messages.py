"""What the practice sends: switches, its own lines, and how a message looks."""

from __future__ import annotations

from http import HTTPStatus
from smtplib import SMTPException
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages as notices
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from bookings.messages.gsm import length_of
from bookings.messages.lines import lines_of, save_lines
from bookings.messages.preview import sample_mail, sample_sms
from bookings.models import MessageSettings
from dashboard.cockpit import Cockpit, open_cockpit
from dashboard.configuration.message_forms import LinesForm, MessageSettingsForm
from dashboard.configuration.tabs import INVALID, address, answer_saved, show
from dashboard.configuration.views.practice import practice_at
from doctors.models import ConsultationType, Practice
from web.limits import is_too_much

PANEL = "messages_panel"

# A mail has its styles on its elements, and nothing else: no script, no picture, no other page.
MAIL_ONLY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "form-action": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
}


@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: SignedInRequest) -> HttpResponse:
    """The tab; a post saves the settings or, with `part=lines`, the lines."""
    cockpit = open_cockpit(request, only_staffed=True)
    if request.method != "POST":
        return show_messages(request, cockpit)
    place = practice_at(cockpit)
    if request.POST.get("part") == "lines":
        lines = _lines_form(cockpit, place, request.POST)
        if not lines.is_valid():
            return show_messages(request, cockpit, lines=lines, status=INVALID)
        save_lines(place, lines.texts())
        return answer_saved(request, cockpit, PANEL, show_messages)
    form = MessageSettingsForm(request.POST, instance=MessageSettings.of(place))
    if not form.is_valid():
        return show_messages(request, cockpit, form=form, status=INVALID)
    form.save()
    return answer_saved(request, cockpit, PANEL, show_messages)


def show_messages(
    request: SignedInRequest,
    cockpit: Cockpit,
    *,
    form: MessageSettingsForm | None = None,
    lines: LinesForm | None = None,
    saved: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    place = practice_at(cockpit)
    sms = sample_sms(cockpit.doctor, place, language=request.LANGUAGE_CODE, now=cockpit.now)
    context: dict[str, Any] = {
        "form": form or MessageSettingsForm(instance=MessageSettings.of(place)),
        "lines": lines or _lines_form(cockpit, place),
        "practice": place,
        "sms": sms,
        "sms_length": length_of(sms),
        "own_address": request.user.email,
    }
    return show(request, cockpit, PANEL, context, saved=saved, status=status)


@xframe_options_sameorigin
@csp(MAIL_ONLY)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Any) -> HttpResponse:
    """The mail alone, for a frame: with the saved lines, or with the posted ones, unsaved."""
    cockpit = open_cockpit(request, only_staffed=True)
    mail = _sample(request, cockpit, practice_at(cockpit))
    if mail is None:
        return HttpResponse(_("300 characters at most."), "text/plain; charset=utf-8", INVALID)
    html, _kind = mail.alternatives[0]
    return HttpResponse(str(html))


@require_http_methods(["POST"])
def try_message(request: SignedInRequest) -> HttpResponse:
    """Send the mail of the preview to the reader's own address."""
    cockpit = open_cockpit(request, only_staffed=True)
    home = address("configure_messages", cockpit)
    mail = _sample(request, cockpit, practice_at(cockpit))
    if mail is None:
        notices.error(request, _("Not sent: a line is too long."))
    elif not request.user.email:
        notices.error(request, _("Not sent: your account has no e-mail address."))
    elif is_too_much("try_message", str(request.user.pk)):
        notices.error(request, _("That was a lot of tries at once. Wait a minute and try again."))
    else:
        try:
            mail.send()
        except (OSError, SMTPException):
            notices.error(request, _("The mail server does not answer. Try again later."))
        else:
            words = _("Sent to %(email)s.") % {"email": request.user.email}
            notices.success(request, words)
    return redirect(home)


def _sample(
    request: SignedInRequest, cockpit: Cockpit, place: Practice
) -> EmailMultiAlternatives | None:
    """The sample mail of the request's `type` and `language`; None when a line is too long."""
    given = request.POST if request.method == "POST" else request.GET
    language = given.get("language", request.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    types = _types(cockpit)
    kind = next((each for each in types if str(each.pk) == given.get("type")), None)
    texts = lines_of(place)
    if request.method == "POST":
        form = _lines_form(cockpit, place, request.POST)
        if not form.is_valid():
            return None
        texts = form.texts()
    about = (kind.pk, None) if kind else (None,)
    # As in a real mail: where the language has no line, the site's first one.
    shown = [
        texts.get((each, language)) or texts.get((each, settings.LANGUAGE_CODE)) for each in about
    ]
    return sample_mail(
        cockpit.doctor,
        place,
        kind,
        language=language,
        own_words=[text for text in shown if text],
        recipient=request.user.email,
        now=cockpit.now,
    )


def _lines_form(cockpit: Cockpit, place: Practice, data: Any = None) -> LinesForm:
    return LinesForm(data, types=_types(cockpit), texts=lines_of(place))


def _types(cockpit: Cockpit) -> list[ConsultationType]:
    return list(cockpit.doctor.consultation_types.filter(retired_at=None))
