"""Every state of every page, by area. The entrance and a person's account have more of them in
test_accounts.py, the configuration in test_configuration.py.
"""

from tests.e2e.states import (
    account,
    confirming,
    desk,
    doctor_page,
    errors,
    finding,
    from_message,
    patients,
    statistics,
    visits,
    waiting_room,
)
from tests.e2e.states.table import STATES

__all__ = [
    "STATES",
    "account",
    "confirming",
    "desk",
    "doctor_page",
    "errors",
    "finding",
    "from_message",
    "patients",
    "statistics",
    "visits",
    "waiting_room",
]
