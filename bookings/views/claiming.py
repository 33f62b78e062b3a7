"""The page behind an invitation: whoever signs in with the link claims the file."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.forms import ClaimForm


@require_http_methods(["GET", "HEAD", "POST"])
def claim_file(request: SignedInRequest, token: str) -> HttpResponse:
    """Who the file is of, and the date of birth the practice has; then it is the account's."""
    invitation = services.invitation_of(token)
    if invitation is None or request.user.works_at_a_desk:
        at_desk = request.user.works_at_a_desk
        return render(request, "bookings/link_over.html", {"at_desk": at_desk}, status=404)
    form = ClaimForm(request.POST or None, invitation=invitation)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            person = services.claim(invitation, by=request.user, **form.cleaned_data)
        except rules.RuleRefused as refusal:
            form.add_error("birth_date", str(refusal))
        except rules.StateConflict:
            return redirect(request.path)
        else:
            messages.success(
                request,
                _("The visits of %(name)s at %(practice)s are in your account now.")
                % {"name": person.name, "practice": invitation.practice.name},
            )
            return redirect("my_appointments")
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "practice": invitation.practice}
    return render(request, "bookings/claim_file.html", context, status=status)
