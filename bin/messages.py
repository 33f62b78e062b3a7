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

# Catalogues exist for these languages and for any other language that has a folder.
LANGUAGES = ("fr",)

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

# Babel orders the six Arabic forms differently from translators and Django.
PLURAL_FORMS = {
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3"
    " : n%100>=11 && n%100<=99 ? 4 : 5;",
}

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


def extract_domain(domain: str) -> Catalog:
    """Return all strings of a domain: `django` for Python and templates, `djangojs` for scripts."""
    catalog = Catalog()
    for found in sorted(strings_of(domain), key=lambda found: found.file):
        catalog.add(
            found.id,
            context=found.context,
            # No line numbers: every edit above a string would change them.
            locations=[(found.file, None)],
            auto_comments=found.comments,
        )
    return catalog


def strings_of(domain: str) -> Iterator[MarkedString]:
    if domain == "djangojs":
        for path in sorted((ROOT / "frontend" / "js").rglob("*.js")):
            yield from strings_in(path, "javascript", path.read_bytes())
        return
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts):
                yield from strings_in(path, "python", path.read_bytes())
    for folder in (ROOT / "templates", *(ROOT / app / "templates" for app in APPS)):
        for path in sorted(file for file in folder.rglob("*") if file.is_file()):
            yield from strings_in(path, "python", template_as_python(path))


def template_as_python(path: Path) -> bytes:
    """Return a template as gettext calls that Babel's extractor can read.

    Django replaces the other text with letters and keeps the indentation of lines. Python's
    tokenizer would read the indentation as blocks, so it is removed.
    """
    from django.utils.translation import template

    blotted = template.templatize(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    return "\n".join(line.strip() for line in blotted.splitlines()).encode()


def strings_in(path: Path, method: str, content: bytes) -> Iterator[MarkedString]:
    file = path.relative_to(ROOT).as_posix()
    found = extract(method, io.BytesIO(content), KEYWORDS, COMMENT_TAGS)
    for _line, message_id, comments, context in found:
        if message_id and message_id != ("", ""):
            yield MarkedString(message_id, context, file, comments)


# Catalogues -----------------------------------------------------------------------------------


def languages() -> list[str]:
    return sorted({*LANGUAGES, *(path.name for path in LOCALE.glob("*") if path.is_dir())})


def catalog_path(language: str, domain: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def read_catalog(path: Path, language: str) -> Catalog:
    if path.exists():
        return read_po(io.BytesIO(path.read_bytes()), locale=language)
    if language in PLURAL_FORMS:
        header = f'msgid ""\nmsgstr ""\n"Plural-Forms: {PLURAL_FORMS[language]}\\n"\n'
        return read_po(io.BytesIO(header.encode()), locale=language)
    return Catalog(locale=language, fuzzy=False)


def update_catalogs() -> None:
    for domain in ("django", "djangojs"):
        sources = extract_domain(domain)
        for language in languages():
            path = catalog_path(language, domain)
            if len(sources) == 0 and not path.exists():
                continue
            catalog = read_catalog(path, language)
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
    path.parent.mkdir(parents=True, exist_ok=True)
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
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        catalog = read_catalog(path, path.parts[-3])
        # First under another name: a server that starts must not read half a file.
        unfinished = path.with_suffix(".mo.new")
        with unfinished.open("wb") as file:
            write_mo(file, catalog)
        os.replace(unfinished, path.with_suffix(".mo"))


# Checks ---------------------------------------------------------------------------------------


def check() -> int:
    """Print every string without a correct translation; return 1 if there is any."""
    problems = [
        problem
        for domain in ("django", "djangojs")
        for language in languages()
        for problem in problems_of(domain, language)
    ]
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} to mend: `make messages` adds what is missing, empty.")
    return 1 if problems else 0


def problems_of(domain: str, language: str) -> Iterator[str]:
    path = catalog_path(language, domain)
    catalog = read_catalog(path, language)
    for source in messages_of(extract_domain(domain)):
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
