"""Helpers for the tests of the admin pages of every app."""

from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import AdminFactory


def admin_client(**attributes):
    """Return a client signed in as an admin who reads English; the account is `client.user`."""
    client = Client()
    client.user = AdminFactory(language="en", **attributes)
    client.force_login(client.user)
    return client


def page(model, name="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def act(client, action, *rows, **data):
    """Run `action` on `rows` from their list."""
    data |= {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(page(type(rows[0])), data)


def found(client, model, **query):
    """Return the rows that the list shows for `query` (q=…, or a filter)."""
    return list(client.get(page(model), query).context["cl"].queryset)


def said(response):
    """Return the messages of a response, in order."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def form_of(response):
    """Return the values that the browser would post of an untouched form, formsets included."""
    context = response.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for bound in form:
            widget, value = bound.field.widget, bound.value()
            if hasattr(widget, "widgets"):
                parts = widget.get_context(bound.html_name, value, {})["widget"]["subwidgets"]
                data |= {part["name"]: part["value"] or "" for part in parts}
            elif value is not None and value is not False:
                data[bound.html_name] = value
    return data


def save(client, row, **changes):
    """Open the row's page, change some fields, and save."""
    address = page(type(row), "change", row.pk)
    return client.post(address, form_of(client.get(address)) | changes)


def add(client, model, **values):
    address = page(model, "add")
    return client.post(address, form_of(client.get(address)) | values)


def errors_of(response):
    """Return {field: its errors} of a form that was refused."""
    form = response.context["adminform"].form
    return {name: list(errors) for name, errors in form.errors.items()}
