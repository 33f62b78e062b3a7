"""For programs and machines, and the old addresses."""

from tests.authorisation.table import (
    AGENDA,
    BY_PROGRAM,
    FREE,
    NOT_ALLOWED,
    Route,
    everyone,
    moved,
    page,
)

ROUTES = {
    "developers/": page("/developers/"),
    "api/": Route("/api/", everyone(404), everyone(404)),
    # ninja answers its own description to any method.
    "api/openapi.json": Route("/api/openapi.json", everyone(200), everyone(200)),
    "api/doctors": page("/api/doctors"),
    "api/doctors/<int:doctor_id>/consultation-types": page(
        "/api/doctors/{doctor.pk}/consultation-types"
    ),
    "api/doctors/<int:doctor_id>/slots": page("/api/doctors/{doctor.pk}/slots"),
    **{
        f"api/doctor/{feed}": Route(
            f"/api/doctor/{feed}?doctor={{doctor.pk}}&start=2027-03-01&end=2027-03-08",
            everyone(404) | {"anonymous": 401} | dict.fromkeys(AGENDA, 200),
            NOT_ALLOWED,
        )
        for feed in ("appointments", "background")
    },
    "api/doctors/<int:doctor_id>/day": page("/api/doctors/{doctor.pk}/day"),
    "api/available-slots": page("/api/available-slots?doctor_id={doctor.pk}&date=2026-12-24"),
    "api/appointments": Route("/api/appointments", NOT_ALLOWED, BY_PROGRAM, FREE, is_json=True),
    "api/me/patients": Route("/api/me/patients", everyone(200) | {"anonymous": 401}, NOT_ALLOWED),
    "api/<path:rest>": Route("/api/nothing/here", everyone(404), everyone(404)),
    # -- for machines
    # For an e-mail provider with its secret; there is none here.
    "mail-events/": Route("/mail-events/", everyone(404), everyone(404)),
    "health/": page("/health/"),
    "live": page("/live"),
    "ready": page("/ready"),
    "metrics": Route("/metrics", everyone(404), NOT_ALLOWED),
    "robots.txt": page("/robots.txt"),
    "sitemap.xml": page("/sitemap.xml"),
    "sitemap-<slug:section>.xml": page("/sitemap-doctors.xml"),
    "site.webmanifest": page("/site.webmanifest"),
    "favicon.ico": Route("/favicon.ico", everyone(302), NOT_ALLOWED),
    # -- old addresses
    "specialists/": moved("/specialists/"),
    "specialists/<int:pk>/": Route("/specialists/{doctor.pk}/", everyone(301), NOT_ALLOWED),
    "specialists/<int:pk>/calendar": page("/specialists/{doctor.pk}/calendar"),
    "specialists/<int:pk>/calendar/": page("/specialists/{doctor.pk}/calendar/"),
    "doctor/<int:pk>": Route("/doctor/{doctor.pk}", everyone(301), NOT_ALLOWED),
    "doctor/<int:pk>/": Route("/doctor/{doctor.pk}/", everyone(301), NOT_ALLOWED),
    "available_slots": page("/available_slots?doctor_id={doctor.pk}&date=2026-12-24"),
    "book_appointment": Route("/book_appointment", NOT_ALLOWED, BY_PROGRAM, FREE, is_json=True),
    "doctor/dashboard": moved("/doctor/dashboard"),
    "doctor/dashboard/": moved("/doctor/dashboard/"),
    "register": moved("/register"),
    "register/": moved("/register/"),
}
