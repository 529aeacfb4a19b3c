"""The only reader of the environment: where data lies, which sources, and the moment spoken of."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.errors import PipelineError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"
POSTGRES_URL = "PUBLISH_POSTGRES_URL"  # a secret: read only when it is used
DAGSTER_POSTGRES_URL = "DAGSTER_POSTGRES_URL"  # a secret too: Dagster reads it by this name
ALERT_URLS = "PIPELINE_ALERT_URLS"  # secrets: where troubles are told, as Apprise writes addresses
DIGEST_URLS = "PIPELINE_DIGEST_URLS"  # the same for the weekly digest
_OUR_SECRETS = (POSTGRES_URL, DAGSTER_POSTGRES_URL, ALERT_URLS, DIGEST_URLS)
_BUILD_AGE = "PIPELINE_MAX_BUILD_AGE_HOURS"
DEFAULT_BUILD_AGE_HOURS = 36.0  # a daily build that failed once, and the next one not yet done
PUBLISH_CONTACTS = "PUBLISH_CONTACT_DETAILS"
KEEP_VERSIONS = 7  # a week of daily builds to go back to
KEEP_DAYS = 2.0  # and two days of hourly ones: a wrong figure is seen on the next working day
KEEP_BUILD_DAYS = 90.0  # a quarter: "why was that figure so in the last review?"
MEMORY_LIMIT = "6GB"  # as dbt_project/profiles.yml has it
# Days that times of all zones can be told of; what lies outside is a slip of the pen.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
_MEMORY = re.compile(r"(\d+(?:\.\d+)?) ?(?:[KMGT]i?)?B?", re.IGNORECASE)
DEFAULT_SOURCES = PROJECT_ROOT / "orchestration" / "sources.yaml"


@dataclass(frozen=True)
class Settings:
    """Typed, frozen, resolved once.

    `home` holds all data; `sources_file` lists the source instances; `as_of_text` is the raw
    `PIPELINE_AS_OF` (None: now, or the demo's own last day), resolved by the build because a date
    needs the reporting time zone of the sources file. `is_postgres_wanted`: `PUBLISH_POSTGRES_URL` is set;
    `are_runs_in_postgres`: `DAGSTER_POSTGRES_URL` is; `are_alerts_wanted`, `is_digest_wanted`: so are
    `PIPELINE_ALERT_URLS`, `PIPELINE_DIGEST_URLS`. `max_build_age_hours`: how old what is served may get.
    `publish_contact_details`: names, addresses and numbers of leads go into the published tables.
    Of published versions the last `keep_versions` stay, and those younger than `keep_days`; dbt's artifacts
    of a build stay `keep_build_days`. `memory_limit`: DuckDB's share of the memory, as DuckDB writes it.
    """

    home: Path
    sources_file: Path
    as_of_text: str | None = None
    is_postgres_wanted: bool = False
    are_runs_in_postgres: bool = False
    are_alerts_wanted: bool = False
    is_digest_wanted: bool = False
    max_build_age_hours: float = DEFAULT_BUILD_AGE_HOURS
    publish_contact_details: bool = False
    keep_versions: int = KEEP_VERSIONS
    keep_days: float = KEEP_DAYS
    keep_build_days: float = KEEP_BUILD_DAYS
    memory_limit: str = MEMORY_LIMIT

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read `PIPELINE_HOME`, `PIPELINE_SOURCES`, `PIPELINE_AS_OF` and the like; relative paths count
        from the current folder, the defaults from the project's. Raises PipelineError
        where a value is none."""
        env = os.environ if environ is None else environ
        home = env.get("PIPELINE_HOME") or ""
        sources = env.get("PIPELINE_SOURCES") or ""
        return cls(
            home=_path("PIPELINE_HOME", home) if home else PROJECT_ROOT / "data",
            sources_file=_path("PIPELINE_SOURCES", sources) if sources else DEFAULT_SOURCES,
            as_of_text=env.get("PIPELINE_AS_OF") or None,
            is_postgres_wanted=bool((env.get(POSTGRES_URL) or "").strip()),
            are_runs_in_postgres=_is_runs_url(env.get(DAGSTER_POSTGRES_URL)),
            are_alerts_wanted=bool((env.get(ALERT_URLS) or "").strip()),
            is_digest_wanted=bool((env.get(DIGEST_URLS) or "").strip()),
            max_build_age_hours=_hours(env.get(_BUILD_AGE)),
            publish_contact_details=_is_chosen(PUBLISH_CONTACTS, env.get(PUBLISH_CONTACTS)),
            keep_versions=_whole(env, "PIPELINE_KEEP_VERSIONS", KEEP_VERSIONS, least=1),
            keep_days=_number(env, "PIPELINE_KEEP_DAYS", KEEP_DAYS, least=0),
            keep_build_days=_number(env, "PIPELINE_KEEP_BUILD_DAYS", KEEP_BUILD_DAYS, least=0),
            memory_limit=_memory(env.get("PIPELINE_MEMORY_LIMIT") or MEMORY_LIMIT),
        )

    @staticmethod
    def secret(variable: str) -> str:
        """Value of an environment variable: one that the sources file names, or one of our own. Raises
        PipelineError where it is not set."""
        value = os.environ.get(variable, "").strip()
        if value:
            return value
        if variable in _OUR_SECRETS:
            raise PipelineError(
                f"The environment variable {variable} is not set.",
                f"Set {variable}; docs/operations.md says to what.",
            )
        raise PipelineError(
            f"The environment variable {variable}, which the sources file names, is not set.",
            f"Set {variable} for the process that runs the ingest.",
        )

    @staticmethod
    def is_set(variable: str) -> bool:
        """Whether `secret` would give a value."""
        return bool(os.environ.get(variable, "").strip())

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def rejected(self) -> Path:
        return self.home / "rejected"

    @property
    def warehouse(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def builds(self) -> Path:
        return self.home / "builds"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def flag_history(self) -> Path:
        return self.home / "flag_history"

    @property
    def erasures(self) -> Path:
        return self.home / "erasures"

    @property
    def work(self) -> Path:
        """Scratch space: dlt's pending packages, spools, DuckDB's temporary files."""
        return self.home / "work"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    def environment(self) -> dict[str, str]:
        """The environment of a process that is to work on the same data (Dagster's servers)."""
        values = {
            "PIPELINE_HOME": str(self.home),
            "PIPELINE_SOURCES": str(self.sources_file),
            "DAGSTER_HOME": str(self.dagster_home),
        }
        return {**os.environ, **values, **({"PIPELINE_AS_OF": self.as_of_text} if self.as_of_text else {})}


def _path(variable: str, text: str) -> Path:
    try:
        return Path(text).expanduser().resolve()
    except (RuntimeError, OSError) as error:  # ~somebody, ~ where HOME is not set, links that go in a circle
        raise PipelineError(f"{variable} is {text!r}: {error}.", "Write the whole path.") from error


def _memory(text: str) -> str:
    size = _MEMORY.fullmatch(text.strip())
    if not size or text.strip()[-1].isdigit() or not float(size[1]):
        raise PipelineError(
            f"PIPELINE_MEMORY_LIMIT is {text!r}, which is no size.", "Write a number with its unit: 6GB, say."
        )
    return text.strip()


def _whole(env: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    number = _number(env, name, default, least=least)
    if number != int(number):
        raise PipelineError(f"{name} is {env[name]!r}, which is no whole number.", f"Set {name} anew.")
    return int(number)


def _is_chosen(variable: str, text: str | None) -> bool:
    """True or false as written: nobody's address is published by a slip of the pen."""
    chosen = (text or "false").strip().lower()
    if chosen not in ("true", "false"):
        raise PipelineError(
            f"{variable} is {chosen!r}, which is neither true nor false.",
            "Write true to publish names, addresses and numbers of leads; leave it out otherwise.",
        )
    return chosen == "true"


def _is_runs_url(url: str | None) -> bool:
    """Is a server named for Dagster's own records, and in the one way that works?

    For plain postgresql:// SQLAlchemy 2.1 takes psycopg 3, which refuses the NOTIFY that Dagster
    sends with every event; the message would come from deep within the first run.
    """
    text = (url or "").strip()
    if text and not text.startswith("postgresql+psycopg2://"):
        raise PipelineError(
            f"{DAGSTER_POSTGRES_URL} does not begin with postgresql+psycopg2://.",
            "Write it as postgresql+psycopg2://user:password@host/database.",
        )
    return bool(text)


def _hours(text: str | None) -> float:
    if not (text or "").strip():
        return DEFAULT_BUILD_AGE_HOURS
    try:
        hours = float(text or "")
    except ValueError:
        hours = 0.0
    if not 0 < hours < float("inf"):
        raise PipelineError(f"{_BUILD_AGE} is {text!r}, which is no number of hours.", "Write 36, say.")
    return hours


def _number(env: Mapping[str, str], name: str, default: float, *, least: float) -> float:
    text = (env.get(name) or "").strip()
    try:
        number = float(text) if text else default
    except ValueError:
        number = -1
    if not least <= number < float("inf"):
        raise PipelineError(f"{name} is {text!r}, which is no number from {least:g} up.", f"Set {name} anew.")
    return number
