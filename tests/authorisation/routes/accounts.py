"""Signing in and up, and what a person changes of their account."""

from tests.authorisation.table import (
    NOT_ALLOWED,
    NOT_ALLOWED_BEHIND_SIGN_IN,
    Route,
    everyone,
    only,
    page,
    signed_in,
)

ROUTES = {
    "accounts/login/": Route(
        "/accounts/login/", everyone(302) | {"anonymous": 200}, everyone(302) | {"anonymous": 422}
    ),
    "accounts/logout/": Route(
        "/accounts/logout/", everyone(200) | {"anonymous": 302}, everyone(302)
    ),
    "accounts/register/": Route(
        "/accounts/register/",
        everyone(302) | {"anonymous": 200},
        everyone(302) | {"anonymous": 422},
    ),
    "accounts/inactive/": Route("/accounts/inactive/", everyone(200), NOT_ALLOWED),
    "accounts/home/": Route("/accounts/home/", signed_in(302), signed_in(302)),
    "accounts/language/": Route(
        "/accounts/language/", NOT_ALLOWED, everyone(302), {"language": "en"}
    ),
    "accounts/password/change/": Route(
        "/accounts/password/change/", signed_in(200), signed_in(422)
    ),
    "accounts/password/reset/": Route("/accounts/password/reset/", everyone(200), everyone(422)),
    "accounts/password/reset/done/": page("/accounts/password/reset/done/"),
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Route(
        "/accounts/password/reset/key/1-nonsense/", everyone(404), everyone(404)
    ),
    "accounts/email/": Route("/accounts/email/", signed_in(200), signed_in(422)),
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": Route(
        "/accounts/confirm-email/nonsense/", everyone(404), everyone(404)
    ),
    "accounts/profile/": Route("/accounts/profile/", signed_in(200), signed_in(422)),
    "accounts/relatives/add/": Route("/accounts/relatives/add/", signed_in(200), signed_in(422)),
    "accounts/relatives/<int:pk>/": Route(
        "/accounts/relatives/{relative.pk}/",
        only("patient_a", answer=200),
        only("patient_a", answer=422),
    ),
    "accounts/relatives/<int:pk>/remove/": Route(
        "/accounts/relatives/{relative.pk}/remove/",
        NOT_ALLOWED_BEHIND_SIGN_IN,
        only("patient_a", answer=302),
    ),
    "accounts/register/doctor/": Route(
        "/accounts/register/doctor/",
        everyone(302) | {"anonymous": 200},
        everyone(302) | {"anonymous": 422},
    ),
    "accounts/register/doctor/done/": Route(
        "/accounts/register/doctor/done/",
        only("doctor_a", "doctor_b", answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "accounts/doctor-page/": Route(
        "/accounts/doctor-page/",
        only("doctor_a", "doctor_b", answer=200),
        only("doctor_a", "doctor_b", answer=422),
        {"languages": "nonsense"},
    ),
    "accounts/persons/<int:pk>/photo/": Route(
        "/accounts/persons/{relative.pk}/photo/",
        only("patient_a", answer=200),
        only("patient_a", answer=302),
    ),
    "photos/patients/<slug:token>-<int:side>.webp": Route(
        "{patient_a.photo_sizes[0][0]}",
        only("patient_a", "doctor_a", "secretary_a", "admin", answer=200),
        NOT_ALLOWED_BEHIND_SIGN_IN,
    ),
    "photos/<slug:token>-<int:side>.webp": page("{doctor.photo_sizes[0][0]}"),
}
