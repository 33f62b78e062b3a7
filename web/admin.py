"""What the admin pages of every app share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import NestedObjects, lookup_spawns_duplicates
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import DataError, models, router
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import ngettext

from web.requests import any_id
from web.text import normalise, words


class TbibChangeList(ChangeList):
    """A filter by what no column can hold, a number of thirty digits or a NUL, is a filter that
    makes no sense: Django shows the list without it."""

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except (DataError, OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error


class TbibAdmin(admin.ModelAdmin):
    """Says kindly why a row stays, finds names without accents, filters by long lists."""

    show_full_result_count = False
    list_per_page = 50
    # The browser's own picker: the admin's compares the reader's clock with the server's.
    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
    }
    # What to do with a row that others refer to, said where it cannot be deleted.
    instead_of_deleting: str | Promise = ""

    @property
    def media(self) -> forms.Media:
        # For AutocompleteFilter; the forms have it from their own fields.
        return super().media + AutocompleteSelect(None, self.admin_site).media

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TbibChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        """Every word in one of `search_fields`; accents aside in those that are normalised."""
        columns = self.get_search_fields(request)
        wanted = models.Q()
        for word in search_term.replace("\x00", " ").split():
            anywhere = models.Q()
            # A patient is kept as "jean-luc", a doctor word for word, as "jean luc".
            spellings = {normalise(word), " ".join(words(word))} - {""}
            for column in columns:
                if column.endswith("search_text"):
                    for spelling in spellings:
                        anywhere |= models.Q((f"{column}__contains", spelling))
                else:
                    anywhere |= models.Q((f"{column}__icontains", word))
            wanted &= anywhere
        has_twins = any(lookup_spawns_duplicates(self.opts, column) for column in columns)
        return queryset.filter(wanted), has_twins

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """When rows are protected: how many of what, instead of one line for each.

        A practice has a hundred thousand appointments, and what is no page of this site
        (a doctor's private notes) is not named here either.
        """
        collector = NestedObjects(using=router.db_for_write(self.model), origin=objs)
        collector.collect(objs)
        if not collector.protected:
            return super().get_deleted_objects(objs, request)
        counts = Counter(type(each) for each in collector.protected)
        known = [model for model in counts if self.admin_site.is_registered(model)]
        reasons = [
            f"{counts[model]} {_name(model, counts[model])}"
            for model in sorted(known, key=lambda model: model._meta.label)
        ]
        others = sum(counts.values()) - sum(counts[model] for model in known)
        if others:
            reasons.append(ngettext("%d other record", "%d other records", others) % others)
        if self.instead_of_deleting:
            reasons.append(str(self.instead_of_deleting))
        return [], {}, set(), reasons


def _name(model: type[models.Model], count: int) -> str:
    meta = model._meta
    return str(meta.verbose_name if count == 1 else meta.verbose_name_plural)


class AutocompleteFilter(admin.FieldListFilter):
    """A filter by one of thousands: a field that completes what is typed, not a list of links.

    `list_filter = [("doctor", AutocompleteFilter)]`; the page must be a TbibAdmin.
    """

    template = "admin/autocomplete_filter.html"

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[models.Model],
        model_admin: admin.ModelAdmin,
        field_path: str,
    ) -> None:
        self.parameter = f"{field_path}__{field.target_field.name}__exact"
        widget = AutocompleteSelect(field, model_admin.admin_site)
        self.form_field = field.formfield(widget=widget, required=False)
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """One choice: the field itself, with what the other filters say as hidden values."""
        chosen = self.request.GET.get(self.parameter, "")
        yield {
            "widget": self.form_field.widget.render(
                self.parameter,
                chosen if any_id(chosen) else "",
                attrs={"id": f"filter-{self.field_path}", "aria-label": str(self.title)},
            ),
            "others": [
                (name, value)
                for name, values in self.request.GET.lists()
                for value in values
                if name not in (self.parameter, "p")
            ],
            "is_chosen": bool(chosen),
            "query_string": changelist.get_query_string(remove=[self.parameter]),
        }
