"""Statistics and configuration of a practice."""

from tests.authorisation.table import AGENDA, COCKPIT, NOT_ALLOWED_BEHIND_SIGN_IN, Route, only

ROUTES = {
    "dashboard/statistics/": Route(
        "/dashboard/statistics/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/statistics/export/": Route(
        "/dashboard/statistics/export/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    # -- waiting list
    "dashboard/waiting-list/": Route(
        "/dashboard/waiting-list/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/waiting-list/<int:pk>/offer/": Route(
        "/dashboard/waiting-list/{wish.pk}/offer/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        # The patient has an open offer.
        only(*COCKPIT, answer=409),
        {"start": "{free}"},
    ),
    "dashboard/waiting-list/<int:pk>/urgent/": Route(
        "/dashboard/waiting-list/{wish.pk}/urgent/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=303),
        {"urgent": "1"},
    ),
    "dashboard/waiting-list/offers/<int:pk>/withdraw/": Route(
        "/dashboard/waiting-list/offers/{offer.pk}/withdraw/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*COCKPIT, answer=303),
    ),
    # -- configuration
    "dashboard/configuration/": Route(
        "/dashboard/configuration/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/configuration/types/new/": Route(
        "/dashboard/configuration/types/new/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=422),
    ),
    "dashboard/configuration/types/<int:pk>/": Route(
        "/dashboard/configuration/types/{kind.pk}/",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=422),
    ),
    **{
        f"dashboard/configuration/types/<int:pk>/{act}/": Route(
            f"/dashboard/configuration/types/{{kind.pk}}/{act}/",
            NOT_ALLOWED_BEHIND_SIGN_IN,
            only(*AGENDA, answer=302),
        )
        for act in ("shift", "retire", "offer")
    },
    "dashboard/configuration/hours/": Route(
        "/dashboard/configuration/hours/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "dashboard/configuration/hours/<int:weekday>/": Route(
        "/dashboard/configuration/hours/0/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=422),
    ),
    "dashboard/configuration/absences/": Route(
        "/dashboard/configuration/absences/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=422),
    ),
    "dashboard/configuration/absences/<int:pk>/": Route(
        "/dashboard/configuration/absences/{absence.pk}/",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=422),
    ),
    "dashboard/configuration/absences/<int:pk>/remove/": Route(
        "/dashboard/configuration/absences/{absence.pk}/remove/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*AGENDA, answer=302),
    ),
    "dashboard/configuration/holidays/": Route(
        "/dashboard/configuration/holidays/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=302),
        {"holiday": "every", "decision": "open"},
    ),
    "dashboard/configuration/calendars/": Route(
        "/dashboard/configuration/calendars/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=200),
        {"act": "make", "feed": "doctor"},
    ),
    "dashboard/configuration/messages/": Route(
        "/dashboard/configuration/messages/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=422),
    ),
    "dashboard/configuration/messages/preview/": Route(
        "/dashboard/configuration/messages/preview/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=200),
    ),
    "dashboard/configuration/messages/try/": Route(
        "/dashboard/configuration/messages/try/?doctor={doctor.pk}",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only(*AGENDA, answer=302),
    ),
    "dashboard/configuration/practice/": Route(
        "/dashboard/configuration/practice/?doctor={doctor.pk}",
        only(*AGENDA, answer=200),
        only(*AGENDA, answer=422),
    ),
}
