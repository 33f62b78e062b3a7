"""What the API's description says about the account."""

from django.utils.translation import gettext_lazy as _

from web.openapi import SIGN_IN_REQUIRED, described, shows

PERSONS = described(
    _("Your persons"),
    _("Whom you may book for: yourself and your relatives. “relation” says which."),
    SIGN_IN_REQUIRED,
    answers={
        200: shows(
            [
                {"id": 12, "name": "Nadia Benali", "relation": "self"},
                {"id": 13, "name": "Lina Benali", "relation": "child"},
            ]
        )
    },
    security=[{"session": []}],
)
