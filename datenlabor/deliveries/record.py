"""What is written down about a delivery: ``record.json`` and ``withdrawal.json``."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, field_serializer

from datenlabor.deliveries.reading import Problem, Reading
from datenlabor.deliveries.spec import Spec


class Content(BaseModel):
    """The bytes of a delivered file, those of its siblings (shapefile) included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file_name: str
    file_bytes: int
    sha256: str
    """Of the file; for several, of the list of their suffixes and hashes."""


class Record(Content):
    """One delivery as it was read; never changed afterwards."""

    delivery_id: str
    spec_name: str
    spec_sha256: str
    dataset: str
    source_code: str
    source_publisher: str
    source_title: str
    source_licence_code: str
    source_attribution: str
    source_provenance_code: str = "published"
    source_url: str | None
    source_table_code: str | None
    source_rhythm: str
    source_lag_months: int
    published_on: date
    received_at: datetime
    """UTC, whole seconds; later than that of every older delivery."""
    encoding: str
    records_read: int
    records_header: int
    records_footer: int
    records_blank: int
    records_skipped: int
    records_loaded: int
    records_quarantined: int
    values_read: int
    values_loaded: int
    values_ignored: int
    values_quarantined: int
    findings: tuple[str, ...]
    problems: tuple[Problem, ...]
    scope: Literal["full", "partial"]
    replaces_delivery_id: str | None

    @classmethod
    def of(  # noqa: PLR0913 what a delivery is made of
        cls,
        content: Content,
        spec: Spec,
        reading: Reading,
        *,
        delivery_id: str,
        spec_sha256: str,
        received_at: datetime,
        published_on: date,
        replaces: str | None,
    ) -> Self:
        """Put together what is known of a delivery."""
        source = spec.source
        return cls(
            **content.model_dump(),
            **asdict(reading.account),
            delivery_id=delivery_id,
            spec_name=spec.name,
            spec_sha256=spec_sha256,
            dataset=spec.dataset,
            source_code=source.code,
            source_publisher=source.publisher,
            source_title=source.title,
            source_licence_code=source.licence,
            source_attribution=source.attribution,
            source_provenance_code=source.provenance,
            source_url=source.url,
            source_table_code=source.table_code,
            source_rhythm=source.rhythm,
            source_lag_months=source.lag_months,
            published_on=published_on,
            received_at=received_at,
            encoding=reading.encoding,
            findings=reading.findings,
            problems=reading.problems,
            scope=spec.scope,
            replaces_delivery_id=replaces,
        )

    @field_serializer("received_at")
    def _utc(self, moment: datetime) -> str:
        return utc_text(moment)


class Withdrawal(BaseModel):
    """That a delivery no longer counts, since when and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    delivery_id: str
    withdrawn_at: datetime
    """UTC."""
    reason: str
    replaced_by_delivery_id: str | None = None

    @field_serializer("withdrawn_at")
    def _utc(self, moment: datetime) -> str:
        return utc_text(moment)


def utc_text(moment: datetime) -> str:
    """Write a moment as ISO text in UTC: ``2026-11-22T03:15:00Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
