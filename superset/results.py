"""Answers that are kept as long as the release they were read from is the current one.

An answer is kept under the release, and under the roles of who asked; Superset's own key says what
was asked, of which dataset, with which row-level rules. Publishing, rolling back and taking back a
release move the link ``current``, and with it what is found here, in the same instant.
"""

import hashlib
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from pickle import PickleError
from typing import Any, NamedTuple

from flask import Flask, g, has_request_context
from flask_caching.backends import FileSystemCache, RedisCache
from flask_caching.backends.base import BaseCache
from redis.exceptions import RedisError

FOLDER = "results"
MOST_FILES = 2_000
"""Most answers have a few kilobytes; none has more than ``MOST_CELLS`` cells."""
MOST_CELLS = 100_000
KEPT_SECONDS = 86_400
_LEFT = 0.75
"""Share of the files that stays when there are too many."""
# A cache that fails is none: the question is asked of the release.
_FAILURES = (OSError, EOFError, PickleError, RedisError)
_log = logging.getLogger(__name__)


def configuration(state: Path, secret_key: str, redis: str | None) -> dict[str, Any]:
    """Return what Superset has to be told: files in ``state``, or Redis for several machines.

    Other assets, code or versions make another stamp of the set-up, and find nothing that was kept
    before; neither do other installations that share a Redis.
    """
    stamp = state / "setup.json"
    made = stamp.read_bytes() if stamp.exists() else b""
    return {
        "CACHE_TYPE": "results.ReleaseCache",
        "CACHE_DEFAULT_TIMEOUT": KEPT_SECONDS,
        "CACHE_DIR": str(state / FOLDER),
        "CACHE_REDIS_URL": redis,
        "CACHE_KEY_PREFIX": hashlib.sha256(secret_key.encode() + made).hexdigest(),
    }


class Shown(NamedTuple):
    """What readers see: the release, and the link to it, which each swap makes anew."""

    release_id: str
    link: tuple[int, int]


class ReleaseCache(BaseCache):  # type: ignore[misc]  # no types here
    """A cache of what the current release says to people with the same roles."""

    def __init__(self, store: BaseCache, prefix: str) -> None:
        super().__init__()
        self._store = store
        self._prefix = prefix

    @classmethod
    def factory(
        cls,
        app: Flask,
        config: Mapping[str, Any],
        arguments: list[Any],
        options: dict[str, Any],
    ) -> "ReleaseCache":
        """Make one as Flask-Caching asks for it."""
        prefix = config["CACHE_KEY_PREFIX"]
        if config["CACHE_REDIS_URL"]:
            plain = {**config, "CACHE_KEY_PREFIX": "datenlabor_results_"}
            return cls(RedisCache.factory(app, plain, arguments, options), prefix)
        return cls(_FewFiles(config["CACHE_DIR"], MOST_FILES, **options), prefix)

    def get(self, key: str) -> Any:  # noqa: ANN401  whatever was kept
        """Return what was kept under a key; None if nothing was, or it cannot be read."""
        shown = _shown()
        if shown is None:
            return None
        try:
            found = self._store.get(self._name(shown, key))
        except _FAILURES as failure:
            _log.warning("What was kept could not be read: %r", failure)
            found = None
        if found is None:
            # What is read from now on is of this release, or of a later one.
            _asked()[key] = shown
        return found

    def set(self, key: str, value: Any, timeout: int | None = None) -> bool:  # noqa: ANN401  as above
        """Keep an answer if no other release was shown since it was asked for."""
        shown = _shown()
        if shown is None or _asked().pop(key, None) != shown or _is_large(value):
            return False
        try:
            return bool(self._store.set(self._name(shown, key), value, timeout))
        except _FAILURES as failure:
            _log.warning("An answer could not be kept: %r", failure)
            return False

    def delete(self, key: str) -> bool:
        """Forget what was kept under a key for the one who asks."""
        shown = _shown()
        return shown is not None and bool(self._store.delete(self._name(shown, key)))

    def has(self, key: str) -> bool:
        """Say whether anything is kept."""
        return self.get(key) is not None

    def clear(self) -> bool:
        """Forget everything."""
        return bool(self._store.clear())

    def _name(self, shown: Shown, key: str) -> str:
        parts = (self._prefix, shown.release_id, *_roles(), key)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class _FewFiles(FileSystemCache):  # type: ignore[misc]  # no types here
    """Files, of which a part goes at once when there are too many: each look at all takes time."""

    def _prune(self) -> None:
        if not self._over_threshold():
            return
        files = [Path(name) for name in self._list_dir()]
        ages = {file: file.stat().st_mtime for file in files if file.exists()}
        kept = sorted(ages, key=ages.__getitem__, reverse=True)[: int(MOST_FILES * _LEFT)]
        for file in ages.keys() - set(kept):
            file.unlink(missing_ok=True)
        self._update_count(value=len(kept))


def _shown() -> Shown | None:
    """Return what is shown now; None where nobody asks or nothing is."""
    if not has_request_context():
        return None
    link = Path(os.environ["DATENLABOR_HOME"]) / "releases" / "current"
    try:
        # The link is looked at before and after: in between it may become another one.
        before, name, after = link.lstat(), link.readlink().name, link.lstat()
    except OSError:
        return None
    mark = (before.st_ino, before.st_ctime_ns)
    return Shown(name, mark) if mark == (after.st_ino, after.st_ctime_ns) else None


def _asked() -> dict[str, Shown]:
    """Return what was asked for in this request and not found, with what was shown then."""
    if "results_asked" not in g:
        g.results_asked = {}
    asked: dict[str, Shown] = g.results_asked
    return asked


def _roles() -> list[str]:
    from superset.extensions import security_manager

    return sorted(str(role.id) for role in security_manager.get_user_roles())


def _is_large(value: Any) -> bool:  # noqa: ANN401  whatever is to be kept
    return isinstance(value, dict) and getattr(value.get("df"), "size", 0) > MOST_CELLS
