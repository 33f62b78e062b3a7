"""The words by which doctors are found, one row for each, so that an index finds how they start."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.models import Count
from django.db.models.signals import post_save
from django.dispatch import receiver

if TYPE_CHECKING:
    from doctors.models.doctor import Doctor

LONGEST_WORD = 60


class SearchWordQuerySet(models.QuerySet["SearchWord"]):
    def starting(self, start: str) -> SearchWordQuerySet:
        """Words that start so; PostgreSQL's index is for LIKE, SQLite's for comparisons."""
        start = start[:LONGEST_WORD]
        if connection.vendor == "sqlite":
            return self.filter(word__gte=start, word__lt=start + "\U0010ffff")
        return self.filter(word__startswith=start)

    def in_names(self) -> SearchWordQuerySet:
        """Words of the doctors' own names."""
        return self.filter(is_name=True)

    def most_used(self, words: Collection[str], count: int) -> list[str]:
        """The `count` of these words that most doctors have."""
        used = self.filter(word__in=words).order_by().values_list("word")
        counted = used.annotate(number=Count("pk")).order_by("-number", "word")
        return [word for word, _number in counted[:count]]

    def write(self, doctors: Iterable[Doctor]) -> None:
        """Make the words of `doctors`, just saved, those of their search columns."""
        doctors = list(doctors)
        self.filter(doctor__in=doctors).delete()
        SearchWord.objects.bulk_create(word for each in doctors for word in words_of(each))


class SearchWord(models.Model):
    """A word of a doctor's `search_text`; `is_name` when it is one of `search_name` too.

    Saving a doctor, and `bulk_create`, write it (docs/decisions/search-text.md).
    """

    doctor = models.ForeignKey("doctors.Doctor", on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=LONGEST_WORD)
    is_name = models.BooleanField()

    objects = SearchWordQuerySet.as_manager()

    class Meta:
        indexes = [
            # PostgreSQL finds how a word starts by this operator class only.
            models.Index(
                fields=["word", "doctor"],
                name="search_word_by_start",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            models.Index(
                fields=["is_name", "word", "doctor"],
                name="search_word_of_names",
                opclasses=["bool_ops", "varchar_pattern_ops", "int8_ops"],
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["doctor", "word"], name="search_word_is_kept_once")
        ]

    def __str__(self) -> str:
        return self.word


def words_of(doctor: Doctor) -> list[SearchWord]:
    names = {word[:LONGEST_WORD] for word in doctor.search_name.split()}
    known = {word[:LONGEST_WORD] for word in doctor.search_text.split()} | names
    return [SearchWord(doctor=doctor, word=word, is_name=word in names) for word in sorted(known)]


@receiver(post_save, sender="doctors.Doctor")
def write_words_of_saved(instance: Doctor, update_fields: Any, **_signal: Any) -> None:
    if update_fields is None or "search_text" in update_fields:
        SearchWord.objects.write([instance])
