"""The sandbox and the command line once more, as a user without any privilege."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.protocols.sandbox.labs import status_of

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="These tests run as an ordinary user already.")

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
NEEDED = ("pytest", "pytest-asyncio", "hypothesis", "aiosmtpd", "pyftpdlib", "dnspython", "pyseccomp", "PyYAML")
SANDBOX = ("test_hostile.py", "test_layers.py", "test_supervisor.py", "test_capture.py")
AGAIN = (*(f"sandbox/{name}" for name in SANDBOX), "test_run.py", "test_run_place.py")


class OrdinaryUser:
    """A user with a copy of what the tests need: neither the checkout nor its environment may be in their reach."""

    def __init__(self, home: Path) -> None:
        self.home = home
        shutil.copytree(ROOT / "protocols", home / "protocols")
        shutil.copytree(ROOT / "tests" / "protocols", home / "tests" / "protocols")
        for name in ("pyproject.toml", "tests/__init__.py"):
            shutil.copy(ROOT / name, home / name)
        copy_packages(home / "packages")
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        self.python = self.find_python()

    def find_python(self) -> str:
        """A Python of our version that this user can run."""
        version = f"python3.{sys.version_info.minor}"
        candidates = [os.path.realpath(sys.executable), f"/usr/bin/{version}", shutil.which(version) or ""]
        for candidate in filter(None, candidates):
            try:
                if subprocess.run([candidate, "-c", ""], **self.options()).returncode == 0:
                    return candidate
            except OSError:
                continue
        pytest.fail(f"An ordinary user can run none of {', '.join(candidates)}.")

    def options(self) -> dict[str, Any]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(self.home)}
        environment["PYTHONPATH"] = f"{self.home}:{self.home}/packages"
        return {"cwd": self.home, "env": environment, "user": NOBODY, "group": NOBODY, "extra_groups": []}


def copy_packages(target: Path) -> None:
    """Copy the installed packages of `NEEDED`, and those that they need, to `target`."""
    wanted, copied = list(NEEDED), set[str]()
    while wanted:
        package = metadata.distribution(wanted.pop())
        if package.name in copied:
            continue
        copied.add(package.name)
        for file in package.files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), target / file)
        needs = map(Requirement, package.requires or ())
        wanted += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]


@pytest.fixture(scope="module")
def ordinary() -> Iterator[OrdinaryUser]:
    # Not below pytest's own folder, which is closed to others.
    with tempfile.TemporaryDirectory(prefix="lentil-ordinary-", dir="/tmp", ignore_cleanup_errors=True) as home:
        yield OrdinaryUser(Path(home))


def test_all_of_it_holds_for_an_ordinary_user(ordinary):
    command = [
        ordinary.python,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        *(f"tests/protocols/{each}" for each in AGAIN),
    ]
    done = subprocess.run(command, **ordinary.options(), capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-2_000:]


@pytest.mark.parametrize("name", ["user", "net", "pid", "ipc", "uts", "mnt"])
def test_their_labs_have_namespaces_of_their_own(ordinary, name):
    command = [ordinary.python, "-m", "tests.protocols.sandbox.keeper", "protocols.sandbox.zygote"]
    with subprocess.Popen(command, **ordinary.options(), stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout
        zygote, *labs = json.loads(keeper.stdout.readline())
        links = {os.readlink(f"/proc/{each}/ns/{name}") for each in (zygote, *labs)}
        statuses = [status_of(lab) for lab in labs]
        keeper.kill()
    assert len(links) == 4
    assert {status["Uid"].split()[0] for status in statuses} == {str(NOBODY)}
    assert {status["CapBnd"] for status in statuses} == {"0" * 16}
