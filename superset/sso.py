"""Single sign-on by OpenID Connect (Keycloak and others), from the environment.

On where ``DATENLABOR_OIDC_ISSUER`` is set. People get the roles that are named as their groups;
see ``docs/production.md``.
"""

import os
from typing import Any

PROVIDER = "oidc"
ADMINISTRATION = "Administration"


def settings() -> dict[str, Any]:
    """Return Superset's settings for it; none where it is off.

    Raises:
        RuntimeError: it is on, and the client or its secret is missing.

    """
    issuer = os.environ.get("DATENLABOR_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return {}
    client = os.environ.get("DATENLABOR_OIDC_CLIENT_ID")
    key = os.environ.get("DATENLABOR_OIDC_CLIENT_SECRET")
    if not client or not key:
        raise RuntimeError(
            "Single sign-on needs DATENLABOR_OIDC_CLIENT_ID and DATENLABOR_OIDC_CLIENT_SECRET."
        )
    return {
        "AUTH_TYPE": 4,  # flask_appbuilder's AUTH_OAUTH
        "AUTH_USER_REGISTRATION": True,
        "AUTH_ROLES_SYNC_AT_LOGIN": True,
        "OAUTH_PROVIDERS": [
            {
                "name": PROVIDER,
                "icon": "fa-key",
                "token_key": "access_token",
                "remote_app": {
                    "client_id": client,
                    "client_secret": key,
                    "server_metadata_url": f"{issuer}/.well-known/openid-configuration",
                    "client_kwargs": {
                        "scope": "openid profile email",
                        "code_challenge_method": "S256",
                    },
                },
            }
        ],
    }


def person(claims: dict[str, Any]) -> dict[str, Any]:
    """Return a person as Superset wants it from the claims of the provider.

    Keycloak puts a slash before names of groups.
    """
    groups = [str(group).lstrip("/") for group in claims.get("groups", [])]
    return {
        "username": claims.get("preferred_username") or claims["sub"],
        "first_name": claims.get("given_name", ""),
        "last_name": claims.get("family_name", ""),
        "email": claims.get("email", ""),
        "role_keys": ["Admin" if group == ADMINISTRATION else group for group in groups],
    }
