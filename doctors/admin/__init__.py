"""Doctors, practices, specialties and memberships in the admin.

Consultation types have a page of their own in scheduling.admin; practices are registered there.
"""

from doctors.admin import doctors, practices

__all__ = ["doctors", "practices"]
