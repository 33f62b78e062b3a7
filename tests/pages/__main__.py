"""`python -m tests.pages FOLDER [PAGES]`: see the package."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from fnmatch import fnmatch
from pathlib import Path


def main(folder: Path, wanted: str = "*") -> None:
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="tbib-pages-") as place:
        os.environ["DATABASE_URL"] = f"sqlite:///{place}/tbib.sqlite3"
        os.environ["MEDIA_ROOT"] = f"{place}/media"
        os.environ["SECRET_KEY"] = (
            "for drawn pages only: the same in every run, and no secret at all"
        )
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        import conftest  # noqa: F401  (the environment of tests, before Django starts)
        from tests.pages.drawing import draw
        from tests.pages.list_of_pages import pages_of
        from tests.pages.world import build_world, stopped

        setup_test_environment(debug=False)
        folder.mkdir(parents=True, exist_ok=True)
        with stopped():
            call_command("migrate", verbosity=0)
            world, count = build_world(), 0
            for page in pages_of(world):
                if fnmatch(page.name, wanted):
                    for role in page.roles:
                        text = draw(page, role, world.sessions)
                        (folder / f"{page.name}.{role}.txt").write_text(text)
                        count += 1
    print(f"{count} files in {time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), *sys.argv[2:])
