"""Imports go one way: ARCHITECTURE.md says which."""

import ast
from pathlib import Path

import pytest

import protocols

ROOT = Path(protocols.__file__).parent
FILES = {path.relative_to(ROOT.parent).with_suffix(""): path for path in ROOT.rglob("*.py")}
MODULES = {".".join(name.parts).removesuffix(".__init__"): path for name, path in FILES.items()}
PROTOCOLS = ("smtp", "ftp", "dns")

# No clock, no socket: octets and plain values in, values out.
PURE = ("limits", "events", "description", "world", "machine", "tap", "explain")
PURE_OF_PROTOCOL = ("wire", "paths", "states", "tables", "causes", "content", "session", "explain")
IMPURE = {"asyncio", "socket", "select", "threading", "subprocess", "time", "random", "os", "aiosmtpd", "logging"}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def is_pure(module: str) -> bool:
    parts = module.split(".")[1:]
    if not parts:
        return True
    return parts[0] in PURE or (parts[0] in PROTOCOLS and (len(parts) == 1 or parts[1] in PURE_OF_PROTOCOL))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_protocols_know_nothing_of_the_portal(module):
    assert not {name.split(".")[0] for name in imported(MODULES[module])} & {"portal", "django", "celery", "redis"}


@pytest.mark.parametrize(
    "module", sorted(name for name in MODULES if name.split(".")[1:2] and name.split(".")[1] in PROTOCOLS)
)
def test_no_protocol_imports_another(module):
    others = {f"protocols.{name}" for name in PROTOCOLS if name != module.split(".")[1]}
    assert not {".".join(name.split(".")[:2]) for name in imported(MODULES[module])} & others


@pytest.mark.parametrize("module", sorted(filter(is_pure, MODULES)))
def test_pure_modules_import_pure_ones_and_no_clock_or_socket(module):
    names = imported(MODULES[module])
    assert not {name.split(".")[0] for name in names} & IMPURE
    assert all(is_pure(name) for name in names if name in MODULES)
