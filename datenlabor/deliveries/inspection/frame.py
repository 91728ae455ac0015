"""What every proposal has, whatever its dataset: name, source, match, format."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datenlabor.deliveries.codes import normalise
from datenlabor.deliveries.files.records import Record
from datenlabor.deliveries.files.sample import Sample
from datenlabor.deliveries.inspection.document import KeyPath, document
from datenlabor.deliveries.inspection.terms import UNKNOWN, Terms, find_terms
from datenlabor.deliveries.inspection.texts import code_of, comment
from datenlabor.deliveries.matching import fits
from datenlabor.deliveries.spec import Spec, parse_spec

GENESIS = re.compile(r"GENESIS-Tabelle: ?([0-9A-Z][0-9A-Z-]*)")
_UNENDED = {"last_line": "unended"}
_LAG_MONTHS = {"month": 2, "quarter": 3, "half_year": 4, "year": 12}


@dataclass(frozen=True)
class Proposal:
    """A spec as plain data, comments on it by place, and what was found, for the reader."""

    spec: Mapping[str, Any]
    comments: Mapping[KeyPath, Sequence[str]]
    findings: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the proposal as YAML."""
        return document(self.spec, self.comments)

    @property
    def measures_text(self) -> str:
        """Return only what is said of measures: which label means which, and what is new."""
        column = self.spec["columns"].get("measure_code", {})
        part = {"columns": {"measure_code": column}}
        if "measures" in self.spec:
            part["measures"] = self.spec["measures"]
        return document(part, self.comments)


@dataclass(frozen=True)
class Subject:
    """A file that is looked at."""

    file: Path
    sample: Sample
    preamble: tuple[Record, ...] = ()
    footer: tuple[Record, ...] = ()
    remarks: str = ""
    """Texts of other sheets."""

    @property
    def table_code(self) -> str | None:
        """Return the code of an official table, None if it is none."""
        text = self.preamble[0].fields[0] if self.preamble else ""
        match = GENESIS.match(text.strip())
        return match[1] if match else None

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the title lines."""
        lines = (normalise(" ".join(filter(None, record.fields))) for record in self.preamble)
        return tuple(filter(None, lines))

    @property
    def terms(self) -> Terms:
        """Return the terms as far as the file tells them."""
        footer = " | ".join(text for record in self.footer for text in record.fields)
        return find_terms(" | ".join((*self.titles, footer, self.remarks)), footer)

    @property
    def title(self) -> str:
        """Return the title of the table, or the name of the file."""
        if self.table_code:
            lines = self.titles[1:4]
            return re.sub(r"-\s(?=[a-z])", "", comment(" ".join(lines), 300)) or self.table_code
        return comment(next(iter(self.titles), self.file.stem), 120)


def named_format(subject: Subject) -> dict[str, Any]:
    """Return ``format`` of the spec."""
    sample = subject.sample
    if sample.kind == "csv":
        last = _UNENDED if subject.table_code else _last_line(subject.file)
        return {"type": "csv", "delimiter": sample.delimiter} | last
    if sample.kind == "geo":
        return {"type": "geo"} | ({"layer": sample.layer} if len(sample.layers) > 1 else {})
    if len(sample.layers) < 2:  # noqa: PLR2004 the only sheet need not be named
        return {"type": "excel"}
    # A name with a date is another one in the next edition.
    number = sample.layers.index(sample.layer) + 1
    return {"type": "excel", "sheet": number if re.search(r"\d", sample.layer) else sample.layer}


def _last_line(file: Path) -> dict[str, str]:
    """Return what to say of the last line; that of an archive's content is not known."""
    if file.suffix.lower() not in (".zip", ".gz"):
        with file.open("rb") as stream:
            stream.seek(max(file.stat().st_size - 4, 0))
            if stream.read().rstrip(b"\0").endswith((b"\n", b"\r")):
                return {}
    return _UNENDED


def heading(subject: Subject, dataset: str, rhythm: str = "year") -> dict[str, Any]:
    """Return name, title, dataset and source of the spec."""
    code, terms, title = subject.table_code, subject.terms, subject.title
    stem = code_of(re.sub(r"\d{4,}", "", subject.file.stem)) or "unnamed"
    key = code.lower().replace("-", "_") if code else ""
    return {
        "name": f"genesis_{key}" if code else stem,
        "title": title,
        "dataset": dataset,
        "source": {
            "code": f"regionalstatistik_{key}" if code else stem,
            "publisher": terms.publisher,
            "title": title,
            "licence": terms.licence,
            "attribution": terms.attribution,
            **({"table_code": code} if code else {}),
            "rhythm": rhythm,
            "lag_months": _LAG_MONTHS.get(rhythm, 12),
        },
    }


def recognised_by(subject: Subject, names: Sequence[str]) -> dict[str, Any]:
    """Return ``match`` of the spec; ``names`` are texts of the header."""
    if subject.table_code:
        return {"first_line": f"GENESIS-Tabelle: {subject.table_code}"}
    stem = re.sub(r"[\[\]?*]", "?", subject.file.stem)
    glob = re.sub(r"(\*[_ -]?)+", "*", re.sub(r"\d+", "*", stem)) + subject.file.suffix
    wanted = [name for name in dict.fromkeys(names) if name and not re.search(r"\d{4}", name)]
    return {"name": glob} | ({"header": wanted[:4]} if wanted else {})


def source_checks(subject: Subject) -> dict[KeyPath, list[str]]:
    """Return comments on the source and the format."""
    terms, sample = subject.terms, subject.sample
    unknown = [
        name
        for name, text in (("licence", terms.licence), ("publisher", terms.publisher))
        if text == UNKNOWN
    ]
    checks = [f"check: the file names no {' and no '.join(unknown)}"] if unknown else []
    if not unknown and not subject.table_code:
        checks = ["check: taken from the texts of the file"]
    checks.append("check: rhythm and lag_months (months from the end of a period to its figures)")
    found = f"found: {sample.encoding}, delimiter {sample.delimiter!r}"
    if sample.kind != "csv":
        found = f"found: {', '.join(sample.layers)}"
    return {("source",): checks, ("format",): [found]}


def proved(subject: Subject, proposal: Proposal) -> Proposal:
    """Return a proposal that parses, and whose ``match`` fits the file.

    Raises:
        DatenlaborError: it does not parse.

    """
    spec: Spec = parse_spec(proposal.text, f"proposed for {subject.file.name}")
    if not spec.match.header or fits(subject.file, spec):
        return proposal
    match = {key: item for key, item in proposal.spec["match"].items() if key != "header"}
    return Proposal({**proposal.spec, "match": match}, proposal.comments, proposal.findings)
