"""Rows of the demo are as their contract wants them."""

from pathlib import Path

import pandas as pd
import yaml

_CONTRACTS = Path(__file__).parents[2] / "contracts"


def assert_keeps_contract(rows: pd.DataFrame, dataset: str) -> None:
    """Fail unless columns, key, required values, codes, patterns and ranges are as declared."""
    contract = yaml.safe_load((_CONTRACTS / f"{dataset}.yml").read_text(encoding="utf-8"))
    names = [column["name"] for column in contract["columns"]]
    optional = {column["name"] for column in contract["columns"] if not column.get("required")}
    assert list(rows) == [name for name in names if name in rows]
    assert set(names) - set(rows) <= optional
    assert not rows.duplicated(contract["key"]).any()
    for column in contract["columns"]:
        if column["name"] not in rows:
            continue
        values = rows[column["name"]]
        if column.get("required"):
            assert values.notna().all(), column["name"]
        present = values.dropna()
        if "codes" in column:
            assert set(present) <= set(column["codes"]), column["name"]
        if "pattern" in column:
            assert present.str.fullmatch(column["pattern"]).all(), column["name"]
        if "minimum" in column:
            assert present.min() >= column["minimum"], column["name"]
        if "maximum" in column:
            assert present.max() <= column["maximum"], column["name"]
