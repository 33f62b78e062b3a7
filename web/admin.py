"""Base classes and filters for the admin pages of every app."""

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
    """Shows the list without a filter whose value no column can hold.

    Such a value is a number of thirty digits, or has a NUL.
    """

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except (DataError, OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error


class TbibAdmin(admin.ModelAdmin):
    """Explains why a row stays, searches names without accents, and filters by long lists."""

    show_full_result_count = False
    list_per_page = 50
    # The browser's own picker: the admin's picker compares the reader's clock with the server's.
    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
    }
    # Advice for a row that cannot be deleted because other rows refer to it.
    instead_of_deleting: str | Promise = ""

    @property
    def media(self) -> forms.Media:
        # AutocompleteFilter needs these files; forms get them from their own fields.
        return super().media + AutocompleteSelect(None, self.admin_site).media

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TbibChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        """Return the rows that have every word in one of `search_fields`.

        Accents do not count in the columns that are normalised.
        """
        columns = self.get_search_fields(request)
        every_word = models.Q()
        for word in search_term.replace("\x00", " ").split():
            any_column = models.Q()
            # One column keeps "jean-luc" as it is written, another keeps the words "jean luc".
            spellings = {normalise(word), " ".join(words(word))} - {""}
            for column in columns:
                if column.endswith("search_text"):
                    for spelling in spellings:
                        any_column |= models.Q((f"{column}__contains", spelling))
                else:
                    any_column |= models.Q((f"{column}__icontains", word))
            every_word &= any_column
        has_twins = any(lookup_spawns_duplicates(self.opts, column) for column in columns)
        return queryset.filter(every_word), has_twins

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """When rows are protected, count them per model instead of one line for each row.

        A practice has a hundred thousand appointments. Models without an admin page (a doctor's
        private notes) are counted, but not named.
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
    """A filter by one of thousands of rows: a field with completion, not a list of links.

    `list_filter = [("doctor", AutocompleteFilter)]`; the admin page must be a TbibAdmin.
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
        """Yield one choice: the field, with the values of the other filters as hidden inputs."""
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
