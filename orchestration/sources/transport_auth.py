"""Signing in to an API: what is put on a request, how it is renewed, and keeping it out of messages.

Belongs here: tokens and OAuth's two flows without a person (client credentials, refresh token). The
secrets themselves come from the environment through `settings`; only the variables' names are written
down anywhere.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import requests
from pydantic import SecretStr
from requests.auth import AuthBase

from orchestration.errors import PipelineError

if TYPE_CHECKING:
    from orchestration.sources.transport import Transport

Secret = Callable[[str], str]  # name of an environment variable to its value

_PHONE = re.compile(r"\+\d[\d ().\-/]{5,}\d")  # with its country: other digits may be ids, which help
_E_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"',;]+")


class SignInFailed(PipelineError):
    """No access token. `status`: of the token endpoint's last answer (0: there was none)."""

    def __init__(self, message: str, remedy: str, status: int) -> None:
        super().__init__(message, remedy)
        self.status = status


class Credentials(AuthBase):
    """What signs a request. `described`: the variables to look at when it is refused."""

    described = "none are configured"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self.headers())
        return request

    def headers(self) -> Mapping[str, str]:
        return {}

    def renew(self) -> bool:
        """After a 401: true where there is now something new to try."""
        return False

    def secrets(self) -> Iterable[str]:
        """Every text that must not be repeated to anyone."""
        return ()


class Token(Credentials):
    """A token that stays as it is: `Authorization: Bearer …`, or as a header of the vendor's own."""

    def __init__(
        self, variable: str, secret: Secret, header: str = "Authorization", prefix: str = "Bearer "
    ) -> None:
        self._value = SecretStr(secret(variable))
        self._header, self._prefix = header, prefix
        self.described = f"environment variable {variable}"

    def headers(self) -> Mapping[str, str]:
        return {self._header: self._prefix + self._value.get_secret_value()}

    def secrets(self) -> Iterable[str]:
        return (self._value.get_secret_value(),)


class OAuth(Credentials):
    """An access token from the token endpoint, fetched when first needed and once more when refused.

    `flow`: the grant type; `variables`: further fields of the request to environment variables;
    `constants`: fields that are no secret.
    `endpoint`: a transport of its own, without credentials. The answer's other fields (Salesforce:
    instance_url) stay in `answer`. `is_rotated`: the vendor gave another refresh token, which is used from
    then on; the one in the environment may be void.
    """

    def __init__(
        self,
        endpoint: "Transport",
        path: str,
        flow: str,
        variables: Mapping[str, str],
        secret: Secret,
        *,
        constants: Mapping[str, str] | None = None,
    ) -> None:
        self._endpoint, self._path = endpoint, path
        self._constants = {"grant_type": flow, **(constants or {})}
        self._fields = {name: SecretStr(secret(variable)) for name, variable in variables.items()}
        self._access: SecretStr | None = None
        self.is_rotated = False
        self.answer: dict[str, str] = {}
        self.described = f"environment variables {', '.join(variables.values())}"

    def headers(self) -> Mapping[str, str]:
        if self._access is None:
            self.renew()
        assert self._access is not None  # noqa: S101 - renew() sets it or raises
        return {"Authorization": f"Bearer {self._access.get_secret_value()}"}

    def renew(self) -> bool:
        """Fetch a new access token. Raises SignInFailed where the token endpoint refuses."""
        failure: SignInFailed | None = None
        answer: object = None
        try:
            answer = self._endpoint.post_form(self._path, {**self._constants, **self._proof()})
        except PipelineError as error:
            failure = SignInFailed(
                without_secrets(error.message, self.secrets()),
                f"Check {self.described}, and that the app is active.",
                getattr(error, "status", 0),
            )
            failure.is_transient = error.is_transient
        if failure:
            raise failure
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(answer, dict) or not isinstance(token, str) or not token:
            raise PipelineError(
                f"Signing in at {self._path} gave no access token.",
                f"Check {self.described} and the login address.",
            )
        self._access = SecretStr(token)
        following = answer.get("refresh_token")
        if isinstance(following, str) and "refresh_token" in self._fields:
            self.is_rotated |= following != self._fields["refresh_token"].get_secret_value()
            self._fields["refresh_token"] = SecretStr(following)
        self.answer = {
            name: text for name, text in answer.items() if isinstance(text, str) and "token" not in name
        }
        return True

    def _proof(self) -> Mapping[str, str]:
        """The fields of the request that prove who asks."""
        return {name: value.get_secret_value() for name, value in self._fields.items()}

    def secrets(self) -> Iterable[str]:
        held = [*self._fields.values(), *([self._access] if self._access else [])]
        return [value.get_secret_value() for value in held]


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Text with secrets, mail addresses and telephone numbers blotted out."""
    for secret in sorted(secrets, key=len, reverse=True):  # one may be a part of another
        if secret:
            text = text.replace(secret, "***")
    return _PHONE.sub("***", _E_MAIL.sub("***@***", text))
