"""Who gets a published file of his own; macro ``audiences`` says the same to the models."""

from typing import Final

INTERNAL: Final = "internal"
"""The city's staff."""

PUBLIC: Final = "public"
"""Everybody."""

AUDIENCES: Final = (INTERNAL, PUBLIC)
"""From the inside out: what one does not get, the next does not get either."""

COLUMN: Final = "audience_code"
"""Column by which rows of a protected table belong to an audience; tables without are for all."""
