"""How long protection and its audit take, how much they hide, and in how much memory.

    .venv/bin/python -m benchmarks.protection [trial | persons | companies] [--years 10]

Synthetic towns, the same each time: ``trial`` is one year of companies by area and industry, as in
the trial that shows how little primary suppression is worth; ``persons`` are many small tables by a
tree of areas, ``companies`` counts of companies by area and industry whose years are linked by what
begins, ends and moves. Zeros are not among the cells, as everyone knows them.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from datenlabor.protection.equations import Term, link, sums
from datenlabor.protection.examining import examine
from datenlabor.protection.loss import information_loss
from datenlabor.protection.protecting import protect
from datenlabor.protection.rules import Rules

Case = tuple[pd.DataFrame, pd.DataFrame, dict[str, Rules]]
"""Tables, equations, rules by table."""

ALL = "all"

EXACT = 1e-6
"""An interval that is narrower is a point."""


def chance(seed: int) -> np.random.Generator:
    """Return a source of chance."""
    return np.random.Generator(np.random.Philox(seed))


def codes(count: int) -> list[str]:
    """Return codes of equal length."""
    return [f"{number:02}" for number in range(1, count + 1)]


def section(industry: str) -> str:
    """Return the section of an industry: three or four make one."""
    return f"S{int(industry) * 2 // 7:02}"


def with_totals(rows: pd.DataFrame, *, has_sections: bool) -> pd.DataFrame:
    """Return the rows once for each cell they count in: themselves and the totals."""
    rows = pd.concat([rows, rows.assign(area=ALL)])
    sections = [rows.assign(industry=rows["industry"].map(section))] if has_sections else []
    return pd.concat([rows, *sections, rows.assign(industry=ALL)])


def cells_of(
    rows: pd.DataFrame, dimensions: list[str], *, has_sections: bool = False
) -> pd.DataFrame:
    """Return the cells of companies: count, sum, the two largest, and who is alone."""
    counted = with_totals(rows, has_sections=has_sections).sort_values("turnover", ascending=False)
    groups = counted.groupby(dimensions)
    cells = groups.agg(
        units=("company", "size"),
        turnover=("turnover", "sum"),
        x1=("turnover", "first"),
        single_holder=("company", "first"),
    ).reset_index()
    second = counted.assign(place=groups.cumcount()).query("place == 1")
    second = second[[*dimensions, "turnover"]].rename(columns={"turnover": "x2"})
    cells = cells.merge(second, how="left", on=dimensions).fillna({"x2": 0.0})
    return cells.assign(
        holders=cells["units"],
        single_holder=cells["single_holder"].where(cells["units"] == 1),
        cell_id=cells[dimensions].astype(str).agg(" ".join, axis="columns"),
    )


def companies(count: int, areas: int, industries: int) -> pd.DataFrame:
    """Return companies with area, industry and turnover."""
    random = chance(1)
    return pd.DataFrame(
        {
            "company": [f"c{number}" for number in range(count)],
            "area": random.choice(codes(areas), count, p=random.dirichlet(np.full(areas, 3.0))),
            "industry": random.choice(
                codes(industries), count, p=random.dirichlet(np.full(industries, 0.7))
            ),
            "turnover": np.rint(np.exp(random.normal(5, 1.8, count))) + 1,
        }
    )


def flat(table: pd.DataFrame, dimensions: list[str]) -> dict[str, dict[str, str]]:
    """Return hierarchies with nothing but a total above the codes."""
    return {
        dimension: {code: ALL for code in table[dimension].unique() if code != ALL}
        for dimension in dimensions
    }


def trial(*, is_count: bool) -> Case:
    """Return 6,000 companies by 24 areas and 72 industries in 21 sections."""
    dimensions = ["area", "industry"]
    cells = cells_of(companies(6000, 24, 72), dimensions, has_sections=True)
    cells = cells.assign(table_code="trial", value=cells["units" if is_count else "turnover"])
    tree = {code: section(code) for code in codes(72)}
    hierarchies = flat(cells, ["area"]) | {"industry": tree | dict.fromkeys(tree.values(), ALL)}
    equations = sums(cells[["cell_id", *dimensions]], hierarchies)
    return cells, equations, {"trial": Rules(is_count=is_count, p_percent=None if is_count else 10)}


def persons(tables: int) -> Case:
    """Return counts by 28 districts in 24 areas in a city, in 6 parts: many independent tables."""
    random = chance(2)
    districts = [f"d{code}" for code in codes(28)]
    above = {code: f"a{min(number, 23):02}" for number, code in enumerate(districts)}
    tree = above | dict.fromkeys(above.values(), ALL)
    shares = random.dirichlet(np.full(28, 3.0))
    found = []
    for table in codes(tables):
        parts = random.dirichlet(np.full(6, 1.0))
        mean = np.exp(random.uniform(5, 10)) * np.outer(shares, parts)
        counts = pd.DataFrame(random.poisson(mean), index=districts, columns=codes(6))
        rows = counts.rename_axis("area").reset_index()
        rows = rows.melt(id_vars="area", var_name="part", value_name="value")
        rows = pd.concat([rows, rows.assign(part=ALL)])
        higher = rows.assign(area=rows["area"].map(above))
        rows = pd.concat([rows, higher, higher.assign(area=ALL)])
        found.append(rows.groupby(["area", "part"], as_index=False)["value"].sum().assign(t=table))
    cells = pd.concat(found, ignore_index=True).query("value > 0")
    cells = cells.assign(
        cell_id=cells["t"] + " " + cells["area"] + " " + cells["part"],
        table_code="persons",
        units=cells["value"],
    )
    dimensions = ["area", "part"]
    equations = sums(cells[["cell_id", "t", *dimensions]], {"area": tree, **flat(cells, ["part"])})
    return cells, equations, {"persons": Rules(is_count=True)}


def linked_companies(years: int, *, is_fine: bool) -> Case:
    """Return stocks and what changes them, by 24 areas, 22 industries and years.

    What begins and ends is counted by area or by industry, or (fine) by both at once, which is
    finer than anyone would publish so few.
    """
    random = chance(3)
    now, next_number, found = companies(6000, 24, 22), 6000, []
    for year in range(years):
        ends = random.random(len(now)) < 0.07  # noqa: PLR2004  share that ends in a year
        begun = companies(len(now), 24, 22).sample(int(ends.sum()), random_state=year)
        begun = begun.assign(company=[f"c{next_number + i}" for i in range(len(begun))])
        next_number += len(begun)
        events = {"stock": now} if not year else {"deaths": now[ends], "births": begun}
        if year:
            now = pd.concat([now[~ends], begun], ignore_index=True)
            events["stock"] = now
        found += [rows.assign(measure=name, year=year) for name, rows in events.items()]
    dimensions = ["measure", "year", "area", "industry"]
    cells = cells_of(pd.concat(found), dimensions)
    if not is_fine:
        has_total = (cells["area"] == ALL) | (cells["industry"] == ALL)
        cells = cells[(cells["measure"] == "stock") | has_total]
    cells = cells.assign(table_code="companies", value=cells["units"])
    places = cells[["cell_id", *dimensions]]
    terms = [
        Term(1, {"measure": "stock"}, is_required=False),
        Term(-1, {"measure": "stock"}, {"year": -1}, is_required=False),
        Term(-1, {"measure": "births"}, is_required=False),
        Term(1, {"measure": "deaths"}, is_required=False),
    ]
    changed = places[is_fine | (places["area"] == ALL) | (places["industry"] == ALL)]
    balance = link(changed, "balance", terms, ["year", "area", "industry"])
    inner = ~balance["equation_id"].str.match(rf"balance (0|{years}) ")
    additive = sums(places, flat(cells, ["area", "industry"]))
    return (
        cells,
        pd.concat([additive, balance[inner]], ignore_index=True),
        {"companies": Rules(is_count=True)},
    )


def report(name: str, make: Callable[[], Case]) -> None:
    """Protect and audit a case and print what it took."""
    tables, equations, rules = make()
    say(f"\n{name}: {len(tables):,} cells, {equations['equation_id'].nunique():,} equations")
    begun = time.perf_counter()
    result = protect(tables, equations, {"internal": rules, "public": rules})
    say(f"  protected for two audiences in {time.perf_counter() - begun:.1f} s")
    begun = time.perf_counter()
    audited = examine(result.cells, equations, "public")
    seconds = time.perf_counter() - begun
    say(f"  {len(audited):,} audited in {seconds:.1f} s, {(~audited['is_ok']).sum()} fail")
    loss = information_loss(tables, result.cells, "public").iloc[0]
    say(
        f"  hidden: {loss['primary']:,} sensitive, {loss['secondary']:,} more; "
        f"{loss['share_of_cells']:.1%} of cells, {loss['share_of_value']:.1%} of the value"
    )
    status = result.cells["status_public"]
    naive = result.cells.assign(status_public=status.where(status == "primary", "free"))
    attacked = examine(naive, equations, "public", effort="exact")
    width = attacked["upper"] - attacked["lower"]
    say(
        f"  with the sensitive ones hidden alone: {(width < EXACT).sum()} can be recalculated, "
        f"{(~attacked['is_ok']).sum()} come too close"
    )


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run the chosen cases, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("case", nargs="?", choices=["trial", "persons", "companies"])
    parser.add_argument("--tables", type=int, default=200, help="tables of persons")
    parser.add_argument("--years", type=int, default=10, help="years of companies")
    parser.add_argument("--fine", action="store_true", help="changes by area and industry at once")
    options = parser.parse_args()
    cases: dict[str, list[tuple[str, Callable[[], Case]]]] = {
        "trial": [
            ("trial, companies", lambda: trial(is_count=True)),
            ("trial, turnover", lambda: trial(is_count=False)),
        ],
        "persons": [("persons", lambda: persons(options.tables))],
        "companies": [("companies", lambda: linked_companies(options.years, is_fine=options.fine))],
    }
    for name, group in cases.items():
        if options.case in {None, name}:
            for title, make in group:
                report(title, make)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    say(f"\npeak memory: {memory:.1f} GB")


if __name__ == "__main__":
    main()
