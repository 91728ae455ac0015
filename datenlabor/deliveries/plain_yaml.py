"""YAML as people write it: every scalar is the text that stands there, and no key stands twice.

YAML 1.1 reads ``05162024`` as an octal number, ``1:30`` as 90, ``no`` as false and ``1.10`` as 1.1.
Here all of them stay texts; what is to be a number or a truth value says the model they go into.
"""

import re
import unicodedata
from typing import Any

import yaml

from datenlabor.errors import DatenlaborError


class _Loader(yaml.SafeLoader):
    """Knows only texts and null."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 as in PyYAML
        """Return a mapping. Raises ConstructorError if a key stands in it twice."""
        found = set()
        for key_node, _ in node.value:
            # What is no scalar cannot be a key; the parent says so.
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else key_node
            if key in found:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key!r} stands here a second time",
                    problem_mark=key_node.start_mark,
                )
            found.add(key)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("(~|null)?$"), ["~", "n", ""])


def load(text: str, where: str) -> Any:  # noqa: ANN401 whatever was written
    """Return what a YAML text holds, in Unicode NFC: texts, None, lists and dicts of them.

    Raises:
        DatenlaborError: it is no YAML, or a key stands twice; ``where`` is named with the line.

    """
    try:
        return yaml.load(unicodedata.normalize("NFC", text), _Loader)  # noqa: S506 a safe one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        reason = error.problem or error.context
        raise DatenlaborError(f"{where}{line} cannot be read: {reason}.", hint=_HINT) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DatenlaborError(f"{where} cannot be read: {error}.", hint=_HINT) from error


_HINT = "Put texts with special characters into quotes, and each key once into its block."
