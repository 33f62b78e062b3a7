"""À clôturer: how the visits of past days ended, said for all at once; and its undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from bookings import rules, services
from bookings.models import Appointment
from bookings.status import Status
from dashboard.closing.reads import MOST, read_changes, read_closing
from dashboard.cockpit import Cockpit, open_cockpit, show_page, uuids_in
from web.requests import any_id

PAGE = "dashboard/closing/page.html"
UNDOES_ON = ("closing", "queue")
"""The pages that offer to take several changes back."""


@require_http_methods(["GET", "HEAD", "POST"])
def closing(request: SignedInRequest) -> HttpResponse:
    """The list; posted to, each visit with an answer is closed, the others stay."""
    cockpit = open_cockpit(request)
    if request.method == "POST":
        return see(cockpit, "closing", close_visits(request, cockpit))
    changes = read_changes(cockpit, wanted_changes(request.GET.get("undo", "")))
    context = {
        **read_closing(cockpit, all_done=request.GET.get("all") == Status.DONE),
        "changes": changes,
        "counts": Counter(change.to_status for change in changes),
    }
    return show_page(request, cockpit, PAGE, context)


@require_POST
def undo(request: SignedInRequest) -> HttpResponse:
    """Take the changes back that one act made, all or none."""
    cockpit = open_cockpit(request)
    try:
        services.take_back(wanted_changes(request.POST.get("changes", "")), by=request.user)
    except rules.Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The changes are taken back."))
    page = request.POST.get("page", "")
    return see(cockpit, page if page in UNDOES_ON else UNDOES_ON[0])


# -- what the views above share --------------------------------------------------------------


def close_visits(request: SignedInRequest, cockpit: Cockpit) -> list[int]:
    """Close each visit as its answer says; return the changes, and tell what was refused."""
    listed = uuids_in(request.POST.getlist("visit"))[:MOST]
    answers = {pk: request.POST.get(f"outcome-{pk}", "") for pk in listed}
    wanted = {pk: Status(to) for pk, to in answers.items() if to in services.ENDINGS}
    visits = Appointment.objects.for_staff(request.user).of(cockpit.doctor)
    done = []
    for visit in visits.filter(pk__in=wanted).select_related("doctor", "patient", "practice"):
        seen = request.POST.get(f"seen-{visit.pk}", "")
        try:
            change = services.end_visit(
                visit,
                wanted[visit.pk],
                by=request.user,
                expected_sequence=any_id(seen) if seen else None,
            )
        except rules.Refusal as refusal:
            messages.warning(request, f"{visit.patient_name} : {refusal}")
        else:
            done.append(change.pk)
    return done


def see(cockpit: Cockpit, page: str, changes: Iterable[int] = ()) -> HttpResponse:
    """To `page`, which offers to take `changes` back."""
    state: dict[str, int | str] = {"doctor": cockpit.doctor.pk}
    if changes := list(changes):
        state["undo"] = ".".join(map(str, changes))
    address = f"{reverse(page)}?{urlencode(state)}"
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def wanted_changes(text: str) -> list[int]:
    """The ids in "12.13"; nonsense is left out."""
    return [pk for each in text.split(".")[:MOST] if (pk := any_id(each))]
