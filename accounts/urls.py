"""Addresses under /accounts/. Pages of allauth keep allauth's names, and pages without a design of
ours have no address. config routes signing out, because bookings has a part in it."""

from allauth.account import views as allauth_views
from django.urls import path, re_path

from accounts import photo, views

urlpatterns = [
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("register/", views.SignUpView.as_view(), name="account_signup"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("home/", views.home_of_account, name="home_of_account"),
    path("language/", views.set_language, name="set_language"),
    # Passwords. A reset signs in, so no page follows it.
    path("password/change/", views.PasswordChangeView.as_view(), name="account_change_password"),
    path("password/reset/", views.PasswordResetView.as_view(), name="account_reset_password"),
    path(
        "password/reset/done/",
        allauth_views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
    # E-mail.
    path("email/", views.email, name="account_email"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        views.ConfirmEmailView.as_view(),
        name="account_confirm_email",
    ),
    # Persons.
    path("profile/", views.profile, name="profile"),
    path("persons/<int:pk>/photo/", photo.person_photo, name="person_photo"),
    path("relatives/add/", views.add_relative, name="add_relative"),
    path("relatives/<int:pk>/", views.relative, name="relative"),
    path("relatives/<int:pk>/remove/", views.remove_relative_view, name="remove_relative"),
]
