"""Signing in to Google without a person: as a service account that acts for someone of its domain.

Belongs here: the signed claim (RFC 7523). Refresh tokens need nothing of Google's own.
"""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from orchestration.errors import PipelineError
from orchestration.sources.transport import Transport
from orchestration.sources.transport_auth import OAuth, Secret

SCOPE = "https://www.googleapis.com/auth/calendar.events.readonly"
SIGN_IN_PATH = "/token"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SECONDS = 3600  # Google's most


class ServiceAccount(OAuth):
    """A service account with domain-wide delegation. `subject`: the person it acts for; `audience`: the
    token endpoint's own address. Raises PipelineError where the variable holds no key."""

    def __init__(
        self, endpoint: Transport, variable: str, secret: Secret, *, subject: str, audience: str
    ) -> None:
        super().__init__(endpoint, SIGN_IN_PATH, _GRANT, {}, secret)
        self.described = (
            f"environment variable {variable}, and the delegation of {SCOPE} in the admin console"
        )
        self._subject, self._audience = subject, audience
        found = _key(secret(variable))
        if found is None:
            raise PipelineError(
                f"Environment variable {variable} holds no key of a service account.",
                "Put the whole JSON key file into it, as Google gives it.",
            )
        self._issuer, self._key_id, self._key = found

    def _proof(self) -> Mapping[str, str]:
        now = int(time.time())
        claims = {
            "iss": self._issuer,
            "sub": self._subject,
            "scope": SCOPE,
            "aud": self._audience,
            "iat": now,
            "exp": now + _SECONDS,
        }
        head = {"alg": "RS256", "typ": "JWT", "kid": self._key_id}
        signed = b".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
        signature = self._key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return {"assertion": (signed + b"." + _base64(signature)).decode()}


def _key(text: str) -> tuple[str, str, rsa.RSAPrivateKey] | None:
    """Account, key id and key of a JSON key file. No exception that quotes any of it leaves here."""
    try:
        document: Any = json.loads(text)
        issuer, key_id = str(document["client_email"]), str(document["private_key_id"])
        key = serialization.load_pem_private_key(document["private_key"].encode(), password=None)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return (issuer, key_id, key) if isinstance(key, rsa.RSAPrivateKey) else None


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
