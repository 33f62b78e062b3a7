"""Every write to appointments, holds, patient files and the waiting list.

A service takes keyword arguments, returns the object, and raises a `bookings.rules.Refusal` when
a rule says no.
"""

from bookings.services.booking import (
    book,
    cancel,
    check_patient_may_book,
    move,
)
from bookings.services.by_patient import (
    can_say_coming,
    check_moves_online,
    check_own_move,
    say_coming,
)
from bookings.services.claims import claim, invitation_of, invite
from bookings.services.closing import (
    Decisions,
    Outcome,
    VisitsAffected,
    ask_to_move,
    change_absence,
    change_hours,
    decide_holidays,
    take_absence,
)
from bookings.services.desk import add_walk_in, change_status, undo, why_not_now
from bookings.services.ending import (
    ENDINGS,
    cancel_unanswered_requests,
    end_visit,
    take_back,
    why_not_ended,
)
from bookings.services.feeds import make_feed, revoke_feed
from bookings.services.files import block_patient, reset_no_shows, unblock_patient
from bookings.services.holds import (
    extend_hold,
    extend_hold_after_sign_up,
    hold,
    release_hold,
)
from bookings.services.notes import NoteChanged, save_note
from bookings.services.offers import decline_offer, mark_urgent, take_offer, withdraw_offer
from bookings.services.waiting_list import (
    change_wish,
    join_waiting_list,
    leave_waiting_list,
    next_start,
    wait_for_earlier,
)

__all__ = [
    "ENDINGS",
    "Decisions",
    "NoteChanged",
    "Outcome",
    "VisitsAffected",
    "add_walk_in",
    "ask_to_move",
    "block_patient",
    "book",
    "can_say_coming",
    "cancel",
    "cancel_unanswered_requests",
    "change_absence",
    "change_hours",
    "change_status",
    "change_wish",
    "check_moves_online",
    "check_own_move",
    "check_patient_may_book",
    "claim",
    "decide_holidays",
    "decline_offer",
    "end_visit",
    "extend_hold",
    "extend_hold_after_sign_up",
    "hold",
    "invitation_of",
    "invite",
    "join_waiting_list",
    "leave_waiting_list",
    "make_feed",
    "mark_urgent",
    "move",
    "next_start",
    "release_hold",
    "reset_no_shows",
    "revoke_feed",
    "save_note",
    "say_coming",
    "take_absence",
    "take_back",
    "take_offer",
    "unblock_patient",
    "undo",
    "wait_for_earlier",
    "why_not_ended",
    "why_not_now",
    "withdraw_offer",
]
