"""The metrics of assessed indicators in plain SQL, written by hand from the published columns."""

from collections.abc import Mapping

ASSESSMENTS = "pub_indicator_assessment"
VINTAGES = "pub_indicator_vintage"
PEERS = "pub_indicator_peer"

SOCIAL_MODELS = {
    ASSESSMENTS: "indicator_assessment",
    VINTAGES: "indicator_vintage",
    PEERS: "indicator_peer",
}

SOCIAL_DIMENSIONS: list[tuple[str, tuple[str, ...]]] = [
    (ASSESSMENTS, ()),
    (ASSESSMENTS, ("chapter_name", "finding_name")),
    (ASSESSMENTS, ("area_name", "area_level", "calendar_year")),
    (ASSESSMENTS, ("indicator_code", "area_level", "calendar_year")),
    (ASSESSMENTS, ("indicator_code", "area_code", "calendar_year")),
    (VINTAGES, ()),
    (VINTAGES, ("state_name", "indicator_code", "area_level")),
    (VINTAGES, ("state_name", "area_code", "calendar_year")),
    (PEERS, ()),
    (PEERS, ("peer_name", "chapter_name")),
]


def _of_one_row(column: str) -> str:
    return f"case when count(*) = 1 then any_value({column}) end"


def _where(condition: str) -> str:
    return f"count(*) filter (where {condition})"


_JUDGED = "finding_name not in ('Stadt insgesamt', 'geheim zu halten', 'nicht beurteilt')"
_BURDENED = _where("finding_name = 'ungünstiger'")

SOCIAL_METRICS: Mapping[str, Mapping[str, str]] = {
    ASSESSMENTS: {
        "assessed_value": _of_one_row("shown_value"),
        "assessed_low": _of_one_row("shown_low"),
        "assessed_high": _of_one_row("shown_high"),
        "assessed_town": _of_one_row("shown_town"),
        "distance_to_town": _of_one_row("shown_distance"),
        "chance_score": _of_one_row("chance_score"),
        "relief_score": _of_one_row("relief_score"),
        "compared_indicators": _where(_JUDGED),
        "burdened_indicators": _BURDENED,
        "relieved_indicators": _where("finding_name = 'günstiger'"),
        "inconspicuous_indicators": _where("finding_name = 'nicht zu unterscheiden'"),
        "worsened_indicators": _where("trend_5y_name = 'ungünstiger'"),
        "improved_indicators": _where("trend_5y_name = 'günstiger'"),
        "higher_values": _where("shown_low > shown_town"),
        "lower_values": _where("shown_high < shown_town"),
        "changed_values": _where(
            "trend_5y_name not in ('nicht beurteilt', 'keine gesicherte Änderung')"
        ),
        "secret_indicators": _where("conf_status = 'C'"),
        "burdened_share": f"{_BURDENED} / nullif({_where(_JUDGED)}, 0)",
        "striking_score": "max(abs(relief_score))",
        "profile_position": "min(area_order)",
    },
    VINTAGES: {
        "known_value": _of_one_row("shown_value"),
        "changed_since": "count(*) filter (where is_changed)",
    },
    PEERS: {"peer_position": "min(peer_order)"},
}
