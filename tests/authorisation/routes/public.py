"""Finding a doctor and booking."""

from tests.authorisation.table import FREE, NOT_ALLOWED, Route, everyone, page, signed_in

ROUTES = {
    "": page("/"),
    **{f"{name}/": page(f"/{name}/") for name in ("imprint", "privacy", "accessibility")},
    "search/suggestions/": page("/search/suggestions/?q=smith"),
    "doctors/": page("/doctors/"),
    "doctors/<slug:slug>/": page("/doctors/{doctor.slug}/"),
    "doctors/<slug:slug>/day/": page("/doctors/{doctor.slug}/day/"),
    # Without htmx, the doctor's page with the same days.
    "doctors/<slug:slug>/grid/": Route("/doctors/{doctor.slug}/grid/", everyone(302), NOT_ALLOWED),
    "search/grids/": page("/search/grids/?d={doctor.pk}"),
    "live/calendars/": page("/live/calendars/?d={doctor.pk}.0.0"),
    "bookings/hold/": Route("/bookings/hold/", NOT_ALLOWED, everyone(303), FREE),
    "bookings/language/": Route(
        "/bookings/language/", NOT_ALLOWED, everyone(302), {"language": "en"}
    ),
    "bookings/hold/extend/": Route("/bookings/hold/extend/", NOT_ALLOWED, everyone(302)),
    "bookings/confirm-booking/": Route(
        "/bookings/confirm-booking/?doctor={doctor.pk}&consultation_type={kind.pk}"
        "&appointment_time={free_in_url}",
        everyone(200),
        NOT_ALLOWED,
    ),
    **{
        route: Route(
            f"/{route}",
            NOT_ALLOWED,
            # Patients book for themselves; the desk must say for whom; others have no person.
            everyone(422) | {"anonymous": 303, "patient_a": 303, "patient_b": 303},
            FREE,
        )
        for route in ("book", "book/", "bookings/create/")
    },
    "bookings/sign-up/": Route(
        "/bookings/sign-up/",
        signed_in(302) | {"anonymous": 200},
        signed_in(302) | {"anonymous": 422},
    ),
}
