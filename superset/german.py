"""Corrected German texts for Superset.

A sixth of Superset's German catalogue consists of automatic guesses that nobody has checked, marked
as *fuzzy*, many of them plainly wrong ("12 hours" = "1 Stunde", "Sign in" = "Nicht in"). They are
replaced by the texts of ``static/translations_de.json``, the rest of them by the English original:
a foreign word misleads nobody. The installed files stay as they are; the corrected catalogues lie
in Superset's folder of state and come after the installed ones.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = "de"
CORRECTIONS = Path(__file__).resolve().parent / "static" / "translations_de.json"


def catalogue_folder(translations: Path) -> Path:
    """Return where the catalogues lie inside a folder of translations."""
    return translations / LOCALE / "LC_MESSAGES"


def write_corrected(installed: Path, target: Path) -> None:
    """Write the catalogues of the server (``.mo``) and of the browser (``.json``)."""
    corrections = {
        text: [forms] if isinstance(forms, str) else forms
        for text, forms in json.loads(CORRECTIONS.read_text(encoding="utf-8")).items()
    }
    with (catalogue_folder(installed) / "messages.po").open("rb") as stream:
        official = read_po(stream, locale=LOCALE)
    guessed = [message.id for message in official if message.id and message.fuzzy]
    folder = catalogue_folder(target)
    folder.mkdir(parents=True, exist_ok=True)

    # The server's texts are looked up in the last catalogue that has them.
    server = Catalog(locale=LOCALE)
    for original in guessed:
        server.add(original, original)
    for message in official:
        forms = corrections.get(_singular(message.id))
        if message.id and forms:
            plural = isinstance(message.id, tuple)
            server.delete(message.id)
            server.add(message.id, (forms[0], forms[-1]) if plural else forms[0])
    with (folder / "messages.mo").open("wb") as stream:
        write_mo(stream, server)

    pack = json.loads((catalogue_folder(installed) / "messages.json").read_text(encoding="utf-8"))
    for texts in pack["locale_data"].values():
        for original in guessed:
            texts.pop(_singular(original), None)
        texts.update(corrections)
    (folder / "messages.json").write_text(json.dumps(pack, ensure_ascii=False), encoding="utf-8")


def _singular(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else text[0]
