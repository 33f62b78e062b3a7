"""Which pages are drawn, for whom: every route of the route table, and the states that an address,
a form or a fragment can ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tests.authorisation.routes import ROUTES
from tests.authorisation.table import SIGN_IN, Statuses
from tests.authorisation.world import fill
from tests.pages.world import ROLES

PEOPLE = {
    "visitor": "anonymous",
    "patient": "patient_a",
    "doctor": "doctor_a",
    "secretary": "secretary_a",
    "admin": "admin",
}
"""{role: the route table's name of it}."""

EVERYONE = tuple(ROLES)
VISITOR = ("visitor",)
PATIENT = ("patient",)
SECRETARY = ("secretary",)
DESK = ("doctor", "secretary")


@dataclass(frozen=True)
class Page:
    """`before` are posts (path, data) of the same browser that lead here."""

    name: str
    path: str
    roles: tuple[str, ...]
    method: str = "get"
    data: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    before: tuple[tuple[str, dict[str, Any]], ...] = ()
    is_json: bool = False


def pages_of(world: SimpleNamespace) -> Iterator[Page]:
    yield from of_route_table(world)
    for states in (
        finding,
        confirming,
        own_visits,
        agenda,
        desk,
        dialogs,
        team_and_queue,
        patients,
        configuration,
        programs,
        errors,
    ):
        yield from states(world)


def get(name: str, path: str, roles: tuple[str, ...], target: str = "", **options: Any) -> Page:
    """A page; with a `target`, what htmx gets that asks for this element."""
    if target:
        options["headers"] = {"HX-Request": "true", "HX-Target": target}
        name = f"{name}-htmx-{target}"
    return Page(name, path, roles, **options)


def post(
    name: str, path: str, roles: tuple[str, ...], data: dict[str, Any], target: str = ""
) -> Page:
    return get(f"{name}-post", path, roles, target, method="post", data=data)


def of_route_table(world: SimpleNamespace) -> Iterator[Page]:
    for route, row in ROUTES.items():
        if route.startswith("photos/"):
            continue
        has_twin = f"{route}/" in ROUTES
        name = f"route-{file_name(route)}{'-bare' if has_twin else ''}"
        path = fill(row.path, world)
        data = {key: fill(value, world) for key, value in row.data.items()}
        yield Page(name, path, answered(row.get))
        yield Page(f"{name}-post", path, answered(row.post), "post", data, is_json=row.is_json)


def answered(answers: Statuses) -> tuple[str, ...]:
    """The roles to which there is more to show than that there is nothing for them."""
    return tuple(
        role for role, person in PEOPLE.items() if answers[person] not in (404, 405, SIGN_IN)
    )


def file_name(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "home"


# -- finding ------------------------------------------------------------------------------


def finding(world: SimpleNamespace) -> Iterator[Page]:
    anyone = ("visitor", "patient", "doctor")
    doctor, kind = world.doctor, world.kind
    path = doctor.get_absolute_url()
    for seen in ("yes", "no"):
        yield get(f"doctor-seen-{seen}", f"{path}?seen={seen}", anyone)
        yield get(f"doctor-seen-{seen}", f"{path}?seen={seen}", VISITOR, "booking_panel")
    for at, each in enumerate(world.types):
        for seen in ("yes", "no"):
            state = f"{path}?seen={seen}&type={each.pk}"
            yield get(f"doctor-type{at}-{seen}", state, ("visitor", "patient"))
        state = f"{path}?seen=yes&type={each.pk}"
        yield get(f"doctor-type{at}", state, VISITOR, "booking_panel")
        for first in ("2027-03-06", "2027-04-02", "2027-09-01", "nonsense"):
            yield get(f"doctor-type{at}-{first}", f"{state}&from={first}", VISITOR, "slot_grid")
        yield get(f"doctor-type{at}-all", f"{state}&from=2027-03-10&all=1", anyone)
        yield get(f"doctor-type{at}-all", f"{state}&all=1", VISITOR, "slot_grid")
        for day in ("2027-03-03", "2027-03-05", "2027-03-07", "2027-02-01", "2027-04-02"):
            day_state = f"{path}day/?date={day}&type={each.pk}"
            yield get(f"day-type{at}-{day}", day_state, VISITOR)
        yield get(f"day-type{at}", f"{path}day/?type={each.pk}", VISITOR, "day_slots")
        yield get(f"day-type{at}-new", f"{path}day/?type={each.pk}&seen=no", anyone)
    yield get("doctor-other-target", f"{path}?seen=yes&type={kind.pk}", VISITOR, "elsewhere")
    yield get("doctor-english", f"{path}?seen=yes", VISITOR, headers={"Accept-Language": "en"})
    for username, other in world.doctors.items():
        yield get(f"each-{username}", other.get_absolute_url(), VISITOR)
        first = other.consultation_types.order_by("position", "pk").first()
        if first:
            state = f"?seen=yes&type={first.pk}"
            yield get(f"each-{username}-grid", other.get_absolute_url() + state, VISITOR)
            card = f"{other.get_absolute_url()}grid/{state}&from=2027-03-08"
            yield get(f"each-{username}-card", card, VISITOR, f"slot_grid-{other.pk}")
    searches = {
        "all": "",
        "page2": "?page=2",
        "page99": "?page=99",
        "specialty": "?q=cardiologue",
        "name": "?q=davis",
        "problem": "?q=orthoped",
        "paris": "?where=Paris",
        "casablanca": "?where=casa",
        "nowhere": "?where=Nullepart",
        "nobody": "?q=zzzz",
        "elsewhere": "?q=dermatologue&where=Brest",
        "somebody-else": "?q=smith&where=Casablanca",
        "both": "?q=dermatologue&where=Paris",
        "today": "?within=1",
        "week": "?within=7",
        "video": "?video=1",
        "new": "?new=1",
        "arabic": "?language=ar",
        "filters": "?within=3&video=1&new=1&language=en&where=Paris",
        "nothing-left": "?within=1&video=1&language=de&q=pediatre&where=Lyon",
    }
    for name, query in searches.items():
        yield get(f"results-{name}", f"/doctors/{query}", VISITOR)
        yield get(f"results-{name}", f"/doctors/{query}", VISITOR, "results")
    yield get("results-english", "/doctors/", VISITOR, headers={"Accept-Language": "en"})
    yield get("home-english", "/", VISITOR, headers={"Accept-Language": "en"})
    cards = "&".join(f"d={each.pk}" for each in world.doctors.values())
    yield get("card-grids", f"/search/grids/?{cards}", ("visitor", "patient"))
    yield get("card-grids-none", "/search/grids/?d=0&d=x", VISITOR)
    for text in ("d", "card", "ped", "dent", "smi", "zzz", ""):
        yield get(f"suggest-what-{text}", f"/search/suggestions/?q={text}", VISITOR)
    for text in ("p", "paris", "casa", "750", "zzz", ""):
        yield get(f"suggest-where-{text}", f"/search/suggestions/?field=where&q={text}", VISITOR)


# -- confirming ---------------------------------------------------------------------------


def confirming(world: SimpleNamespace) -> Iterator[Page]:
    choice = {
        "doctor": world.doctor.pk,
        "consultation_type": world.kind.pk,
        "appointment_time": world.free,
    }
    held = (("/bookings/hold/", choice),)
    confirm = "/bookings/confirm-booking/"
    yield get("confirm-nothing", confirm, EVERYONE)
    yield get("confirm-held", confirm, EVERYONE, before=held)
    yield get("confirm-held", confirm, EVERYONE, "confirm_form", before=held)
    yield get("confirm-held", confirm, ("visitor", "patient"), "hold", before=held)
    prolonged = (*held, ("/bookings/hold/extend/", {"reason": "Fièvre", "email": "a@exemple.test"}))
    yield get("confirm-prolonged", confirm, ("visitor", "patient"), before=prolonged)
    booked = (*held, ("/book", choice))
    yield get("confirm-booked", confirm, PATIENT, before=booked)
    taken = {**choice, "appointment_time": world.taken}
    past = {**choice, "appointment_time": "2027-03-02T09:00:00+01:00"}
    odd = {**choice, "appointment_time": "soon"}
    for name, wanted in {"taken": taken, "past": past, "odd": odd, "none": {}}.items():
        yield post(f"hold-{name}", "/bookings/hold/", ("visitor", "patient"), wanted)
        yield post(f"hold-{name}", "/bookings/hold/", VISITOR, wanted, "booking_panel")
        yield post(f"book-{name}", "/book", EVERYONE, wanted)
        yield post(f"book-{name}", "/book", PATIENT, wanted, "confirm_form")
    person = {"first_name": "Lina", "last_name": "Berrada", "birth_date": "2021-02-03"}
    yield post(
        "book-new-person", "/book", ("patient", *DESK), {**choice, "patient": "new", **person}
    )
    yield post("book-new-person-unnamed", "/book", ("patient", *DESK), {**choice, "patient": "new"})
    for at, each in enumerate(world.types):
        wanted = {**choice, "consultation_type": each.pk}
        yield post(f"book-type{at}", "/book", ("patient", "secretary"), wanted)
    walk_in = {"doctor": world.doctor.pk, "patient": world.patient_a.pk}
    yield post("book-walk-in", "/book", ("patient", *DESK), walk_in)


# -- the patient's own --------------------------------------------------------------------


def own_visits(world: SimpleNamespace) -> Iterator[Page]:
    readers = ("patient", "secretary")
    for status, visit in world.visits.items():
        path = f"/bookings/{visit.pk}/"
        yield get(f"visit-{status}", path, readers)
        yield get(f"visit-{status}-cancel", f"{path}cancel/", readers)
        yield get(f"visit-{status}-move", f"{path}move/", readers)
        yield post(f"visit-{status}-cancel", f"{path}cancel/", readers, {"message": "Congés"})
        yield post(f"visit-{status}-confirm", f"{path}confirm/", SECRETARY, {})
        for name, start in {
            "free": world.free,
            "past": "2027-03-02T09:00+01:00",
            "none": "",
        }.items():
            data = {"appointment_time": start}
            yield post(f"visit-{status}-move-{name}", f"{path}move/", readers, data)
        yield post(f"visit-{status}-wait", f"{path}wait/", PATIENT, {"wanted": "1"}, "earlier_time")
    move = f"/bookings/{world.visit.pk}/move/"
    yield get("visit-move-later", f"{move}?from=2027-03-20", ("patient", "doctor"))
    yield get("visit-move-later", f"{move}?from=2027-03-20", PATIENT, "slot_grid")
    yield post("visit-move-taken", move, readers, {"appointment_time": world.taken})
    yield post("own-calendar-revoke", "/bookings/calendars/", PATIENT, {"act": "revoke"})
    # By the link of a message.
    for status, link in world.links.items():
        path = f"/r/{link}/"
        yield get(f"link-{status}", path, ("visitor", "patient"))
        yield get(f"link-{status}-move", f"{path}move/", VISITOR)
        yield get(f"link-{status}-move", f"{path}move/?from=2027-03-20", VISITOR, "slot_grid")
        yield get(f"link-{status}-cancel", f"{path}cancel/", VISITOR)
        for act, data in {
            "come": {},
            "cancel": {},
            "move": {"appointment_time": world.taken},
        }.items():
            yield post(f"link-{status}-{act}", f"{path}{act}/", VISITOR, data)
    yield get("my-appointments-page2", "/bookings/?page=2", PATIENT)
    reason = f"doctor={world.doctor.pk}&consultation_type={world.kind.pk}"
    wait = "/bookings/waiting-list/"
    yield get("wish", f"{wait}?{reason}&seen_from=2027-03-20", PATIENT)
    yield get("wish-none", wait, PATIENT)
    wish = {"doctor": world.doctor.pk, "consultation_type": world.kind.pk}
    yield post("wish-nobody", wait, PATIENT, {**wish, "patient": "0"})
    yield post("wish-odd", wait, PATIENT, {**wish, "not_before": "soon"})
    for status, path in world.offers.items():
        yield get(f"offer-{status}", path, ("visitor", "patient"))
        yield post(f"offer-{status}-no", path, VISITOR, {"answer": "no"})
        yield post(f"offer-{status}-take", path, VISITOR, {"answer": "take"})
    yield get("offer-open", world.offers["open"], VISITOR, "offer")
    days = {"weekdays": ["1"], "mornings": "on", "notice_hours": "24"}
    wishes = f"/bookings/waiting-list/{world.wish.pk}/"
    yield post("wish-days", wishes, PATIENT, days)
    yield post("wish-no-days", wishes, PATIENT, {"notice_hours": "24"})
    claim = f"/bookings/claim/{world.invitation}/"
    for name, day in {"right": "1980-05-06", "wrong": "1981-01-01", "odd": "x"}.items():
        yield post(f"claim-{name}", claim, PATIENT, {"relation": "self", "birth_date": day})
    yield get("claim-over", "/bookings/claim/nonsense/", EVERYONE)
    yield get("ticket", f"/waiting/{world.ticket}/", VISITOR, "ticket")
    yield get("screen", f"/screen/{world.screen.token}/", VISITOR, "screen")
    yield get("screen-english", f"/screen/{world.screen.token}/", VISITOR)
    for name, data in {
        "wrong": {"login": "patient", "password": "wrong"},
        "right": {"login": "patient", "password": "testpass123"},
    }.items():
        yield post(f"sign-in-{name}", "/accounts/login/", VISITOR, data)
        yield post(f"sign-in-{name}", "/accounts/login/", VISITOR, data, "sign_in_form")
    sign_up = {
        "email": "neuf@exemple.test",
        "password1": "ruisseau-bleu-42",
        "first_name": "Neuf",
        "last_name": "Berrada",
        "birth_date": "1990-01-01",
        "phone": "+33612345678",
    }
    yield post("sign-up", "/accounts/register/", VISITOR, sign_up)
    yield post("sign-up", "/bookings/sign-up/", VISITOR, {"email": "x"}, "sign_up_form")
    reset = {"email": "patient@exemple.test"}
    yield post("password-reset", "/accounts/password/reset/", VISITOR, reset)
    unknown = {"email": "inconnu@exemple.test"}
    yield post("password-reset-unknown", "/accounts/password/reset/", VISITOR, unknown)
    yield post("new-email", "/accounts/email/", PATIENT, {"email": "neuf@exemple.test"})


# -- the cockpit --------------------------------------------------------------------------


def agenda(world: SimpleNamespace) -> Iterator[Page]:
    at = f"/dashboard/?doctor={world.doctor.pk}"
    days = ("2027-03-03", "2027-03-04", "2027-03-07", "2027-02-24", "2027-03-29", "nonsense")
    for view in ("week", "day", "list"):
        for day in days:
            yield get(f"agenda-{view}-{day}", f"{at}&view={view}&date={day}", SECRETARY)
        yield get(f"agenda-{view}", f"{at}&view={view}", ("doctor",))
    for day in days:
        yield get(f"agenda-{day}", f"{at}&date={day}", DESK, "day_list")
    for username in ("dr_smith", "dr_johnson", "dr_brown", "dr_wilson"):
        pk = world.doctors[username].pk
        yield get(f"agenda-of-{username}", f"/dashboard/?doctor={pk}&view=list", ("secretary",))
    yield get("agenda-no-visit", f"{at}&appointment=nonsense", DESK)
    yield get("agenda-english", at, DESK, headers={"Accept-Language": "en"})
    live = f"/dashboard/live/?doctor={world.doctor.pk}"
    yield get("live-changes", f"{live}&version=0&change=0", DESK)
    yield get("live-change-1", f"{live}&version=0&change=1", DESK)


def desk(world: SimpleNamespace) -> Iterator[Page]:
    for status, visit in world.visits.items():
        path = f"/dashboard/desk/{visit.pk}/"
        yield get(f"desk-{status}", path, DESK)
        yield get(f"desk-{status}", path, DESK, "desk")
        for view in ("week", "list"):
            on_agenda = f"/dashboard/?doctor={visit.doctor_id}&view={view}&appointment={visit.pk}"
            yield get(f"agenda-{view}-desk-{status}", on_agenda, SECRETARY)
        team = f"/dashboard/team/?doctor={visit.doctor_id}&appointment={visit.pk}"
        yield get(f"team-desk-{status}", team, SECRETARY)
        for verb in ("confirm", "arrive", "start", "finish", "mark_absent", "nonsense"):
            yield post(f"desk-{status}-{verb}", f"{path}status/", SECRETARY, {"verb": verb}, "desk")
        yield post(
            f"desk-{status}-stale", f"{path}status/", SECRETARY, {"verb": "arrive", "seen": "99"}
        )
        yield post(f"desk-{status}-undo", f"{path}undo/", SECRETARY, {}, "desk")
        changes = visit.changes.order_by("-pk")[:1]
        for change in changes:
            yield post(
                f"desk-{status}-undo-last", f"{path}undo/", SECRETARY, {"change": change.pk}, "desk"
            )
    note = f"/dashboard/desk/{world.visit.pk}/note/"
    yield post("desk-note-stale", note, SECRETARY, {"text": "Autre", "seen": "0"})


def dialogs(world: SimpleNamespace) -> Iterator[Page]:
    doctor, free = world.doctor, world.free
    new = f"/dashboard/new/?doctor={doctor.pk}"
    for at, each in enumerate(world.types):
        state = f"{new}&date=2027-03-05&consultation_type={each.pk}"
        yield get(f"new-visit-type{at}", state, SECRETARY)
        yield get(f"new-visit-type{at}", state, SECRETARY, "dialog_body")
    yield get("new-visit-patient", f"{new}&patient={world.patient_a.pk}", DESK, "dialog_body")
    yield get("new-visit-people", f"{new}&q=ben", DESK, "dialog_body")
    yield get("new-visit-start", f"{new}&start={world.free_in_url}", DESK, "dialog_body")
    choice = {"consultation_type": world.kind.pk, "patient": world.visits["arrived"].patient_id}
    sent = {
        "empty": {},
        "free": {**choice, "start": free},
        "taken": {**choice, "start": world.taken},
        "taken-overbooked": {**choice, "start": world.taken, "overbook": "1"},
        "past": {**choice, "start": "2027-03-02T09:00+01:00"},
        "overlap": {**choice, "patient": world.patient_a.pk, "start": world.taken, "overbook": "1"},
        "new-person": {
            "consultation_type": world.kind.pk,
            "start": free,
            "patient": "new",
            "first_name": "Lina",
            "last_name": "Mansouri",
            "phone": "+33612345678",
        },
    }
    for name, data in sent.items():
        yield post(f"new-visit-{name}", new, SECRETARY, data, "dialog_body")
    yield post("new-visit-taken", new, SECRETARY, sent["taken"])
    for status, visit in world.visits.items():
        path = f"/dashboard/desk/{visit.pk}/"
        for name in ("move", "cancel"):
            yield get(f"{name}-{status}", f"{path}{name}/", SECRETARY)
            yield get(f"{name}-{status}", f"{path}{name}/", SECRETARY, "dialog_body")
        day = f"{path}move/?date=2027-03-08"
        yield get(f"move-{status}-day", day, SECRETARY, "dialog_body")
        starts = {"free": free, "taken": world.taken, "empty": "", "past": "2027-03-02T09:00+01:00"}
        for name, start in starts.items():
            data = {"start": start}
            yield post(f"move-{status}-{name}", f"{path}move/", SECRETARY, data, "dialog_body")
        data = {"message": "Congés", "seen": "0"}
        yield post(f"cancel-{status}", f"{path}cancel/", SECRETARY, data, "dialog_body")
    for text in ("", "ben", "nadia", "06", "zzzz"):
        people = f"/dashboard/people/?doctor={doctor.pk}&q={text}"
        yield get(f"people-{text}", people, DESK)
        yield get(f"people-{text}", people, DESK, "dialog_body")


def team_and_queue(world: SimpleNamespace) -> Iterator[Page]:
    team = f"/dashboard/team/?doctor={world.doctor.pk}"
    for day in ("2027-03-03", "2027-03-07", "2027-03-12"):
        yield get(f"team-{day}", f"{team}&date={day}", DESK)
        yield get(f"team-{day}", f"{team}&date={day}", DESK, "team_day")
    yield get("team-live", f"/dashboard/team/live/?doctor={world.doctor.pk}&change=0", DESK)
    yield get("closing", f"/dashboard/closing/?doctor={world.doctor.pk}", DESK)
    queue = f"/dashboard/queue/?doctor={world.doctor.pk}"
    yield get("queue", queue, DESK, "queue")
    yield get("waiting-list", f"/dashboard/waiting-list/?doctor={world.doctor.pk}", DESK)
    for text in ("ben", "nadia", "zzzz", ""):
        yield get(f"queue-found-{text}", f"{queue}&q={text}", DESK, "queue_found")
    other = world.doctors["dr_smith"].pk
    yield get("queue-of-dr_smith", f"/dashboard/queue/?doctor={other}", ("secretary",))
    add = f"/dashboard/queue/add/?doctor={world.doctor.pk}"
    for name, data in {
        "new": {"q": "Yto Idrissi", "new": "1"},
        "many": {"q": "ben"},
        "nameless": {"q": "x"},
        "known": {"patient": world.patient_a.pk},
    }.items():
        yield post(f"queue-add-{name}", add, SECRETARY, data, "queue")
        yield post(f"queue-add-{name}", add, SECRETARY, data)
    for status, visit in world.visits.items():
        path = f"/dashboard/queue/{visit.pk}/"
        yield get(f"queue-ticket-{status}", f"{path}ticket/", DESK)
        for verb in ("arrive", "start", "finish"):
            yield post(
                f"queue-{status}-{verb}", f"{path}change/", SECRETARY, {"verb": verb}, "queue"
            )
        yield post(f"queue-{status}-skip", f"{path}skip/", SECRETARY, {}, "queue")
    order = f"/dashboard/queue/order/?doctor={world.doctor.pk}"
    yield post("queue-order-odd", order, SECRETARY, {"visit": "x"}, "queue")


def patients(world: SimpleNamespace) -> Iterator[Page]:
    at = f"?doctor={world.doctor.pk}"
    for name, query in {"page2": "&page=2", "ben": "&q=ben", "zzzz": "&q=zzzz"}.items():
        yield get(f"patients-{name}", f"/dashboard/patients/{at}{query}", DESK)
        yield get(f"patients-{name}", f"/dashboard/patients/{at}{query}", DESK, "patients")
    for status, visit in world.visits.items():
        path = f"/dashboard/patients/{visit.patient_id}/"
        yield get(f"record-{status}", f"{path}{at}", DESK)
        yield post(f"record-{status}-block", f"{path}block/{at}", SECRETARY, {})
        yield post(f"record-{status}-invite", f"{path}invite/{at}", SECRETARY, {})
    nadia = f"/dashboard/patients/{world.patient_a.pk}/"
    blocked = ((f"{nadia}block/{at}", {"reason": "Insultes"}),)
    yield get("record-blocked", f"{nadia}{at}", DESK, before=blocked)
    edit = f"/dashboard/patients/{world.added.pk}/edit/{at}"
    yield post("record-edit-empty", edit, SECRETARY, {"first_name": "", "birth_date": "x"})
    statistics = "/dashboard/statistics/"
    for weeks in (4, 26, 52):
        yield get(f"statistics-{weeks}", f"{statistics}{at}&weeks={weeks}", DESK)
        yield get(f"statistics-{weeks}-file", f"{statistics}export/{at}&weeks={weeks}", DESK)


def configuration(world: SimpleNamespace) -> Iterator[Page]:
    root, at = "/dashboard/configuration/", f"?doctor={world.doctor.pk}"
    for tab in ("types", "hours", "absences", "holidays", "calendars", "messages", "practice"):
        path = f"{root}{'' if tab == 'types' else f'{tab}/'}{at}"
        yield get(f"configuration-{tab}", path, DESK, f"{tab}_panel")
    for index, each in enumerate(world.types):
        path = f"{root}types/{each.pk}/"
        yield get(f"configuration-type{index}", f"{path}{at}", DESK)
        yield get(f"configuration-type{index}", f"{path}{at}", DESK, "types_panel")
        data = {"name": "", "duration": "1", "price": "x"}
        yield post(f"configuration-type{index}-wrong", f"{path}{at}", SECRETARY, data)
        for act in ("shift", "retire", "offer"):
            yield post(
                f"configuration-type{index}-{act}",
                f"{path}{act}/{at}",
                SECRETARY,
                {},
                "types_panel",
            )
    for weekday in range(7):
        path = f"{root}hours/{weekday}/{at}"
        yield get(f"configuration-day{weekday}", path, DESK)
        data = {"start": ["09:00", "10:00"], "end": ["12:00", "11:00"]}
        yield post(f"configuration-day{weekday}-wrong", path, SECRETARY, data)
    wrong = {"starts_on": "2027-03-10", "ends_on": "2027-03-01"}
    yield post("configuration-absence-wrong", f"{root}absences/{at}", SECRETARY, wrong)
    for feed in ("doctor", "practice"):
        for act in ("make", "revoke"):
            data = {"feed": feed, "act": act, "shows_names": "1"}
            yield post(f"configuration-feed-{feed}-{act}", f"{root}calendars/{at}", DESK, data)
    lines = {"part": "lines", "closing-fr": "x" * 301}
    for data in ({"quiet_from": "x", "sms_sender": "RDV"}, lines):
        name = f"configuration-messages-{data.get('part', 'settings')}-wrong"
        yield post(name, f"{root}messages/{at}", SECRETARY, data)
    practice = {"name": "", "time_zone": "Nowhere", "phone": "x"}
    yield post("configuration-practice-wrong", f"{root}practice/{at}", SECRETARY, practice)


# -- programs, errors ---------------------------------------------------------------------


def programs(world: SimpleNamespace) -> Iterator[Page]:
    readers = ("visitor", "patient", "doctor")
    at = f"/api/doctors/{world.doctor.pk}"
    for index, each in enumerate(world.types):
        kind = f"consultation_type_id={each.pk}"
        yield get(f"api-slots-type{index}", f"{at}/slots?{kind}&date=2027-03-08&days=5", readers)
        yield get(f"api-day-type{index}", f"{at}/day?{kind}&date=2027-03-05", readers)
    for name, query in {"odd-date": "date=x", "odd-days": "days=99", "no-type": "days=3"}.items():
        yield get(f"api-slots-{name}", f"{at}/slots?{query}", readers)
    yield get("api-nobody", "/api/doctors/999999/slots", readers)
    for name, query in {
        "page2": "page=2",
        "name": "q=davis",
        "odd": "page=x",
        "cardio": "specialty=cardiologie",
    }.items():
        yield get(f"api-doctors-{name}", f"/api/doctors?{query}", VISITOR)
    for name, query in {
        "by-name": "doctor_name=Emily Davis&date=2027-03-05",
        "unknown": "doctor_name=Nobody&date=2027-03-05",
        "odd": f"doctor_id={world.doctor.pk}&date=x",
        "nothing": "",
    }.items():
        yield get(f"api-available-{name}", f"/api/available-slots?{query}", readers)
    span = "start=2027-03-01T00:00:00Z&end=2027-03-08T00:00:00Z"
    for feed in ("appointments", "background"):
        path = f"/api/doctor/{feed}?doctor={world.doctor.pk}"
        yield get(f"api-feed-{feed}", f"{path}&{span}", EVERYONE)
        yield get(f"api-feed-{feed}-odd", f"{path}&start=x&end=y", DESK)
    for name, data in {
        "taken": {"doctor": world.doctor.pk, "appointment_time": world.taken},
        "nothing": {},
    }.items():
        data = {"consultation_type": world.kind.pk, **data} if data else data
        yield Page(f"api-book-{name}", "/api/appointments", EVERYONE, "post", data, is_json=True)
    as_page = {"Accept": "text/html"}
    as_json = {"Accept": "application/json"}
    path = f"/specialists/{world.doctor.pk}/calendar"
    yield get("old-calendar-page", path, VISITOR, headers=as_page)
    yield get("old-calendar-json", path, VISITOR, headers=as_json)
    yield get("developers-english", "/developers/", VISITOR, headers={"Accept-Language": "en"})
    yield get("openapi-english", "/api/openapi.json", VISITOR, headers={"Accept-Language": "en"})
    for section in ("pages", "specialties", "nonsense"):
        yield get(f"sitemap-{section}", f"/sitemap-{section}.xml", VISITOR)


def errors(world: SimpleNamespace) -> Iterator[Page]:
    nobody = "00000000-0000-4000-8000-000000000000"
    for name, path in {
        "page": "/nothing/here/",
        "doctor": "/doctors/nobody/",
        "visit": f"/bookings/{nobody}/",
        "desk": f"/dashboard/desk/{nobody}/",
        "patient": "/dashboard/patients/999999/",
        "type": "/dashboard/configuration/types/999999/",
        "screen": "/screen/nonsense/",
        "ticket": "/waiting/nonsense/",
    }.items():
        yield get(f"404-{name}", path, EVERYONE)
    yield get("404-page", "/nothing/here/", ("visitor", "doctor"), "booking_panel")
    yield get("405-page", "/bookings/hold/", EVERYONE)
    yield get("400-tokens", "/live/calendars/?d=x", VISITOR)
