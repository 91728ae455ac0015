"""Superset's secrets: its key, the administrator's first password, addresses that hold passwords.

The first two are made up at the first start and kept in ``<home>/superset/secrets.json``, readable
by the owner alone. The environment takes precedence, e.g. where a vault provides them: a variable
itself, or a file that is named by the variable with ``_FILE`` behind it. What it provides is not
written.
"""

import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

SECRET_KEY = "secret_key"  # noqa: S105  a name, not a secret
ADMIN_PASSWORD = "admin_password"  # noqa: S105  a name, not a secret
VARIABLES = {SECRET_KEY: "SUPERSET_SECRET_KEY", ADMIN_PASSWORD: "DATENLABOR_ADMIN_PASSWORD"}
METADATA_URI = "DATENLABOR_METADATA_URI"
PROVIDED = (*VARIABLES.values(), METADATA_URI, "DATENLABOR_REDIS", "DATENLABOR_OIDC_CLIENT_SECRET")


@dataclass(frozen=True)
class Secrets:
    """What Superset needs to start, and whether the password is new to the user."""

    secret_key: str
    admin_password: str
    password_is_new: bool


def provided(name: str) -> str | None:
    """Return what the environment provides for ``name``, itself or in a file; None for nothing.

    Raises OSError if that file cannot be read.
    """
    if value := os.environ.get(name):
        return value
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else None


def all_provided() -> dict[str, str]:
    """Return all secrets that the environment provides, by variable. Raises OSError."""
    return {name: value for name in PROVIDED if (value := provided(name))}


def secrets_file(home: Home) -> Path:
    """Return where generated secrets are kept."""
    return home.superset / "secrets.json"


def load_secrets(home: Home) -> Secrets:
    """Return the secrets; generate and keep those that neither environment nor file provides."""
    file = secrets_file(home)
    given = {name: value for name, var in VARIABLES.items() if (value := provided(var))}
    kept = _read(file)
    missing = {
        name: secrets.token_urlsafe(48 if name == SECRET_KEY else 12)
        for name in VARIABLES
        if name not in given and name not in kept
    }
    if missing:
        _write(file, kept | missing)
    everything = missing | kept | given
    return Secrets(everything[SECRET_KEY], everything[ADMIN_PASSWORD], ADMIN_PASSWORD in missing)


def _read(file: Path) -> dict[str, str]:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return {}
    with os.fdopen(descriptor, encoding="utf-8") as stream:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise DatenlaborError(
                f"{file} can be read by others (mode {mode:04o}).",
                hint=f"Others may have read the secrets: delete the file to get new ones, or, if "
                f"nobody else works on this machine, `chmod 600 '{file}'`.",
            )
        text = stream.read()
    try:
        content = json.loads(text)
    except ValueError as error:
        raise DatenlaborError(
            f"{file} is not valid JSON: {error}",
            hint="Delete the file to get new secrets; users then have to log in again.",
        ) from error
    if not isinstance(content, dict):
        raise DatenlaborError(
            f"{file} holds no JSON object.",
            hint="Delete the file to get new secrets; users then have to log in again.",
        )
    return {name: str(content[name]) for name in VARIABLES if content.get(name)}


def _write(file: Path, content: dict[str, str]) -> None:
    """Write the file whole or not at all; it never exists with a wider mode."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
