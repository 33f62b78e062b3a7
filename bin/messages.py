"""Keep the translations (`locale/*/LC_MESSAGES/*.po`) in step with the sources.

    bin/messages.py             update the catalogues; new strings come in empty
    bin/messages.py --check     list missing, empty and fuzzy strings, and wrong placeholders
    bin/messages.py --compile   write the .mo files that Django reads

Babel does the work, so no gettext tools are needed. The language of the sources is English.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
APPS = ("web", "accounts", "doctors", "scheduling", "bookings", "dashboard", "config")

# The functions that mark a string, with the positions of string, plural and context (c).
PLURAL, IN_CONTEXT, PLURAL_IN_CONTEXT = (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": IN_CONTEXT,
    "pgettext_lazy": IN_CONTEXT,
    "npgettext": PLURAL_IN_CONTEXT,
    "npgettext_lazy": PLURAL_IN_CONTEXT,
}
COMMENT_TAGS = ("Translators",)

HEADER = "# Translations of Tbib. Write them here; `make messages` keeps the list of strings.\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only tell; exit 1 if anything is")
    parser.add_argument("--compile", action="store_true", help="only write the .mo files")
    options = parser.parse_args()
    if options.compile:
        compile_catalogs()
    elif options.check:
        sys.exit(check())
    else:
        update_catalogs()


# Sources --------------------------------------------------------------------------------------


class MarkedString(NamedTuple):
    """One marked string of the sources; `id` is a pair when it has a plural."""

    id: str | tuple[str, str]
    context: str | None
    file: str
    comments: list[str]


def extract_catalog() -> Catalog:
    """Return all strings of the Python code and of the templates."""
    catalog = Catalog()
    for found in sorted(strings_of_sources(), key=lambda found: found.file):
        catalog.add(
            found.id,
            context=found.context,
            # No line numbers: every edit above a string would change them.
            locations=[(found.file, None)],
            auto_comments=found.comments,
        )
    return catalog


def strings_of_sources() -> Iterator[MarkedString]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts):
                yield from strings_in(path, path.read_bytes())
    for path in sorted(file for file in (ROOT / "templates").rglob("*") if file.is_file()):
        yield from strings_in(path, template_as_python(path))


def template_as_python(path: Path) -> bytes:
    """Return a template as gettext calls that Babel's extractor can read.

    Django replaces the other text with letters and keeps the indentation of lines. Python's
    tokenizer would read the indentation as blocks, so it is removed.
    """
    from django.utils.translation import template

    blotted = template.templatize(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    return "\n".join(line.strip() for line in blotted.splitlines()).encode()


def strings_in(path: Path, content: bytes) -> Iterator[MarkedString]:
    file = path.relative_to(ROOT).as_posix()
    found = extract("python", io.BytesIO(content), KEYWORDS, COMMENT_TAGS)
    for _line, message_id, comments, context in found:
        if message_id and message_id != ("", ""):
            yield MarkedString(message_id, context, file, comments)


# Catalogues -----------------------------------------------------------------------------------


def catalog_paths() -> list[Path]:
    """Return the catalogue of each language that has a folder."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def read_catalog(path: Path) -> Catalog:
    return read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3])


def update_catalogs() -> None:
    sources = extract_catalog()
    for path in catalog_paths():
        catalog = read_catalog(path)
        # Babel's guess from a similar string is wrong more often than it helps.
        catalog.update(sources, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        write_catalog(catalog, path)
        empty = sum(1 for message in messages_of(catalog) if not is_translated(message))
        print(f"{path.relative_to(ROOT)}: {len(catalog)} strings, {empty} to translate")


def write_catalog(catalog: Catalog, path: Path) -> None:
    """Write a catalogue so that a diff shows only strings."""
    text = io.BytesIO()
    write_po(text, catalog, width=100, sort_output=True, include_lineno=False, omit_header=True)
    path.write_bytes(header_of(catalog).encode() + text.getvalue().strip() + b"\n")


def header_of(catalog: Catalog) -> str:
    """Return the header, with the facts that readers need: no dates, tool versions or addresses."""
    fields = (
        f"Language: {catalog.locale_identifier}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {catalog.plural_forms}",
    )
    lines = "".join(f'"{field}\\n"\n' for field in fields)
    return f'{HEADER}msgid ""\nmsgstr ""\n{lines}\n'


def compile_catalogs() -> None:
    for path in catalog_paths():
        catalog = read_catalog(path)
        # First under another name: a server that starts must not read half a file.
        unfinished = path.with_suffix(".mo.new")
        with unfinished.open("wb") as file:
            write_mo(file, catalog)
        os.replace(unfinished, path.with_suffix(".mo"))


# Checks ---------------------------------------------------------------------------------------


def check() -> int:
    """Print every string without a correct translation; return 1 if there is any."""
    problems = [problem for path in catalog_paths() for problem in problems_of(path)]
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} to mend: `make messages` adds what is missing, empty.")
    return 1 if problems else 0


def problems_of(path: Path) -> Iterator[str]:
    catalog = read_catalog(path)
    for source in messages_of(extract_catalog()):
        message = catalog.get(source.id, source.context)
        problem = problem_of(source, message)
        if problem:
            files = ", ".join(file for file, _ in source.locations)
            yield f"{path.relative_to(ROOT)}: {problem}: {first_of(source.id)!r} ({files})"


def problem_of(source: Message, message: Message | None) -> str | None:
    if message is None or isinstance(message.id, str) != isinstance(source.id, str):
        return "missing"
    if not is_translated(message):
        return "not translated"
    if message.fuzzy:
        return "fuzzy"
    if has_other_placeholders(message):
        return "other placeholders"
    return None


def messages_of(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def is_translated(message: Message) -> bool:
    return all(forms_of(message.string))


def has_other_placeholders(message: Message) -> bool:
    """Whether a translation would lose a value or fail because of a missing one."""
    if isinstance(message.id, str):
        return placeholders(message.string) != placeholders(message.id)
    # "One patient" and the Arabic dual have no number, so a form of a plural may lack one.
    known = set().union(*map(placeholders, message.id))
    needed = len(set.intersection(*map(set, map(placeholders, message.id))))
    return any(
        not set(placeholders(form)) <= known or len(set(placeholders(form))) < needed - 1
        for form in forms_of(message.string)
    )


def placeholders(text: str) -> list[str]:
    """Return the placeholders, sorted: %(name)s, {name}, and %s as often as it occurs."""
    return sorted(re.findall(r"%\(\w+\)[a-z]|%[sdif]|%%|\{\w*\}", text))


def forms_of(string: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """Return a string's plural forms, or the string alone; one empty form for a new string."""
    if not string:
        return [""]
    return [string] if isinstance(string, str) else list(string)


def first_of(message_id: str | tuple[str, ...]) -> str:
    return forms_of(message_id)[0]


if __name__ == "__main__":
    main()
