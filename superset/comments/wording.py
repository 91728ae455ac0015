"""German words for what the protocol says in English."""

from datetime import datetime
from zoneinfo import ZoneInfo

from datenlabor.comments.board import Action, Status

STATUSES = {
    Status.DRAFT: "Entwurf",
    Status.WAITING: "in Prüfung",
    Status.APPROVED: "geprüft",
    Status.DISCARDED: "verworfen",
}
ACTIONS = {
    Action.SAVED: "gespeichert",
    Action.SUBMITTED: "zur Prüfung gegeben",
    Action.RETURNED: "zurückgegeben",
    Action.APPROVED: "freigegeben",
    Action.DISCARDED: "verworfen",
}
_BERLIN = ZoneInfo("Europe/Berlin")


def day(at: datetime) -> str:
    """Return the day of a moment, as it was in Germany."""
    return f"{at.astimezone(_BERLIN):%d.%m.%Y}"


def moment(at: datetime) -> str:
    """Return day and time of a moment, as they were in Germany."""
    return f"{at.astimezone(_BERLIN):%d.%m.%Y, %H:%M} Uhr"
