"""Imports go one way, as ARCHITECTURE.md says. A module that is new needs its place here first."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Lowest first: a module imports from its own layer and from those below it.
PROTOCOLS = [
    {"events", "codec", "description", "lesson", "world", "machine", "limits", "printed", "tap"},
    {"a protocol's pure files"},
    {"explain", "eavesdrop", "goals"},
    {"recorder", "console", "a protocol's server, client and tap"},
    {"sandbox"},
    {"transcript", "playing", "run", "__main__"},
]
PURE = 3  # how many of these layers are octets and plain values in, values out
# The impure parts of a protocol.
IMPURE_PARTS = {"server", "client", "tap", "exchange", "connections", "store", "recursion"}
IMPURE_PARTS |= {"control", "data", "loop", "moving", "opening"}  # what moves octets
IMPURE_PARTS |= {"client_arranging", "client_data", "client_transfer"}
IMPURE_PARTS |= {"programs", "dig_run", "nslookup_session"}  # what its programs do
IMPURE = {
    "asyncio",
    "socket",
    "select",
    "threading",
    "subprocess",
    "time",
    "random",
    "os",
    "aiosmtpd",
    "pyftpdlib",
    "logging",
}
PORTAL = [
    {"celery", "environment", "logs", "middleware", "pages", "rows", "versions"},
    {"accounts"},
    {"requests"},
    {"courses"},
    {"worlds"},
    {"labs"},
    {"exercises"},
    {"asgi", "health", "run", "settings", "urls"},
]


def modules(package: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield name.removesuffix(".__init__"), path


def imports(package: str) -> list[tuple[str, str]]:
    """(who imports, what) for every import, those in functions too; of `from a import b` both a and a.b."""
    found = []
    for name, path in modules(package):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found += [(name, each.name) for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{name} imports relatively"
                assert node.module
                found += [(name, node.module), *((name, f"{node.module}.{each.name}") for each in node.names)]
    return found


def is_protocol(name: str) -> bool:
    return (ROOT / "protocols" / name / "wire.py").exists()


def layer(module: str) -> int | None:
    """The number of the module's layer; None for a package itself, and for what is no module of ours."""
    package, first, second = [*module.split("."), "", ""][:3]
    if package == "protocols" and is_protocol(first):
        impure = second in IMPURE_PARTS
        first = "a protocol's server, client and tap" if impure else "a protocol's pure files"
        first = "explain" if second == "explain" else first
    layers = {"protocols": PROTOCOLS, "portal": PORTAL}.get(package, [])
    return next((number for number, names in enumerate(layers) if first in names), None)


@pytest.mark.parametrize("package", ["protocols", "portal"])
def test_every_module_has_its_layer(package):
    assert [name for name, _ in modules(package) if name != package and layer(name) is None] == []


@pytest.mark.parametrize("package", ["protocols", "portal"])
def test_no_module_imports_from_above(package):
    def goes_up(module: str, imported: str) -> bool:
        own, other = layer(module), layer(imported) if imported.startswith(f"{package}.") else None
        return own is not None and other is not None and other > own

    assert [each for each in imports(package) if goes_up(*each)] == []


def test_protocols_knows_neither_the_portal_nor_what_it_is_made_of():
    theirs = {"portal", "django", "channels", "celery", "redis"}
    assert [each for each in imports("protocols") if each[1].split(".")[0] in theirs] == []


def test_a_protocol_imports_no_other():
    def protocol_of(name: str) -> str | None:
        package, first = [*name.split("."), ""][:2]
        return first if package == "protocols" and is_protocol(first) else None

    pairs = [(protocol_of(module), protocol_of(imported)) for module, imported in imports("protocols")]
    assert [(own, other) for own, other in pairs if own and other and own != other] == []


def test_pure_modules_know_no_clock_no_socket_and_no_thread():
    def is_pure(module: str) -> bool:
        number = layer(module)
        return number is not None and number < PURE

    assert [each for each in imports("protocols") if is_pure(each[0]) and each[1].split(".")[0] in IMPURE] == []


def test_the_walk_finds_imports_and_layers():
    assert ("protocols.sandbox.lab", "protocols.smtp.server") in imports("protocols")
    assert (layer("protocols.smtp.wire"), layer("protocols.smtp.explain"), layer("protocols.smtp.server")) == (1, 2, 3)
