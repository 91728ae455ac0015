"""The registers a city keeps itself: tidy CSV files whose spec follows from their header."""

import csv
from pathlib import Path

import yaml

from datenlabor.city import City, SpecFile
from datenlabor.deliveries.contract import contracts
from datenlabor.deliveries.spec import parse_spec
from datenlabor.errors import DatenlaborError


def register_spec(city: City, file: Path, series: str = "register", title: str = "") -> SpecFile:
    """Return the spec of ``cities/<code>/registers/<dataset>.csv``, or of another series of files.

    Of each series and dataset the newest delivery counts.

    Raises:
        DatenlaborError: the file is not named like a register, its header has columns that are
            not in the contract, or lacks some that are required.

    """
    registers = {name: found for name, found in contracts().items() if found.kind != "figures"}
    contract = registers.get(file.stem)
    if contract is None:
        raise DatenlaborError(
            f"{file} is not named like a register.",
            hint=f"Registers are {', '.join(registers)}.",
        )
    columns = _header(file)
    strange = [name for name in columns if name not in {column.name for column in contract.columns}]
    if strange or len(set(columns)) != len(columns):
        raise DatenlaborError(
            f"{file}, line 1: columns {strange or columns} do not fit contract {contract.dataset}.",
            hint=f"Its columns, each once: {', '.join(c.name for c in contract.columns)}.",
        )
    suffix = contract.dataset if series == "register" else f"{contract.dataset}_{series}"
    source = {
        "code": f"city_{city.code}_{suffix}",
        "publisher": city.name,
        "title": f"{title or contract.title} ({city.name})",
        "licence": city.licence,
        "attribution": city.name,
        "rhythm": "irregular",
        "lag_months": 0,
    }
    content = {
        "name": f"{series}_{contract.dataset}",
        "title": title or contract.title,
        "dataset": contract.dataset,
        "source": source,
        "format": {
            "type": "csv",
            "encoding": "utf-8",
            "delimiter": ",",
            "last_line": "unended",
        },
        "header": {"rows": 1},
        "body": {"starts": {"line": 2}},
        "numbers": {"decimal": "."},
        "columns": {name: {"from": f"column {name}"} for name in columns},
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    return SpecFile(parse_spec(text, str(file)), text)


def _header(file: Path) -> list[str]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return next(csv.reader(stream), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatenlaborError(
            f"{file} is not a CSV file in UTF-8: {error}.", hint="Save it as UTF-8, with commas."
        ) from error
