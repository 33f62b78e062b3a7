"""A person's photo: the form, which the account and the desk share."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.forms import helper
from accounts.models import Patient
from accounts.services import save_photo
from accounts.views import INVALID, form_page
from web.photo_field import PhotoField


class PhotoForm(forms.Form):
    new_photo = PhotoField()

    def __init__(self, *args: Any, person: Patient, **options: Any) -> None:
        options["initial"] = {"new_photo": bool(person.photo)}
        super().__init__(*args, **options)
        self.photo_of = person
        self.helper = helper()
        self.helper.layout = Layout(Field("new_photo", template="includes/photo_field.html"))

    def save(self) -> None:
        """Save the photo that was sent, or its removal; nothing sent changes nothing."""
        sizes = self.cleaned_data["new_photo"]
        if sizes is not None:
            save_photo(self.photo_of, sizes)


@form_page
def person_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save the photo of one of the account's persons."""
    person = get_object_or_404(Patient.objects.of_account(request.user), pk=pk)
    form = PhotoForm(request.POST or None, request.FILES or None, person=person)
    if form.is_valid():
        form.save()
        return redirect("profile")
    status = INVALID if form.errors else 200
    return render(request, "accounts/photo.html", {"form": form, "person": person}, status=status)
