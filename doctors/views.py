"""The views for a doctor's sign-up, their own page and its photo."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.views import INVALID, SignUpView, form_page
from doctors.forms import DoctorSignUpForm, PageForm
from doctors.models import Doctor
from doctors.services import save_page
from web import photos

FOR_EVER = "public, max-age=31536000, immutable"


@method_decorator(login_not_required, name="dispatch")
class DoctorSignUpView(SignUpView):
    """scheduling.urls routes a subclass, which proposes the new practice's public holidays."""

    template_name = "doctors/sign_up.html"
    app = "doctors"
    fragment = "doctor_sign_up_form"
    form_class = DoctorSignUpForm

    def get_default_success_url(self) -> str:
        return reverse("doctor_signed_up")


@require_safe
def signed_up(request: HttpRequest) -> HttpResponse:
    """Show the steps that remain before patients find this doctor."""
    doctor = get_object_or_404(Doctor.objects.for_pages(), user=request.user)
    return render(request, "doctors/signed_up.html", {"doctor": doctor})


@form_page
def edit_page(request: HttpRequest) -> HttpResponse:
    """Show and save “Ma fiche”, the page about themselves that doctors write for patients."""
    doctor = get_object_or_404(Doctor.objects.for_pages(), user=request.user)
    form = PageForm(request.POST or None, request.FILES or None, instance=doctor)
    if form.is_valid():
        save_page(form.save(commit=False), photo=form.cleaned_data["new_photo"])
        messages.success(request, _("Your page is saved."))
        return redirect(doctor)
    context = {"form": form, "doctor": doctor}
    return render(
        request, "doctors/edit_page.html", context, status=INVALID if form.errors else 200
    )


@login_not_required
@require_safe
def photo(request: HttpRequest, token: str, side: int) -> HttpResponse:
    """Return one file of a photo to readers who may see its doctor.

    A new photo has a new address.
    """
    name = photos.file_name(token, photos.LARGEST)
    doctors = Doctor.objects.visible_to(request.user).select_related("user")
    doctor = get_object_or_404(doctors, photo=name)
    cache = FOR_EVER if doctor.is_approved else "private, no-cache"
    return photos.answer(request, token, side, cache=cache)
