"""Who published a file, on which terms and when, as far as its own texts say so."""

import re
from dataclasses import dataclass

from datenlabor.deliveries.codes import normalise

UNKNOWN = "unbekannt"
_LICENCES = (
    (r"datenlizenz deutschland\W+zero|dl-de/zero", "dl-de/zero-2-0"),
    (r"datenlizenz deutschland|dl-de/by", "dl-de/by-2-0"),
    (r"cc[ -]?0\b|public domain|gemeinfrei", "CC0-1.0"),
    (r"cc[ -]by[ -]sa", "CC-BY-SA-4.0"),
    (r"cc[ -]by|creative commons namensnennung", "CC-BY-4.0"),
)
_STATE = r"Stand: ?([0-9]{2}\.[0-9]{2}\.[0-9]{4})"
GENESIS_PUBLISHER = "Statistische Ämter des Bundes und der Länder"


@dataclass(frozen=True)
class Terms:
    """Licence, publisher and attribution; ``UNKNOWN`` where the file is silent."""

    licence: str
    publisher: str
    attribution: str
    published: str | None
    """Pattern of the date of publication in the footer."""


def find_terms(texts: str, footer: str) -> Terms:
    """Find the terms in the texts around the table; the date of publication in the footer."""
    plain = normalise(texts)
    licence = next(
        (code for pattern, code in _LICENCES if re.search(pattern, plain, re.IGNORECASE)), UNKNOWN
    )
    rights = re.search(
        r"(?:©|\(c\)) ?(?:Daten )?([^|;]{3,120}?)(?:, (?:\d{4}|Deutschland)|[.|;]|$)", plain
    )
    source = re.search(
        r"(?:Quelle|Herausgeber|Hrsg\.)[^:|]{0,20}: ?([^|;]{3,120}?)(?:[.|;,]|$)", plain
    )
    if "Destatis" in plain:
        publisher = "Statistisches Bundesamt"
    elif GENESIS_PUBLISHER in plain:
        publisher = GENESIS_PUBLISHER
    elif "BBSR" in plain or "INKAR" in plain:
        publisher = "Bundesinstitut für Bau-, Stadt- und Raumforschung"
    else:
        found = rights or source
        publisher = found[1].strip(" ()") if found else UNKNOWN
    attribution = f"© {publisher}, {licence}" if publisher != UNKNOWN else UNKNOWN
    return Terms(licence, publisher, attribution, _STATE if re.search(_STATE, footer) else None)
