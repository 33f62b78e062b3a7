"""The form field for a photo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from web import photos


class PhotoInput(forms.ClearableFileInput):
    """A file, and a box that removes the present photo; the page shows that photo."""

    template_name = "includes/photo_input.html"
    clear_checkbox_label: Any = _("Remove the photo")

    def is_initial(self, value: Any) -> bool:
        return bool(value)


class PhotoField(forms.FileField):
    """Cleans to `web.photos.Sizes`: empty to remove the photo, None to leave it unchanged.

    `initial` is whether there is a photo.
    """

    widget = PhotoInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Photo"))
        text = _("JPEG, PNG or WebP, up to {limit} MB. We cut it square around its middle.")
        options.setdefault("help_text", format_lazy(text, limit=photos.MAX_MEGABYTES))
        super().__init__(required=False, **options)
        self.widget.attrs["accept"] = "image/jpeg,image/png,image/webp"

    def clean(self, data: Any, initial: Any = None) -> photos.Sizes | None:
        file = super().clean(data, initial)
        if file is False:
            return {}
        return photos.squares(file) if data else None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return `initial`: a browser sends a file only once, so an error shows the saved photo."""
        return initial
