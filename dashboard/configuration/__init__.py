"""What a practice sets itself: reasons for a visit, hours, absences, holidays, its details.

One module a tab. Saving goes through `scheduling.services`, and through `bookings.services` where
visits may stand in the way: then `review` asks what becomes of each.
"""
