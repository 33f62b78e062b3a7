"""What the API's description says about doctors."""

from django.utils.translation import gettext_lazy as _

from web.openapi import BAD_REQUEST, Kind, described, says, shows

NO_DOCTOR = Kind(404, "not_found", _("There is no such doctor."))
THE_DOCTOR = says("doctor_id", _("The doctor’s number."), 1, where="path")

DOCTORS = described(
    _("Find doctors"),
    _(
        "The doctors the public finds, by name, 20 a page; what is given narrows them, case and "
        "accents aside. “count” is of all pages."
    ),
    BAD_REQUEST,
    parameters=[
        says("q", _("Words of the name, specialty, practice or city."), "smith"),
        says("specialty", _("A specialty’s slug or name, in any language.")),
        says("city", _("A city’s name.")),
        says("page", _("From 1.")),
    ],
    answers={
        200: shows(
            {
                "items": [
                    {
                        "id": 1,
                        "name": "Dr John Smith",
                        "slug": "dr-john-smith",
                        "specialty": "Cardiology",
                        "practice": "Cabinet des Lilas",
                        "city": "Paris",
                        "time_zone": "Europe/Paris",
                    }
                ],
                "count": 1,
            }
        )
    },
)

CONSULTATION_TYPES = described(
    _("Reasons for a visit"),
    _(
        "What one can come for, in the doctor’s order. The duration is in minutes; the price is "
        "an amount with its currency, or words, or empty."
    ),
    NO_DOCTOR,
    parameters=[THE_DOCTOR],
    answers={
        200: shows(
            [
                {
                    "id": 3,
                    "name": "Consultation",
                    "duration": 30,
                    "price": "49.50 EUR",
                    "color": "#129d82",
                    "is_emergency_only": False,
                    "require_existing_patient": False,
                }
            ]
        )
    },
)
