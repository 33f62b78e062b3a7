"""A patient's visits and waiting list."""

from tests.authorisation.table import (
    BOOKING,
    CONCERNED,
    DESK,
    NOT_ALLOWED,
    NOT_ALLOWED_BEHIND_SIGN_IN,
    Route,
    everyone,
    only,
    page,
    signed_in,
)

ROUTES = {
    "bookings/": Route("/bookings/", signed_in(200), NOT_ALLOWED_BEHIND_SIGN_IN),
    "bookings/<uuid:pk>/": Route(
        "/bookings/{visit.pk}/", only(*CONCERNED, answer=200), NOT_ALLOWED_BEHIND_SIGN_IN
    ),
    # A request: there is nothing to promise yet.
    "bookings/<uuid:pk>/come/": Route(
        "/bookings/{visit.pk}/come/", NOT_ALLOWED_BEHIND_SIGN_IN, only("patient_a", answer=409)
    ),
    "bookings/<uuid:pk>/calendar.ics": Route(
        "/bookings/{visit.pk}/calendar.ics",
        only("patient_a", answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "bookings/<uuid:pk>/cancel/": Route(
        "/bookings/{visit.pk}/cancel/",
        only(*CONCERNED, answer=200),
        only(*CONCERNED, answer=302),
    ),
    "bookings/<uuid:pk>/move/": Route(
        "/bookings/{visit.pk}/move/",
        only(*CONCERNED, answer=200),
        only(*CONCERNED, answer=303),
        {"appointment_time": "{free}"},
    ),
    "bookings/<uuid:pk>/wait/": Route(
        "/bookings/{visit.pk}/wait/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only("patient_a", answer=302),
        {"wanted": "1"},
    ),
    "bookings/waiting-list/": Route(
        "/bookings/waiting-list/?doctor={doctor.pk}&consultation_type={kind.pk}",
        signed_in(200),
        # Patients wait for themselves; others have no person.
        signed_in(422) | {"patient_a": 302},
        BOOKING | {"patient": "{patient_a.pk}"},
    ),
    "bookings/waiting-list/<int:pk>/leave/": Route(
        "/bookings/waiting-list/{wish.pk}/leave/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only("patient_a", answer=302),
    ),
    "bookings/calendars/": Route(
        "/bookings/calendars/", signed_in(200), signed_in(200), {"act": "make"}
    ),
    # By a secret address.
    "calendars/<str:secret>.ics": page("/calendars/{feed}.ics"),
    # By the link of a message: its reader needs no account.
    "r/<str:token>/": page("/r/{link}/"),
    "r/<str:token>/calendar.ics": page("/r/{link}/calendar.ics"),
    "r/<str:token>/come/": Route("/r/{link}/come/", NOT_ALLOWED, everyone(409)),
    "r/<str:token>/cancel/": Route("/r/{link}/cancel/", everyone(200), everyone(303)),
    "r/<str:token>/move/": Route(
        "/r/{link}/move/", everyone(200), everyone(303), {"appointment_time": "{free}"}
    ),
    "bookings/waiting-list/<int:pk>/": Route(
        "/bookings/waiting-list/{wish.pk}/",
        only("patient_a", answer=200),
        only("patient_a", answer=302),
        {"weekdays": "0", "mornings": "on", "notice_hours": "24"},
    ),
    # By a signed address, which is the right to answer: the reader of the message has it.
    "o/<str:token>/": Route("/o/{offer_token}/", everyone(200), everyone(303), {"answer": "no"}),
    "bookings/<uuid:pk>/confirm/": Route(
        "/bookings/{visit.pk}/confirm/", NOT_ALLOWED_BEHIND_SIGN_IN, only(*DESK, answer=302)
    ),
    "bookings/<uuid:pk>/undo/": Route(
        "/bookings/{cancelled.pk}/undo/", NOT_ALLOWED_BEHIND_SIGN_IN, only(*DESK, answer=409)
    ),
}
