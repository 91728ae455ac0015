"""``datenlabor docs``: documents that are generated from the project."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from datenlabor import dbt
from datenlabor.console import out
from datenlabor.deliveries import contract_documents
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, TARGET
from datenlabor.semantics.artifacts import read_project
from datenlabor.semantics.diagram import star_schema
from datenlabor.semantics.dictionary import data_dictionary

DICTIONARY = PROJECT / "docs" / "data-dictionary.md"
STAR_SCHEMA = PROJECT / "docs" / "star-schema.md"


def docs_command(
    check: Annotated[  # noqa: FBT002 a flag of the command line
        bool, typer.Option("--check", help="Fail if a document is out of date; write nothing.")
    ] = False,
) -> None:
    """Write what follows from the contracts, then dictionary and diagrams from dbt's artifacts."""
    bring_up_to_date(contract_documents.documents(), check=check)
    dbt.parse()
    project = read_project(TARGET)
    bring_up_to_date(
        {DICTIONARY: data_dictionary(project), STAR_SCHEMA: star_schema(project)}, check=check
    )


def bring_up_to_date(
    documents: Mapping[Path, str], *, check: bool, command: str = "datenlabor docs"
) -> None:
    """Write the documents that are not what they should be; with ``check`` refuse them.

    ``command`` is the one that writes them.

    Raises:
        DatenlaborError: with ``check``, a document is out of date.

    """
    for file, text in documents.items():
        name = file.relative_to(PROJECT)
        is_current = file.exists() and file.read_text("utf-8") == text
        if check and not is_current:
            raise DatenlaborError(f"{name} is out of date.", hint=f"Run `{command}`.")
        if not is_current:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        out.print(f"{'unchanged' if is_current else 'written'}: {name}")
