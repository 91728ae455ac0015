"""Supplied deliveries as files: the rows of a contract as CSV, and what is known of them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

import pandas as pd

from datenlabor.deliveries.contract import contracts
from datenlabor.deliveries.record import Record
from datenlabor.demo.town import CITY

_ID = "{day:%Y%m%d}T000000Z-demo-{name}"


@dataclass(frozen=True)
class Supply:
    """Rows of one contract, published on one day."""

    kind: Literal["municipal", "commercial"]
    name: str
    """Of the kind of list, in German: readers see it as the name of the delivered file. Lists of
    one name follow each other."""
    dataset: str
    title: str
    """German title of the source, as readers see it."""
    published_on: date
    rows: pd.DataFrame
    """Columns of the contract; those that are missing are empty."""
    scope: Literal["full", "partial"] = "full"

    @property
    def id(self) -> str:
        """Id of the delivery, the name of its folder."""
        return _ID.format(day=self.published_on, name=self.name)

    @property
    def folder(self) -> str:
        """Folder below ``seeds``."""
        return f"{self.kind}/{CITY}/{self.id}"


def files(supplies: Iterable[Supply]) -> Mapping[str, str]:
    """Return all files by their path below ``seeds``."""
    found: dict[str, str] = {}
    for supply in supplies:
        text = _csv(supply)
        found[f"{supply.folder}/{supply.dataset}.csv"] = text
        known = record(
            supply,
            delivery_id=supply.id,
            received_at=datetime.combine(supply.published_on, time(), UTC),
            content=text.encode(),
        )
        found[f"{supply.folder}/record.json"] = (
            json.dumps(known.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
        )
    return found


def record(supply: Supply, *, delivery_id: str, received_at: datetime, content: bytes) -> Record:
    """Return what is known of a delivery whose file has this content."""
    rows = len(supply.rows)
    none: Mapping[str, int] = dict.fromkeys(
        [
            *("records_header", "records_footer", "records_blank", "records_skipped"),
            *("records_quarantined", "values_ignored", "values_quarantined"),
        ],
        0,
    )
    return Record.model_validate(
        {
            **none,
            "file_name": f"{supply.name}.csv",
            "file_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "delivery_id": delivery_id,
            "spec_name": f"demo_{supply.name}",
            "spec_sha256": "",
            "dataset": supply.dataset,
            "source_code": f"demo_{supply.name}",
            "source_publisher": "Datenlabor, Musterdaten",
            "source_title": f"{supply.title} (Musterdaten)",
            "source_licence_code": "CC0-1.0",
            "source_attribution": "Musterdaten, frei erfunden",
            "source_provenance_code": "synthetic",
            "source_url": None,
            "source_table_code": None,
            "source_rhythm": "year",
            "source_lag_months": 12,
            "published_on": supply.published_on,
            "received_at": received_at,
            "encoding": "utf-8",
            "records_read": rows,
            "records_loaded": rows,
            "values_read": rows,
            "values_loaded": rows,
            "findings": (),
            "problems": (),
            "scope": supply.scope,
            "replaces_delivery_id": None,
        }
    )


def _csv(supply: Supply) -> str:
    columns = [column.name for column in contracts()[supply.dataset].columns]
    rows = supply.rows.reindex(columns=columns)
    # Digits enough for any count or amount, and no more: the last bits differ between machines.
    return rows.to_csv(index=False, lineterminator="\n", float_format="%.12g")
