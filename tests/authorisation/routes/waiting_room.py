"""The waiting room, its screen and its tickets."""

from tests.authorisation.table import (
    AGENDA,
    COCKPIT,
    NOT_ALLOWED_BEHIND_SIGN_IN,
    Route,
    everyone,
    only,
    page,
)

ROUTES = {
    "dashboard/closing/": Route(
        "/dashboard/closing/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=303),
    ),
    "dashboard/closing/undo/": Route(
        "/dashboard/closing/undo/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*AGENDA, answer=303),
    ),
    "dashboard/queue/": Route(
        "/dashboard/queue/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/queue/add/": Route(
        "/dashboard/queue/add/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*AGENDA, answer=303),
        {"q": "Karim Tazi"},
    ),
    "dashboard/queue/order/": Route(
        "/dashboard/queue/order/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*AGENDA, answer=409),
        {"visit": "{visit.pk}"},
    ),
    "dashboard/queue/screen/": Route(
        "/dashboard/queue/screen/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*AGENDA, answer=303),
    ),
    "dashboard/queue/<uuid:pk>/change/": Route(
        "/dashboard/queue/{visit.pk}/change/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=409),
        {"verb": "arrive"},
    ),
    "dashboard/queue/<uuid:pk>/skip/": Route(
        "/dashboard/queue/{visit.pk}/skip/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=409),
    ),
    "dashboard/queue/<uuid:pk>/ticket/": Route(
        "/dashboard/queue/{visit.pk}/ticket/",
        only(*COCKPIT, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    # By secret addresses, which name nobody.
    "m/<str:token>/": Route(
        "/m/{choices_token}/", everyone(200), everyone(302), {"reminders_by_email": "on"}
    ),
    "screen/<str:token>/": page("/screen/{screen.token}/"),
    "waiting/<str:ticket>/": page("/waiting/{ticket}/"),
}
