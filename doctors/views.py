"""How a doctor comes in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from accounts.views import SignUpView
from doctors.forms import DoctorSignUpForm
from doctors.models import Doctor


@method_decorator(login_not_required, name="dispatch")
class DoctorSignUpView(SignUpView):
    """Routed in scheduling.urls, where the new practice gets its public holidays."""

    template_name = "doctors/sign_up.html"
    app = "doctors"
    fragment = "doctor_sign_up_form"
    form_class = DoctorSignUpForm

    def get_default_success_url(self) -> str:
        return reverse("doctor_signed_up")


@require_safe
def signed_up(request: HttpRequest) -> HttpResponse:
    """What is left to do until patients find this doctor."""
    doctor = get_object_or_404(Doctor.objects.for_pages(), user=request.user)
    return render(request, "doctors/signed_up.html", {"doctor": doctor})
