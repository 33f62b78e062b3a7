"""The forms for a doctor's sign-up and for a doctor's own page."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.conf import settings
from django.utils.text import normalize_newlines
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.forms import SignUpForm, helper, row
from doctors.models import LANGUAGES_SPOKEN, Doctor, Specialty
from doctors.places import countries, zones, zones_by_country
from doctors.services import sign_up_doctor
from web.photo_field import PhotoField

PRACTICE = ("name", "street", "postal_code", "city", "country", "time_zone", "phone")


class DoctorSignUpForm(SignUpForm):
    """The account, the specialty, and the practice where the doctor works."""

    open_account = staticmethod(sign_up_doctor)

    specialty = forms.ModelChoiceField(
        Specialty.objects.all(), label=_("Specialty"), empty_label=_("Choose…")
    )
    practice_name = forms.CharField(
        label=_("Name of the practice"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    practice_street = forms.CharField(
        label=_("Street and number"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    practice_postal_code = forms.CharField(
        label=_("Postal code"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    practice_city = forms.CharField(
        label=_("City"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    practice_country = forms.ChoiceField(
        label=_("Country"), widget=forms.Select(attrs={"autocomplete": "country"})
    )
    practice_time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("Only if the country has several: appointments follow this one."),
    )
    practice_phone = PhoneNumberField(
        label=_("Phone of the practice"),
        help_text=_("Shown to patients."),
    )

    field_order = (
        *("first_name", "last_name", "specialty", "email", "password1"),
        *(f"practice_{name}" for name in PRACTICE),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        language = (get_language() or "fr")[:2]
        specialty = self.fields["specialty"]
        specialty.queryset = Specialty.objects.order_by(f"name_{language}")
        # Read here: a template reads nothing.
        specialty.choices = list(specialty.choices)
        self.fields["practice_country"].choices = countries()
        self.fields["practice_country"].initial = settings.PHONENUMBER_DEFAULT_REGION
        same = [("", _("The country's"))]
        self.fields["practice_time_zone"].choices = [*same, *zones()]
        phone = self.fields["practice_phone"]
        phone.widget.attrs["autocomplete"] = "tel"
        if self.data.get("practice_country") in zones_by_country():
            # "05 22 …" is a number of the practice's country.
            phone.region = self.data["practice_country"]
        self.helper.layout = Layout(
            Fieldset(
                _("You"),
                row("first_name", "last_name"),
                "specialty",
                "email",
                "password1",
            ),
            Fieldset(
                _("Your practice"),
                "practice_name",
                "practice_street",
                row("practice_postal_code", "practice_city"),
                row("practice_country", "practice_time_zone"),
                "practice_phone",
            ),
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if not data.get("practice_time_zone") and data.get("practice_country"):
            found = zones_by_country()[data["practice_country"]]
            if len(found) == 1:
                data["practice_time_zone"] = found[0]
            else:
                self.add_error(
                    "practice_time_zone",
                    _("This country has several: choose the one of the practice."),
                )
        return data

    def account_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        practice = {name: data[f"practice_{name}"] for name in PRACTICE}
        return super().account_data() | {"specialty": data["specialty"], "practice": practice}


# -- a doctor's own page ------------------------------------------------------------------


class PageForm(forms.ModelForm):
    """The text and options that patients read; place, hours and types have their own pages."""

    MAX_PRESENTATION = 2000

    new_photo = PhotoField()
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken"),
        choices=list(LANGUAGES_SPOKEN.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Doctor
        fields = ("presentation", "languages", "accepts_new_patients", "offers_video")

    field_order = ("new_photo", *Meta.fields)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["new_photo"] = bool(self.instance.photo)
        self.photo_of = self.instance
        presentation = self.fields["presentation"]
        presentation.label = _("About you")
        presentation.help_text = _("What you treat, how you work, where you trained.")
        presentation.widget.attrs |= {"rows": 8, "maxlength": self.MAX_PRESENTATION}
        self.fields["accepts_new_patients"].label = _("I take new patients")
        self.fields["offers_video"].label = _("I offer video visits")
        self.helper = helper()
        photo = Field("new_photo", template="includes/photo_field.html")
        self.helper.layout = Layout(photo, *self.Meta.fields)

    def clean_presentation(self) -> str:
        """Count as the browser counts: a line break is one character."""
        text = normalize_newlines(self.cleaned_data["presentation"]).strip()
        if len(text) > self.MAX_PRESENTATION:
            counts = {"limit": self.MAX_PRESENTATION, "count": len(text)}
            refusal = gettext("At most %(limit)s characters; these are %(count)s.") % counts
            raise forms.ValidationError(refusal)
        return text
