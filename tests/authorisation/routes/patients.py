"""The practice's patients."""

from tests.authorisation.table import AGENDA, COCKPIT, NOT_ALLOWED_BEHIND_SIGN_IN, Route, only

ROUTES = {
    "dashboard/patients/": Route(
        "/dashboard/patients/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/patients/<int:pk>/": Route(
        "/dashboard/patients/{visit.patient_id}/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/patients/<int:pk>/edit/": Route(
        "/dashboard/patients/{added.pk}/edit/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=302),
        {"first_name": "Salma", "last_name": "Idrissi"},
    ),
    "dashboard/patients/<int:pk>/photo/": Route(
        "/dashboard/patients/{added.pk}/photo/?doctor={doctor.pk}",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=302),
    ),
    "dashboard/patients/<int:pk>/block/": Route(
        "/dashboard/patients/{visit.patient_id}/block/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=302),
        {"reason": "Insultes"},
    ),
    "dashboard/patients/<int:pk>/unblock/": Route(
        "/dashboard/patients/{visit.patient_id}/unblock/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=302),
    ),
    "dashboard/patients/<int:pk>/reset-no-shows/": Route(
        "/dashboard/patients/{visit.patient_id}/reset-no-shows/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=302),
    ),
    "dashboard/patients/<int:pk>/invite/": Route(
        "/dashboard/patients/{added.pk}/invite/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=200),
    ),
    # For any signed-in person with the link who is not staff; the form asks for a date of birth.
    "bookings/claim/<str:token>/": Route(
        "/bookings/claim/{invitation}/",
        only("patient_a", "patient_b", "admin", answer=200),
        only("patient_a", "patient_b", "admin", answer=422),
        {"relation": "self"},
    ),
}
