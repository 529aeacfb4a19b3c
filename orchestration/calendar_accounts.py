"""How calendars on servers are reached: the sections of the sources file for accounts.

Belongs here: addresses, whose calendars are read, and the names of the environment variables that hold
the secrets. Never a secret itself. Reading the calendars is `sources/calendar`.
"""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from orchestration.secret_names import VariableName

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _bare_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("write a whole address that starts with https://")
    if parts.username or parts.password:
        raise ValueError("leave user and password out of the address and name environment variables")
    return url.rstrip("/")


Address = Annotated[Text, AfterValidator(_bare_address)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoogleCalendars(_Section):
    """Google Calendar. Signs in as a service account that acts for every person (`service_account_env`:
    variable with the JSON key), or with one person's refresh token."""

    calendars: tuple[Text, ...] = Field(min_length=1)  # addresses; with a service account of its users
    service_account_env: VariableName | None = None
    client_id_env: VariableName | None = None
    client_secret_env: VariableName | None = None
    refresh_token_env: VariableName | None = None
    api_url: Address = "https://www.googleapis.com/calendar/v3"
    sign_in_url: Address = "https://oauth2.googleapis.com"

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        person = (self.client_id_env, self.client_secret_env, self.refresh_token_env)
        if self.service_account_env is not None and any(person):
            raise ValueError(
                "give service_account_env, or client_id_env, client_secret_env and refresh_token_env"
            )
        if self.service_account_env is None and not all(person):
            raise ValueError("needs service_account_env, or the client's id, its secret and a refresh token")
        return self


class MicrosoftCalendars(_Section):
    """Microsoft 365 through Graph, as an application (client credentials, `Calendars.Read`)."""

    mailboxes: tuple[Text, ...] = Field(min_length=1)  # addresses or ids; of each the main calendar
    tenant: Annotated[Text, StringConstraints(pattern=r"^[\w.-]+$")]
    client_id_env: VariableName
    client_secret_env: VariableName
    api_url: Address = "https://graph.microsoft.com/v1.0"
    sign_in_url: Address = "https://login.microsoftonline.com"


class CalDavCollection(_Section):
    """One calendar on the server and whose it is."""

    path: Annotated[Text, StringConstraints(pattern="^/")]  # from the root of the server
    owner: Text


class CalDavServer(_Section):
    """A CalDAV server. Signs in with user and password, or a token."""

    url: Address
    collections: tuple[CalDavCollection, ...] = Field(min_length=1)
    user_env: VariableName | None = None
    password_env: VariableName | None = None
    token_env: VariableName | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.user_env is None) != (self.password_env is None):
            raise ValueError("user_env and password_env go together")
        if self.token_env is not None and self.user_env is not None:
            raise ValueError("give token_env, or user_env and password_env")
        return self


class CalendarUrl(_Section):
    """A calendar that is published as a file. Where the address itself is the key to it, as Google's
    and Outlook's are, name an environment variable."""

    owner: Text
    name: Text = "calendar"  # tells several calendars of one owner apart; never change it afterwards
    url: Text | None = None
    url_env: VariableName | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("give either url or url_env")
        return self

    @property
    def label(self) -> str:
        """What its records name as their file; independent of the address, which may be replaced."""
        return f"url:{self.owner}/{self.name}.ics"
