"""Columns for names: searched and compared without case and accents."""

from typing import Any

from django.db import models

from web.text import normalise


class SearchTextField(models.CharField):
    """The normalised copy of another attribute, written again at every save of the row.

    `pre_save` writes it and not `Model.save`, so that `bulk_create` writes it too.
    """

    def __init__(self, *, of: str = "", **options: Any) -> None:
        self.of = of
        options.setdefault("max_length", 300)
        options.setdefault("editable", False)
        options.setdefault("default", "")
        options.setdefault("db_index", True)
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        # Django leaves out an option that has its default; the default of `db_index` differs here.
        return name, path, args, {"db_index": False, **options, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = normalise(getattr(model_instance, self.of))[: self.max_length]
        setattr(model_instance, self.attname, text)
        return text


class LowerCaseMixin:
    """Stores and looks up text in lower case: people type either case when they sign in."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)  # type: ignore[misc]
        return value.lower() if isinstance(value, str) else value


class LowerCaseCharField(LowerCaseMixin, models.CharField):
    pass


class LowerCaseEmailField(LowerCaseMixin, models.EmailField):
    pass
