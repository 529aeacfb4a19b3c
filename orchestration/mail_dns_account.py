"""How the domain name system is asked about mail domains: its section of the sources file.

Belongs here: the shape. Asking is `sources/mail_domains`.
"""

import ipaddress
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator


class MailDns(BaseModel):
    """The section's presence is the permission to ask. `servers`: addresses, `127.0.0.1` or
    `127.0.0.1:5353`; none: those of this machine. An answer counts for `keep_days` and is asked for again
    after half of them, so that a daily ingest lets none lapse. A question without an answer within
    `timeout_seconds` stays open; an ingest asks for `max_minutes` at most and goes on with the next one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    servers: tuple[str, ...] = ()
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5
    keep_days: Annotated[float, Field(gt=0, le=365)] = 30
    max_minutes: Annotated[float, Field(gt=0, le=240)] = 10
    parallel: Annotated[int, Field(ge=1, le=64)] = 8

    @field_validator("servers")
    @classmethod
    def _addresses(cls, servers: tuple[str, ...]) -> tuple[str, ...]:
        for server in servers:
            split_server(server)
        return servers


def split_server(server: str) -> tuple[str, int]:
    """(address, port) of a server as it is written. Raises ValueError where it is no IP address."""
    address, _, port = server.partition(":") if server.count(":") == 1 else (server, "", "")
    try:
        return str(ipaddress.ip_address(address)), int(port or 53)
    except ValueError as error:
        raise ValueError(f"{server!r} is no server such as 192.0.2.1 or 192.0.2.1:5353") from error
