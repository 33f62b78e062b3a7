"""A patient's visits and waiting list."""

from tests.authorisation.table import (
    BOOKING,
    CONCERNED,
    DESK,
    NOT_ALLOWED_BEHIND_SIGN_IN,
    Route,
    only,
    signed_in,
)

ROUTES = {
    "bookings/": Route("/bookings/", signed_in(200), NOT_ALLOWED_BEHIND_SIGN_IN),
    "bookings/<uuid:pk>/": Route(
        "/bookings/{visit.pk}/", only(*CONCERNED, answer=200), NOT_ALLOWED_BEHIND_SIGN_IN
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
    "bookings/<uuid:pk>/confirm/": Route(
        "/bookings/{visit.pk}/confirm/", NOT_ALLOWED_BEHIND_SIGN_IN, only(*DESK, answer=302)
    ),
    "bookings/<uuid:pk>/undo/": Route(
        "/bookings/{cancelled.pk}/undo/", NOT_ALLOWED_BEHIND_SIGN_IN, only(*DESK, answer=409)
    ),
}
