"""A patient's photo, for those who may see the patient."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import PHOTOS
from bookings.models.files import patients_visible_to
from web import photos


@require_safe
def patient_photo(request: HttpRequest, token: str, side: int) -> HttpResponse:
    """Return one file of a photo; a browser asks again each time whether it may still show it."""
    name = photos.file_name(token, photos.LARGEST, PHOTOS)
    get_object_or_404(patients_visible_to(request.user), photo=name)
    return photos.answer(request, token, side, folder=PHOTOS, cache="private, no-cache")
