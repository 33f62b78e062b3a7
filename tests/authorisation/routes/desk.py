"""The agenda, the desk and the team."""

from tests.authorisation.table import AGENDA, COCKPIT, FREE, NOT_ALLOWED_BEHIND_SIGN_IN, Route, only

ROUTES = {
    "dashboard/": Route(
        "/dashboard/?doctor={doctor.pk}",
        # Patients have no desk and go to their appointments; so does an admin without one.
        only(*AGENDA, answer=200) | {"patient_a": 302, "patient_b": 302, "admin": 302},
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/live/": Route(
        "/dashboard/live/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/people/": Route(
        "/dashboard/people/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/new/": Route(
        "/dashboard/new/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        # The patient is the first practice's: the second one does not find them.
        only(*COCKPIT, answer=303) | {"secretary_there": 422},
        FREE | {"patient": "{visit.patient_id}", "start": "{free}"},
    ),
    "dashboard/desk/<uuid:pk>/": Route(
        "/dashboard/desk/{visit.pk}/", only(*COCKPIT, answer=200), NOT_ALLOWED_BEHIND_SIGN_IN
    ),
    "dashboard/desk/<uuid:pk>/status/": Route(
        "/dashboard/desk/{visit.pk}/status/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=303),
        {"verb": "confirm"},
    ),
    "dashboard/desk/<uuid:pk>/undo/": Route(
        "/dashboard/desk/{cancelled.pk}/undo/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=409),
    ),
    "dashboard/desk/<uuid:pk>/move/": Route(
        "/dashboard/desk/{visit.pk}/move/",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=303),
        {"start": "{free}"},
    ),
    "dashboard/desk/<uuid:pk>/cancel/": Route(
        "/dashboard/desk/{visit.pk}/cancel/",
        only(*COCKPIT, answer=200),
        only(*COCKPIT, answer=303),
    ),
    # Private notes are the doctor's alone: to the secretary there is nothing here.
    "dashboard/desk/<uuid:pk>/note/": Route(
        "/dashboard/desk/{visit.pk}/note/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only("doctor_a", answer=303),
        {"text": "TA 15/9", "seen": "{note.version}"},
    ),
    # Each person sees the doctors they work for; test_team.py tests which doctors these are.
    "dashboard/team/": Route(
        "/dashboard/team/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/team/live/": Route(
        "/dashboard/team/live/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
}
