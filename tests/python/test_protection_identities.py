"""Sums that hold in the data are found unless they are declared or follow from what is."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from datenlabor.protection.examining import examine
from datenlabor.protection.identities import Identity, in_words, undeclared
from datenlabor.protection.notation import Term
from datenlabor.protection.protecting import protect
from datenlabor.protection.rules import Rules

ROWS = 60


def measured(seed: int, count: int = 6) -> pd.DataFrame:
    """Return independent measures ``m0`` … of many areas; small numbers, as of persons."""
    chance = np.random.default_rng(seed)
    return pd.DataFrame(
        {f"m{place}": chance.poisson(3 + 20 * place, ROWS).astype(float) for place in range(count)},
        index=pd.MultiIndex.from_product([range(ROWS), [2020]]),
    )


def as_zero(identity: Identity, values: pd.DataFrame) -> bool:
    """Return whether an identity holds in all rows."""
    weighted = sum(factor * values[term.measure] for term, factor in identity.items())
    return bool(np.allclose(np.asarray(weighted, dtype=float), 0))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    addends=st.lists(
        st.sets(st.integers(0, 5), min_size=2, max_size=4), min_size=1, max_size=3, unique_by=tuple
    ),
)
def test_sums_are_found_until_they_are_declared(seed: int, addends: list[set[int]]) -> None:
    values = measured(seed)
    declared: list[Identity] = []
    for number, parts in enumerate(addends):
        names = [f"m{part}" for part in sorted(parts)]
        values[f"sum{number}"] = values[names].sum(axis=1)
        declared.append(
            {Term(f"sum{number}"): 1, **dict.fromkeys(map(Term, names), -1)},
        )
    found = undeclared(values, [])
    assert len(found) == len(addends)
    assert all(as_zero(identity, values) for identity in found)
    assert undeclared(values, declared) == []
    assert len(undeclared(values, declared[1:])) == 1


def test_a_sum_is_said_in_words() -> None:
    values = measured(1)
    values["all"] = values["m4"] + values["m5"]
    (found,) = undeclared(values, [])
    assert in_words(found) == "all = m5 + m4"


def test_what_follows_from_declared_sums_need_not_be_declared() -> None:
    values = measured(2)
    values["pair"] = values["m0"] + values["m1"]
    values["triple"] = values["pair"] + values["m2"]
    steps: list[Identity] = [
        {Term("pair"): 1, Term("m0"): -1, Term("m1"): -1},
        {Term("triple"): 1, Term("pair"): -1, Term("m2"): -1},
    ]
    assert undeclared(values, steps) == []
    # Where the first is missing the second helps nobody to see that the parts add up.
    values["pair"] = values["pair"].where(values["m0"].index.get_level_values(0) > 5)
    (found,) = undeclared(values, steps)
    assert found.keys() == {Term("triple"), Term("m0"), Term("m1"), Term("m2")}


def test_in_few_rows_nothing_is_taken_for_a_sum() -> None:
    values = measured(3).head(30)
    values["all"] = values["m0"] + values["m1"]
    assert undeclared(values, []) == []


def test_a_whole_that_nobody_is_shown_connects_its_parts() -> None:
    """Women and men add up to what Germans and others add up to, whoever knows how many."""
    values = {"women": 2.0, "men": 40.0, "germans": 30.0, "others": 12.0, "all": 42.0}
    cells = pd.DataFrame(
        {
            "table_code": "t",
            "cell_id": list(values),
            "value": list(values.values()),
            "units": list(values.values()),
            "is_shown": [name != "all" for name in values],
        }
    )
    equations = pd.DataFrame(
        [
            (rule, name, -1 if name == "all" else 1)
            for rule, names in (("sex", "women men all"), ("origin", "germans others all"))
            for name in names.split()
        ],
        columns=["equation_id", "cell_id", "coefficient"],
    )
    rules = {"public": {"t": Rules(is_count=True, minimum_units=5)}}
    result = protect(cells, equations, rules).cells
    status = result.set_index("cell_id")["status_public"]
    assert status["all"] != "free"
    assert (status[["men", "germans", "others"]] != "free").any()
    assert examine(result, equations, "public", effort="exact")["is_ok"].all()
