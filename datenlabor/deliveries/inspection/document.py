"""Write a proposal as YAML with comments, in the style of the specs in ``cities/``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from datenlabor.deliveries.inspection.texts import comment

KeyPath = tuple[str, ...]
_WIDEST = 110
_BLOCKS = {("source",), ("columns",)}


def document(proposal: Mapping[str, Any], comments: Mapping[KeyPath, Sequence[str]]) -> str:
    """Return the YAML of a proposal; comments stand above the key they are about.

    Args:
        proposal: spec as plain data.
        comments: path of keys, such as ``("columns", "period")``, to lines of comment.

    """
    return "\n".join(_lines(proposal, (), comments)) + "\n"


def _lines(
    value: Mapping[str, Any], path: KeyPath, comments: Mapping[KeyPath, Sequence[str]]
) -> Iterator[str]:
    indent = "  " * len(path)
    for key, item in value.items():
        place = (*path, key)
        yield from (f"{indent}# {comment(text)}" for text in comments.get(place, ()))
        flow = _flow(item)
        name = f"{indent}{_scalar(key)}:"
        is_long = len(name) + len(flow) > _WIDEST
        has_comments = any(other[: len(place)] == place != other for other in comments)
        if isinstance(item, list) and item and isinstance(item[0], Mapping):
            yield name
            yield from (f"{indent}  - {_flow(row)}" for row in item)
        elif isinstance(item, Mapping) and item and (place in _BLOCKS or is_long or has_comments):
            yield name
            yield from _lines(item, place, comments)
        else:
            yield f"{name} {flow}"


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        items = (f"{_scalar(key)}: {_flow(item)}" for key, item in value.items())
        return f"{{{', '.join(items)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value)


def _scalar(value: object) -> str:
    """Return a scalar; texts in double quotes unless they are plain words."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) and value.is_integer() else repr(value)
    text = str(value)
    words = text.replace(" ", "").replace("_", "").replace("-", "").replace("/", "")
    is_plain = words.isalnum() and text[0].isalpha() and text.isprintable() and "  " not in text
    if is_plain and text == text.strip() and yaml.safe_load(text) == text:
        return text
    quoted: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=1 << 30)
    return quoted.strip()
