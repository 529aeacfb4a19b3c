"""How CRMs with an API are reached: the sections of the sources file for accounts.

Belongs here: addresses, bounds of what is read, and the names of the environment variables that hold the
secrets. Never a secret itself. Reading the CRMs is `sources/crm`.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from orchestration.secret_names import VariableName

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Minutes = Annotated[float, Field(ge=0)]
Days = Annotated[float, Field(gt=0)]


class _Account(BaseModel):
    """`overlap_minutes`: how far behind the last modification seen the next ingest begins.
    `complete_every_days`: how often everything is listed, which finds what was deleted for good or dated
    back; None: only the first time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    overlap_minutes: Minutes = 60
    complete_every_days: Days | None = 7


class SalesforceAccount(_Account):
    """With `refresh_token_env` the refresh-token flow is used, else client credentials (then `login_url`
    must be the organisation's own domain). The overlap: a transaction is dated when it writes and seen
    when it commits, which for imports is minutes later."""

    login_url: Text = "https://login.salesforce.com"
    client_id_env: VariableName
    client_secret_env: VariableName | None = None
    refresh_token_env: VariableName | None = None
    api_version: str = Field(default="62.0", pattern=r"^\d{2,3}\.0$")
    bulk_from_rows: int = Field(default=10_000, ge=1)  # five pages; a bulk job costs as much in waiting


class HubspotAccount(_Account):
    """With a private app's token. The overlap: the search index follows the records by minutes."""

    token_env: VariableName
    base_url: Text = "https://api.hubapi.com"


class TrytonAccount(_Account):
    """With a user's name and password. Tryton tells of no deletions, hence a complete listing every day."""

    url: Text
    database: Text
    user_env: VariableName
    password_env: VariableName
    complete_every_days: Days | None = 1


class PipedriveAccount(_Account):
    """With an API token. Pipedrive tells of no deletions but those of deals, hence a complete listing
    every day."""

    token_env: VariableName
    base_url: Text = "https://api.pipedrive.com"
    complete_every_days: Days | None = 1
