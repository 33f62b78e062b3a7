"""`python -m tests.mails FOLDER`: see the package."""

from __future__ import annotations

import os
import sys
import tempfile
from html import escape
from pathlib import Path


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="tbib-mails-") as place:
        os.environ["DATABASE_URL"] = f"sqlite:///{place}/tbib.sqlite3"
        os.environ["SECRET_KEY"] = "for drawn mails only, and no secret at all"
        os.environ["SITE_URL"] = "https://tbib.example"
        from django.core.management import call_command
        from django.db import transaction
        from django.test.utils import setup_test_environment

        import conftest  # noqa: F401  (the environment of tests, before Django starts)

        setup_test_environment(debug=False)
        call_command("migrate", verbosity=0)
        folder.mkdir(parents=True, exist_ok=True)
        names = []
        for language in ("fr", "en"):
            with transaction.atomic():
                names += draw(folder, language)
                transaction.set_rollback(True)
    links = "".join(f'<li><a href="{name}.html">{escape(name)}</a></li>' for name in names)
    (folder / "index.html").write_text(f"<!doctype html><title>Mails</title><ul>{links}</ul>")
    print(f"{len(names)} mails in {folder}")


def draw(folder: Path, language: str) -> list[str]:
    """Write each kind's mail in this language; return the files' names without their ends."""
    from bookings.messages.composing import compose
    from bookings.tests.mail_samples import NOW, build_samples

    names = []
    for row in build_samples(language):
        mail = compose(row, now=NOW)
        name = f"{row.kind}.{language}"
        ((html, _kind), *_others) = mail.alternatives
        (folder / f"{name}.html").write_text(html)
        (folder / f"{name}.txt").write_text(
            f"From: {mail.from_email}\nSubject: {mail.subject}\n\n{mail.body}"
        )
        names.append(name)
    return names


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
