"""A comment to begin with."""

from datenlabor.comments.board import Content

CONTENT = Content(
    area_code="05162024",
    kind="assessment",
    audience="internal",
    author_role="Statistikstelle",
    title="Was die Zahl nicht sagt",
    text="Die Zahl folgt der Statistik, nicht dem, was in den Vierteln geschieht.",
    indicator_code="population",
    period="2023",
)
