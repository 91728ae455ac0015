"""Static pages in German: an index and a page per data set; they need neither scripts nor a server.

All links are relative, so that the folder works below any path.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from datenlabor.opendata import texts
from datenlabor.opendata.codes import FREE, Status
from datenlabor.opendata.content import Content, Value
from datenlabor.opendata.product import Product

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = "stil.css"
_LIST_COLUMNS = 6


@dataclass(frozen=True)
class Cell:
    """A cell of a preview; ``meaning`` says what stands for a missing value."""

    text: str
    is_number: bool = False
    meaning: str = ""


@dataclass(frozen=True)
class Preview:
    """Some rows as readers see them."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def pages(product: Product) -> dict[str, str]:
    """Return all pages and their style, by file name."""
    engine = _engine()
    index = engine.get_template("index.html.jinja")
    page = engine.get_template("data_set.html.jinja")
    return {
        "index.html": index.render(product=product, root="", legend=_legend(product)),
        _STYLE: (_TEMPLATES / _STYLE).read_text(encoding="utf-8"),
        **{
            f"{data_set.name}/index.html": page.render(
                product=product,
                data_set=data_set,
                preview=preview(data_set.content, product),
                root="../",
                legend=_legend(product),
            )
            for data_set in product.data_sets
        },
    }


def preview(content: Content, product: Product) -> Preview:
    """Return the rows of the preview, in words instead of codes and with German numbers."""
    columns = {column.name: column for column in content.declaration.columns}
    shown = _shown(content)
    return Preview(
        [columns[name].label for name in shown],
        [
            [_cell(content, name, dict(zip(columns, row, strict=True)), product) for name in shown]
            for row in content.preview
        ],
    )


def _shown(content: Content) -> list[str]:
    shape = content.declaration.shape
    said = {"conf_status": content.secret, "provenance_name": content.synthetic}
    if not shape.measures:
        more = [name for name in shape.columns[_LIST_COLUMNS:] if said.get(name)]
        return [*shape.columns[:_LIST_COLUMNS], *more]
    return [
        *(shape.names.get(name, name) for name in (*shape.dimensions, str(shape.time))),
        *shape.measures,
        *(name for name in shape.attributes if name == "obs_status" or said.get(name)),
    ]


def _cell(content: Content, name: str, row: dict[str, Value], product: Product) -> Cell:
    value = row[name]
    measures = content.declaration.shape.measures
    if name not in measures:
        return Cell(texts.plain(value))
    if isinstance(value, int | float):
        return Cell(texts.number(value), is_number=True)
    if any(row[measure] is not None for measure in measures):
        # The status is that of the value beside this one.
        return Cell(texts.NONE, is_number=True, meaning="keine Angabe")
    symbol, meaning = texts.empty(str(row["obs_status"]), str(row["conf_status"]), product.codes)
    return Cell(symbol, is_number=True, meaning=meaning)


def _legend(product: Product) -> list[tuple[str, Status]]:
    """Return each column of codes with each of its codes."""
    return [
        *(("obs_status", status) for status in product.codes.obs_status),
        *(("conf_status", status) for status in product.codes.conf_status if status.code != FREE),
    ]


@cache
def _engine() -> Environment:
    engine = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    engine.filters |= {"number": texts.number, "size": texts.size, "day": texts.day}
    engine.globals |= {
        "years": texts.years,
        "style": _STYLE,
        "synthetic": texts.SYNTHETIC,
        "secret": texts.CONCEALED,
    }
    return engine
