"""Leave half-sent requests at the site and at the door, and see who is still served: `make door`.

The site is gunicorn on a database of its own; the door is nginx with deploy/nginx/tbib-site.inc.
Exit status 1: somebody behind nginx waited for longer than ANSWERED_WITHIN.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from race import ENVIRONMENT
from test import ROOT, free_port, sqlite_url

sys.path.insert(0, str(ROOT))

from tests.race.server import serving

ANSWERED_WITHIN = 3.0  # seconds
ASKED = 10
HALF = {
    "heads": b"GET /doctors/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half:",
    "bodies": b"POST /bookings/hold/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ndoctor=",
}
NGINX = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream tbib {{ server 127.0.0.1:{site}; keepalive 16; }}
    server {{ listen 127.0.0.1:{port}; include {root}/deploy/nginx/tbib-site.inc; }}
}}
"""


def main() -> None:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        sys.exit("door skipped: no nginx here (`apt install nginx-light`)")
    failed = False
    with sqlite_url() as url, tempfile.TemporaryDirectory(prefix="tbib-door-") as folder:
        os.environ.update(ENVIRONMENT, DATABASE_URL=url)
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "--verbosity=0"], cwd=ROOT, check=True)
        with serving(Path(folder, "gunicorn.log")) as site, nginx(program, folder, site) as door:
            for number in (8, 40, 200):
                for kind, half in HALF.items():
                    for name, port in {"gunicorn alone": site, "behind nginx": door}.items():
                        answered, slowest = served_beside(port, number, half)
                        is_bad = name == "behind nginx" and answered < ASKED
                        failed |= is_bad
                        print(
                            f"{number:4} half-sent {kind:7} {name:15} {answered:2} of {ASKED} "
                            f"answered, slowest {slowest:.2f} s{'  BAD' if is_bad else ''}",
                            flush=True,
                        )
    sys.exit(failed)


@contextlib.contextmanager
def nginx(program: str, folder: str, site: int) -> Iterator[int]:
    port = free_port()
    configuration = Path(folder, "nginx.conf")
    configuration.write_text(NGINX.format(folder=folder, site=site, port=port, root=ROOT))
    if os.getuid() == 0:
        configuration.write_text("user root;\n" + configuration.read_text())
    process = subprocess.Popen([program, "-c", str(configuration)], cwd=folder)
    try:
        time.sleep(1)
        yield port
    finally:
        process.terminate()
        process.wait()


def served_beside(port: int, number: int, half: bytes) -> tuple[int, float]:
    """Return how many of ASKED requests are answered in time beside `number` halves."""
    with contextlib.ExitStack() as stack:
        for _ in range(number):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            sock.sendall(half)
        time.sleep(0.5)
        answered, slowest = 0, 0.0
        for _ in range(ASKED):
            begin = time.monotonic()
            answered += is_answered(port)
            slowest = max(slowest, time.monotonic() - begin)
    time.sleep(1)
    return answered, slowest


def is_answered(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWERED_WITHIN)
    try:
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
