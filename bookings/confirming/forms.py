"""What browsers send about a booking, cleaned; the services decide."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms import RelativeForm, email_field, in_rows
from accounts.models import Patient, User
from bookings.confirming.choice import Choice
from bookings.models.desks import desk_practices
from bookings.models.files import known_at
from doctors.models import ConsultationType, Doctor
from web.requests import any_id


class ChoiceForm(forms.Form):
    """Doctor, type and time. A time without offset is the practice's wall clock."""

    doctor = forms.ModelChoiceField(Doctor.objects.none())
    consultation_type = forms.ModelChoiceField(ConsultationType.objects.all())
    appointment_time = forms.CharField(
        error_messages={"required": _("Please choose a time: an appointment needs one.")}
    )
    seen = forms.CharField(required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doctors = Doctor.objects.visible_to(user).for_pages()
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        doctor, text = cleaned.get("doctor"), cleaned.get("appointment_time")
        if doctor and text:
            starts_at = parse_start(text, doctor.practice.zone)
            if starts_at is None:
                self.add_error("appointment_time", _("This is not a time we understand."))
            cleaned["appointment_time"] = starts_at
        return cleaned

    def clean_seen(self) -> str:
        seen: str = self.cleaned_data["seen"]
        return seen if seen in ("yes", "no") else ""

    @property
    def choice(self) -> Choice:
        """The choice that a valid form makes."""
        names = ("doctor", "consultation_type", "appointment_time", "seen")
        return Choice(*(self.cleaned_data[name] for name in names))


# A day at the edge of the calendar has no neighbours to compute with.
SANE_YEARS = range(1970, 9000)


def parse_start(text: str, zone: ZoneInfo) -> dt.datetime | None:
    """ISO 8601 to an instant; without offset on `zone`'s clock, first reading when it is
    read twice. None for what is no date, does not exist there, or lies out of range."""
    try:
        parsed = parse_datetime(text.strip())
        if parsed is None or parsed.year not in SANE_YEARS:
            return None
        if timezone.is_aware(parsed):
            return parsed.astimezone(dt.UTC)
        instant = parsed.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
        exists = instant.astimezone(zone).replace(tzinfo=None) == parsed
    except (ValueError, OverflowError):
        return None
    return instant if exists else None


def patients_for(user: User, doctor: Doctor, *, is_staff: bool) -> Any:
    """Whom `user` may book for at this doctor: own persons; at the desk, its practices'."""
    persons = Patient.objects.filter(account=user)
    if is_staff:
        persons |= known_at(desk_practices(user, doctor))
    return persons.select_related("account")


class DeskPersonForm(RelativeForm):
    """A person without an account, as the desk writes them down."""

    email = email_field(autocomplete="off", required=False)

    class Meta(RelativeForm.Meta):
        fields = (*RelativeForm.Meta.fields, "email")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["relation"]
        self.fields["birth_date"].required = False
        # No account stands behind this person: there is no other number to call. On the phone the
        # date of birth is not always known.
        self.fields["phone"].help_text = ""
        self.fields["email"].help_text = _("Confirmations and changes are sent there.")
        self.helper.layout = in_rows(self, ("first_name", "last_name"), ("birth_date", "phone"))


class InPlace:
    """A person given in place: the browser does not insist on these fields, the server does."""

    use_required_attribute = False
    instance: Patient

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "person_%s")
        super().__init__(*args, **kwargs)

    def person(self, *, account: User | None) -> Patient:
        """The new person, unsaved: `account`'s relative, or the desk's own when None."""
        self.instance.account = account
        return self.instance


class NewRelativeForm(InPlace, RelativeForm):
    """A relative to add while booking; the account's owner as well when `offers_self`."""

    def __init__(self, *args: Any, offers_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if offers_self:
            relation: Any = self.fields["relation"]
            myself = Patient.Relation.SELF
            relation.choices = [(myself.value, capfirst(myself.label)), *relation.choices]
            self.fields["phone"].help_text = ""


class NewPatientForm(InPlace, DeskPersonForm):
    """A new patient at the desk."""


class BookingForm(forms.Form):
    """For whom, and what to tell the doctor."""

    NEW = "new"

    patient = forms.CharField(required=False)
    reason = forms.CharField(
        label=_("What would you like to tell the doctor?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Please keep it under 1000 characters.")},
    )

    def __init__(
        self, *args: Any, user: User, doctor: Doctor, is_staff: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.doctor, self.is_staff = user, doctor, is_staff
        self.own = [] if is_staff else list(Patient.objects.of_account(user))
        """The account's persons, its owner first; staff name one of the practice's."""
        adds_person = self.data.get("patient") == self.NEW or (
            not self.data.get("patient") and bool(self.data.get("first_name"))
        )
        sent = self.data if adds_person else None
        initial = self._known_of_new_person() | (kwargs.get("initial") or {})
        self.person_form: Any = (
            NewPatientForm(sent, initial=initial)
            if is_staff
            else NewRelativeForm(sent, initial=initial, offers_self=self.offers_self)
        )

    @property
    def offers_self(self) -> bool:
        """Whether the account's owner is no patient yet: a doctor or secretary, for example."""
        return not self.is_staff and not any(person.is_self for person in self.own)

    def _known_of_new_person(self) -> dict[str, str]:
        if not self.offers_self:
            return {}
        name = {"first_name": self.user.first_name, "last_name": self.user.last_name}
        return {"relation": Patient.Relation.SELF.value, **name}

    def clean_patient(self) -> Patient | None:
        """An own person by default; None when one is to be added from the fields."""
        wanted = self.cleaned_data["patient"]
        if self.person_form.is_bound:
            if not self.person_form.is_valid():
                raise forms.ValidationError(_("Please complete this person's details."))
            return None
        if wanted:
            found = self._person(any_id(wanted))
            if found is None:
                raise forms.ValidationError(_("Please choose one of the persons listed."))
            return found
        if self.is_staff or self.offers_self:
            raise forms.ValidationError(_("Please say for whom this appointment is."))
        return self.own[0]

    def _person(self, pk: int) -> Patient | None:
        if not self.is_staff:
            return next((person for person in self.own if person.pk == pk), None)
        people = patients_for(self.user, self.doctor, is_staff=True)
        found: Patient | None = people.filter(pk=pk).first()
        return found

    @property
    def problems(self) -> str:
        """What is wrong, for a page that does not show the fields."""
        texts = [str(error) for errors in self.errors.values() for error in errors]
        for name, errors in self.person_form.errors.items():
            field = _("%(field)s: %(problem)s")
            words = {"field": self.person_form[name].label, "problem": " ".join(map(str, errors))}
            texts.append(str(field % words))
        return " ".join(texts)

    def person(self) -> Patient:
        """Whom the visit is for; unsaved when they are new: `book` writes both or neither."""
        patient: Patient | None = self.cleaned_data["patient"]
        return patient or self.person_form.person(account=None if self.is_staff else self.user)

    @property
    def chosen(self) -> str:
        """The person marked on the page: a pk, "new", or the first one's when empty."""
        return str(self["patient"].value() or "")
