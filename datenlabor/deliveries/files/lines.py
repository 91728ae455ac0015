"""The physical lines of a text file: decoded, normalised, one pass, bounded memory."""

import codecs
import io
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from datenlabor.deliveries.files.encoding import TextForm
from datenlabor.deliveries.files.intake import refusal
from datenlabor.deliveries.files.rules import may_be_odd, oddity
from datenlabor.errors import DatenlaborError

_CHUNK = 1 << 20
LONGEST_LINE = 1 << 20
"""Characters."""

Progress = Callable[[int, int], None]


def no_progress(_done: int, _total: int) -> None:
    """Report nothing."""


class Lines:
    """Iterates once over the lines of a file, without line ends, in Unicode NFC.

    ``oddities`` holds, for lines already read, line number → broken rule; whoever deals with a line
    takes it out. ``unterminated_last_line`` is among them only if the spec does not expect it.

    Raises while iterating:
        DatenlaborError: bytes do not fit the encoding, NUL bytes, a line that is too long.
    """

    def __init__(
        self, file: Path, form: TextForm, *, may_be_unended: bool, progress: Progress = no_progress
    ) -> None:
        self.oddities: dict[int, str] = {}
        self._file = file
        self._form = form
        self._may_be_unended = may_be_unended
        self._progress = progress
        self._number = 0
        """Lines handed out or about to be."""

    def __iter__(self) -> Iterator[str]:
        for block in self._blocks():
            yield from block

    def _blocks(self) -> Iterator[list[str]]:
        total = self._file.stat().st_size
        decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(self._form.codec)(), translate=True
        )
        done = self._form.skip
        begun = ""
        with self._file.open("rb") as stream:
            stream.seek(done)
            while chunk := stream.read(_CHUNK):
                text, ended, begun = (begun + self._decode(decoder, chunk, done)).rpartition("\n")
                done += len(chunk)
                if ended:
                    yield self._block(text)
                if len(begun) > LONGEST_LINE:
                    raise self._too_long(self._number + 1)
                self._progress(done, total)
        begun += self._decode(decoder, b"", done)
        # At the very end the decoder may hand out a line end it had kept back.
        text, ended, begun = begun.rpartition("\n")
        if ended:
            yield self._block(text)
        if begun:
            last = self._block(begun)
            if not self._may_be_unended:
                self.oddities.setdefault(self._number, "unterminated_last_line")
            yield last

    def _decode(self, decoder: io.IncrementalNewlineDecoder, chunk: bytes, done: int) -> str:
        """Decode a chunk that begins at byte ``done``; an empty one ends the file."""
        try:
            return decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # The decoder puts bytes it kept back before the chunk.
            before = bytes(error.object[: error.start])
            position = done - (len(error.object) - len(chunk)) + error.start
            text = before.decode(self._form.codec, "replace").replace("\r\n", "\n")
            line = self._number + text.replace("\r", "\n").count("\n") + 1
            raise refusal(
                self._file,
                "encoding",
                f"byte {position + 1}, line {line}: "
                f"0x{error.object[error.start]:02x} does not fit {self._form.name}.",
                "Correct `encoding:` under `format:` in the spec, or export the file again.",
            ) from error

    def _block(self, text: str) -> list[str]:
        """Return lines of a text and note which of them are odd."""
        if "\0" in text:
            line = self._number + text[: text.index("\0")].count("\n") + 1
            raise refusal(
                self._file,
                "nul_byte",
                f"line {line} contains a NUL byte.",
                "It is no text file, UTF-16 without a declared encoding, or damaged.",
            )
        if not text.isascii() and not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        lines = text.split("\n")
        if len(lines[0]) > LONGEST_LINE:
            raise self._too_long(self._number + 1)
        if may_be_odd(text):
            for number, content in enumerate(lines, self._number + 1):
                if rule := oddity(content):
                    self.oddities[number] = rule
        self._number += len(lines)
        return lines

    def _too_long(self, line: int) -> DatenlaborError:
        return refusal(
            self._file,
            "line_too_long",
            f"line {line} has more than {LONGEST_LINE} characters.",
            "It is no text file with one record per line.",
        )
