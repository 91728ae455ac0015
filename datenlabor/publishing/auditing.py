"""Whether a secret of the warehouse can be worked out from all that is and was published."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from datenlabor.audiences import AUDIENCES
from datenlabor.errors import DatenlaborError
from datenlabor.methods.cell_protection import COLUMNS, UNPUBLISHED, components
from datenlabor.paths import Home
from datenlabor.protection.examining import examine
from datenlabor.protection.identities import Identity, in_words, undeclared
from datenlabor.protection.loss import information_loss
from datenlabor.protection.memory import FREE, Memory, columns
from datenlabor.protection.notation import Term
from datenlabor.protection.parameters import read_parameters
from datenlabor.protection.rules import Rules, assess
from datenlabor.publishing import memory

_MOST_NAMED = 5
_OVERLOOKED = (
    "Say so in the column sum_of of the measures (docs/protection.md): who knows the sum and all "
    "addends but one knows the last."
)
_HINT = "Nothing was published. Please report this as a bug: protection should have hidden more."


# Figures of areas as a whole: what is divided further, as commuters by place, is added up by class.
_FIGURES = """
    select counted, area_code, cast(period as integer) as calendar_year, cell_value
    from intermediate.int_cell_listed
    where table_code in ('person', 'official', 'unpublished') and breakdown = 'all'
"""
# What equations say of the measures of one area: the year before is 1.
_SUMS = """
    with terms as (
        select
            equation_id, area_code, counted, coefficient, table_code, breakdown,
            try_cast(period as integer) as calendar_year
        from intermediate.int_cell_equation_listed
        inner join intermediate.int_cell_listed using (cell_id)
    ),
    placed as (
        select *, max(calendar_year) over (partition by equation_id) - calendar_year as years_before
        from terms
        where table_code in ('person', 'official', 'unpublished')
    )
    select distinct
        list(
            {'measure': counted, 'years': years_before, 'factor': coefficient}
            order by counted, years_before
        )
    from placed
    group by equation_id
    having min(area_code) = max(area_code) and bool_and(breakdown = 'all')
"""


@dataclass(frozen=True)
class Audited:
    """The result for one audience, which has passed."""

    audience: str
    cells: int
    hidden: int
    targets: int
    only_changed: bool
    """Whether secrets were passed by of which nothing can have come to be known."""

    @property
    def summary(self) -> str:
        """What was looked at, in a line."""
        which = "secrets connected with what has changed" if self.only_changed else "secrets"
        return (
            f"{self.audience}: {self.hidden} of {self.cells} cells are not shown, "
            f"none of {self.targets} {which} can be worked out"
        )


def audit(
    home: Home, cells: str = memory.CELLS, *, only_changed: bool = False
) -> Iterator[Audited]:
    """Audit the cells of the warehouse together with those of earlier releases, by audience.

    ``only_changed``: pass by components that are as they were when a release was audited last;
    nothing can have come to be known of them. Raises DatenlaborError that names the cells which
    can be worked out, their intervals and the equations that reveal them.
    """
    past = memory.recall(home)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        found = connection.sql(f"select * from {cells} order by cell_id").df()  # noqa: S608 fixed
        equations = connection.sql(
            "select * from intermediate.int_cell_equation_listed order by equation_id, cell_id"
        ).df()
        listed = connection.sql("from intermediate.int_cell_listed order by cell_id").df()
        changed = connection.sql(memory.changed(home, cells)).df()["cell_id"]
        forgotten = overlooked(connection)
    if forgotten:
        words = [in_words(identity) for identity in forgotten]
        raise DatenlaborError(
            f"{len(words)} sums hold everywhere although nobody says so: "
            f"{'; '.join(words[:_MOST_NAMED])}.",
            hint=_OVERLOOKED,
        )
    unpublished = listed.loc[listed["table_code"] == UNPUBLISHED, "cell_id"]
    published = found[~found["cell_id"].isin(unpublished)]
    parameters = read_parameters(home.root)
    rules = parameters.rules()
    secret = [found[f"status_{audience}"] != FREE for audience in AUDIENCES]
    connected = components(equations, past)
    touched = set(connected(found.loc[secret[0] | secret[1], "cell_id"]))
    if only_changed:
        touched &= set(connected(changed))

    def inside(cells: pd.Series) -> set[str]:
        names = zip(cells, connected(cells), strict=True)
        return {cell for cell, component in names if component in touched}

    names = inside(found["cell_id"])
    among = found[found["cell_id"].isin(names)]
    looked_back = past and past.of_cells(inside(past.cells["cell_id"]))
    for audience in AUDIENCES:
        bare = _bare(listed, found, audience, rules[audience], past)
        if bare:
            raise DatenlaborError(
                f"{len(bare)} cells are shown to the audience {audience!r} against the rules: "
                f"{', '.join(bare[:_MOST_NAMED])}.",
                hint=_HINT,
            )
        targets = 0
        if names:  # Else there is nothing to work out.
            findings = examine(
                among[columns(AUDIENCES)[1:]],
                equations[equations["cell_id"].isin(names)],
                audience,
                looked_back,
            )
            is_accepted = findings["cell_id"].isin(parameters.accepted)
            failing = findings[~findings["is_ok"].astype(bool) & ~is_accepted]
            if len(failing):
                raise _revealed(audience, failing)
            targets = len(findings)
        hidden = int((published[f"status_{audience}"] != FREE).sum())
        yield Audited(audience, len(published), hidden, targets, only_changed and past is not None)


def overlooked(connection: duckdb.DuckDBPyConnection) -> Sequence[Identity]:
    """Return the sums that hold in all areas and years although nobody says so."""
    figures = connection.sql(_FIGURES).df()
    return undeclared(
        figures.pivot_table("cell_value", ["area_code", "calendar_year"], "counted"),
        [
            {Term(term["measure"], term["years"]): int(term["factor"]) for term in terms}
            for (terms,) in connection.sql(_SUMS).fetchall()
        ],
    )


def _bare(
    listed: pd.DataFrame,
    found: pd.DataFrame,
    audience: str,
    rules: Mapping[str, Rules],
    past: Memory | None,
) -> list[str]:
    """Return the cells a rule finds sensitive that are shown, and were not before."""
    shown = set(found.loc[found[f"status_{audience}"] == FREE, "cell_id"])
    if past is not None:
        shown -= set(past.cells.loc[past.cells[f"status_{audience}"] == FREE, "cell_id"])
    sensitive: set[str] = set()
    for table, rows in listed.rename(columns=COLUMNS).groupby("table_code"):
        assessed = assess(rows.set_index("cell_id"), rules[str(table)])
        sensitive |= set(assessed.index[assessed["is_sensitive"]])
    return sorted(shown & sensitive)


@dataclass(frozen=True)
class Loss:
    """What protection costs in one table of cells, for one audience."""

    audience: str
    table: str
    cells: int
    share_of_cells: float
    share_of_value: float


def losses(home: Home, cells: str = memory.CELLS) -> Sequence[Loss]:
    """Return how much of each table of cells no audience member gets. Raises ``duckdb.Error``."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        listed = connection.sql(
            "select case when table_code in ('person', 'official') then table_code "
            "else counted || ' by ' || breakdown end as table_code, cell_id, "
            "cell_value as value, unit_count as units from intermediate.int_cell_listed "
            "where table_code <> 'unpublished'"
        ).df()
        found = connection.sql(f"select * from {cells}").df()  # noqa: S608 fixed name
    return [
        Loss(
            audience,
            str(row["table_code"]),
            int(row["cells"]),
            float(row["share_of_cells"]),
            float(row["share_of_value"]),
        )
        for audience in AUDIENCES
        for row in information_loss(listed, found, audience).to_dict("records")
    ]


def _revealed(audience: str, failing: pd.DataFrame) -> DatenlaborError:
    """Return the error that names what can be worked out."""
    lines = [
        f"  {row['cell_id']}: between {row['lower']:g} and {row['upper']:g}, by {row['equations']}"
        for row in failing.head(_MOST_NAMED).to_dict("records")
    ]
    return DatenlaborError(
        f"{len(failing)} secret cells can be worked out by the audience {audience!r}:\n"
        + "\n".join(lines),
        hint=_HINT,
    )
