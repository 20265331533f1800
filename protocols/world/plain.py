"""A YAML text as plain values, with the line of every part."""

from __future__ import annotations

import re
from typing import Any

import yaml

from protocols.world.model import WorldError
from protocols.world.parts import Where

TOKEN_LIMIT = 40_000  # keys, texts and marks of a YAML text, so that it is read within some seconds

_UNSTORABLE = re.compile("[\\0\\ud800-\\udfff]")  # which no database takes


def read_plain(text: str, whole: str, limit: int) -> tuple[Any, dict[Where, int]]:
    """The lists, mappings, texts and whole numbers that `text` describes, and the line of each by its place. `whole` is
    what the text describes ("a world"), which has at most `limit` characters. Raises WorldError with the line of the
    first mistake."""
    if len(text) > limit:
        raise _fail(1, f"{whole} is at most {limit:,} characters long")
    try:
        for number, token in enumerate(yaml.scan(text, yaml.SafeLoader)):
            line = token.start_mark.line + 1
            # An alias could make a small text stand for a huge one.
            if isinstance(token, yaml.AliasToken):
                raise _fail(line, f"{whole} has no aliases; write the part out")
            if number == TOKEN_LIMIT:
                raise _fail(line, f"{whole} is at most {TOKEN_LIMIT:,} words and marks of YAML long")
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _fail(line, f"this is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise _fail(1, f"this is not YAML: {error}") from error
    except RecursionError as error:
        raise _fail(1, f"this is nested deeper than {whole} can be") from error
    lines: dict[Where, int] = {}
    return _make_plain(node, (), lines), lines


def cut_part(text: str, key: str) -> str:
    """What stands under `key` at the top of `text`, which was read before, as a text of its own, comments included."""
    top = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(top, yaml.MappingNode)
    part = next(value for name, value in top.value if name.value == key)
    indent = part.start_mark.column
    first, *rest = text[part.start_mark.index : part.end_mark.index].split("\n")
    return "\n".join([first, *(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in rest)])


def _make_plain(node: yaml.Node | None, where: Where, lines: dict[Where, int]) -> Any:
    """The node's plain value; the line of every part is put into `lines`."""
    if node is None:
        return None
    lines[where] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_make_plain(item, (*where, number), lines) for number, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise _fail(line, "a key is a word")
            name = _read_text(key)
            if name in values:
                raise _fail(line, f"the key {name!r} stands here twice")
            values[name] = _make_plain(value, (*where, name), lines)
        return values
    text = _read_text(node)
    is_number = node.tag == "tag:yaml.org,2002:int" and text.isdecimal() and len(text) <= 9
    return int(text) if is_number else text


def _read_text(node: yaml.Node) -> str:
    text: str = node.value
    if _UNSTORABLE.search(text):
        raise _fail(node.start_mark.line + 1, "a text has no NUL and no half of a surrogate pair")
    return text


def _fail(line: int, what: str) -> WorldError:
    return WorldError(f"Line {line}: {what}.", line)
