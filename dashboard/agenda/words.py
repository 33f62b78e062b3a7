"""What the API's description says about a doctor's agenda."""

from django.utils.translation import gettext_lazy as _

from web.openapi import BAD_REQUEST, SIGN_IN_REQUIRED, Kind, described, says, shows

NO_DESK = Kind(404, "not_found", _("There is no such doctor at your desk."))

RANGE = [
    says("start", _("A date, or a time on the practice’s clock."), "2026-10-12"),
    says("end", _("The first moment not asked for, 62 days later at most."), "2026-10-19"),
    says("doctor", _("Whose agenda; your own, when left out. A secretary says whose.")),
]

APPOINTMENTS = described(
    _("A doctor’s visits"),
    _(
        "Events as FullCalendar reads them, for the doctor and the secretaries of the practice. "
        "Times are the practice’s wall clock, without offset. Visits without a time, and those "
        "that are cancelled, are left out; one at another practice is a taken time."
    ),
    BAD_REQUEST,
    SIGN_IN_REQUIRED,
    NO_DESK,
    parameters=RANGE,
    answers={
        200: shows(
            [
                {
                    "id": "5f0c9d0e-4b8e-4d3a-9f57-6a5f3f1f2a10",
                    "title": "Karim Tazi",
                    "start": "2026-10-12T10:45:00",
                    "end": "2026-10-12T11:15:00",
                    "color": "#2f7fd0",
                    "extendedProps": {
                        "status": "confirmed",
                        "age": 58,
                        "phone": "06 61 20 48 15",
                        "motif": "Contrôle de la tension",
                        "type": "Suivi",
                        "first_visit": False,
                        "no_shows": 1,
                        "links": {"desk": "/dashboard/desk/5f0c9d0e-4b8e-4d3a-9f57-6a5f3f1f2a10/"},
                    },
                }
            ]
        )
    },
)

BACKGROUND = described(
    _("What lies behind a doctor’s visits"),
    _(
        "Background events as FullCalendar reads them: “kind” is open for opening hours, absence "
        "for the doctor’s absences with their reason, holiday for the practice’s closed days."
    ),
    BAD_REQUEST,
    SIGN_IN_REQUIRED,
    NO_DESK,
    parameters=RANGE,
    answers={
        200: shows(
            [
                {
                    "start": "2026-10-12T09:00:00",
                    "end": "2026-10-12T12:30:00",
                    "title": "",
                    "display": "background",
                    "extendedProps": {"kind": "open"},
                }
            ]
        )
    },
)
