"""The list of refused attacks, as it stands in the handbook."""

import re
from collections.abc import Mapping

from access_world import ADMINISTRATION, ROLES

from datenlabor.paths import PROJECT

HANDBOOK = PROJECT / "docs" / "access.md"
_BEGIN, _END = "<!-- refusals -->\n", "<!-- end of refusals -->\n"


def refusals_table(refusals: Mapping[tuple[str, str], int]) -> str:
    """Return a table of subjects and roles with the number of attacks refused."""
    roles = [*ROLES, ADMINISTRATION]
    subjects = dict.fromkeys(subject for subject, _ in refusals)
    lines = [
        f"| attack on | {' | '.join(roles)} |",
        f"|---|{'---:|' * len(roles)}",
        *(
            f"| {subject} | "
            f"{' | '.join(str(refusals.get((subject, role), '-')) for role in roles)} |"
            for subject in subjects
        ),
    ]
    return "\n".join(lines) + "\n"


def write_table(refusals: Mapping[tuple[str, str], int]) -> None:
    """Replace the table in the handbook."""
    text = HANDBOOK.read_text(encoding="utf-8")
    pattern = f"{re.escape(_BEGIN)}.*{re.escape(_END)}"
    table = f"{_BEGIN}{refusals_table(refusals)}{_END}"
    HANDBOOK.write_text(re.sub(pattern, lambda _: table, text, flags=re.DOTALL), "utf-8")
