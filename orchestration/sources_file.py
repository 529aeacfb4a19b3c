"""The sources file (`PIPELINE_SOURCES`): which accounts are read, and what their values mean.

Belongs here: the shape of the file and loading it. How a mistake is told to its writer is
`sources_checks`; what a data file holds is checked by its reader in `sources/`.
"""

import codecs
import itertools
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self, get_args
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

from orchestration.calendar_accounts import CalDavServer, CalendarUrl, GoogleCalendars, MicrosoftCalendars
from orchestration.crm_accounts import HubspotAccount, PipedriveAccount, SalesforceAccount, TrytonAccount
from orchestration.lead_exemptions import LeadExemption
from orchestration.mail_dns_account import MailDns
from orchestration.settings import FIRST_DAY, LAST_DAY
from orchestration.sources_checks import contradictions, explained, problems_error
from orchestration.yaml_lines import read_yaml

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
System = Literal[
    "salesforce",
    "hubspot",
    "pipedrive",
    "zoho",
    "tryton",
    "csv_mapping",
    "icalendar",
    "caldav",
    "google_calendar",
    "microsoft_calendar",
    "planning",
    "mail_dns",
    "demo",
]
RecordKind = Literal["lead", "contact", "account", "opportunity", "user"]
LeadStatusGroup = Literal["open", "working", "parked", "abandoned", "converted", "disqualified"]
DEMO_END_DATE = date(2026, 6, 30)
# Graph refuses a calendar view of more than 1,825 days; the window reaches two firsts of months further.
_MICROSOFT_MONTHS = 57
# Python has them and DuckDB has not: they mean whatever the machine is set to.
_NO_ZONES = ("localtime", "posixrules")

# Systems that are read from a server, and the section that says how.
_ACCOUNTS = {
    "salesforce": "salesforce_api",
    "hubspot": "hubspot_api",
    "pipedrive": "pipedrive_api",
    "tryton": "tryton_api",
    "icalendar": "urls",
    "caldav": "caldav_server",
    "google_calendar": "google_calendar_api",
    "microsoft_calendar": "microsoft_calendar_api",
    "mail_dns": "dns",
}
_ALSO_FILES = ("salesforce", "hubspot", "icalendar")
_ONLY_FOR: dict[str, tuple[str, ...]] = {
    **{section: (system,) for system, section in _ACCOUNTS.items()},
    "objects": ("csv_mapping",),
    "layout": ("salesforce", "hubspot"),
    "encoding": ("salesforce", "hubspot", "zoho", "csv_mapping", "planning"),
    **dict.fromkeys(("owner", "owner_from", "owners"), ("icalendar",)),
    **dict.fromkeys(
        ("window_months_back", "window_months_ahead"),
        ("icalendar", "caldav", "google_calendar", "microsoft_calendar"),
    ),
    **dict.fromkeys(("seed", "scale", "end_date", "cadence_emails_per_lead"), ("demo",)),
}


def _currency(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError(f"{code!r} is no currency of three capital letters (ISO 4217), for example EUR")
    return code


def _encoding(name: str) -> str:
    try:
        found = codecs.lookup(name)
        "".encode(name)
    except LookupError:
        raise ValueError(
            f"{name!r} is no encoding of text that Python knows, for example cp1250, cp1251 or shift_jis"
        ) from None
    return found.name


def _name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or len(name) > 30:
        raise ValueError(
            f"{name!r} is no name of at most 30 of a-z, 0-9 and single _, starting with a letter"
        )
    return name


Currency = Annotated[str, AfterValidator(_currency)]
Encoding = Annotated[str, AfterValidator(_encoding)]
Name = Annotated[str, AfterValidator(_name)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _known_zone(zone: str) -> str:
    if zone not in available_timezones() or zone in _NO_ZONES:
        raise ValueError(f"{zone!r} is no time zone of the IANA list, for example Europe/Berlin or UTC")
    return zone


class Reporting(_Section):
    """What the published numbers are stated in."""

    time_zone: Text
    currency: Currency
    fiscal_year_start_month: int = Field(default=1, ge=1, le=12)
    own_domains: tuple[Text, ...] = ()
    segment_by: Literal["employees", "revenue", "industry", "none"] = "none"
    segment_bands: tuple[int | float, ...] = ()
    min_n: int = Field(default=5, ge=1)

    _zone = field_validator("time_zone")(_known_zone)

    @field_validator("own_domains")
    @classmethod
    def _bare_domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        for domain in domains:
            if "@" in domain or "/" in domain or "." not in domain:
                raise ValueError(f"{domain!r} is no bare domain such as acme.io")
        return tuple(domain.lower() for domain in domains)

    @field_validator("segment_bands")
    @classmethod
    def _ascending_bands(cls, bands: tuple[int | float, ...]) -> tuple[int | float, ...]:
        if any(low >= high for low, high in itertools.pairwise(bands)):
            raise ValueError("bands must ascend, for example [50, 250, 1000]")
        return bands

    @model_validator(mode="after")
    def _bands_where_needed(self) -> Self:
        if (self.segment_by in ("employees", "revenue")) != bool(self.segment_bands):
            raise ValueError("segment_bands goes with segment_by: employees or revenue, and only with them")
        return self


class LeadAllowance(_Section):
    """A source may hold more fake leads than the gate allows: how many, why, until when."""

    fake_share: float = Field(ge=0, le=1)
    reason: Text
    until: date | None = None  # the last day on which it holds


class AcceptedChange(_Section):
    """A table has changed for good and is meant so: a check by its name (or all of a table's) no longer
    compares with builds up to `after`, the last one before the change."""

    check: Annotated[Text, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
    after: Annotated[Text, StringConstraints(pattern=r"^[0-9]{8}T[0-9]{6}-[0-9a-z]+$")]  # a build id
    reason: Text


class Stage(_Section):
    """One stage of a pipeline, where the CRM does not export its own list."""

    stage: Text
    order: int = Field(ge=1)
    outcome: Literal["open", "won", "lost", "no_decision"] = "open"
    probability: float | None = Field(default=None, ge=0, le=100)
    pipeline: Text | None = None  # None: every pipeline of the source


def _in_a_list(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


def _once_each(names: tuple[str, ...]) -> tuple[str, ...]:
    """Upper and lower case make no difference in the names of columns."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.lower(), name)
    return tuple(first.values())


OneOrMore = Annotated[
    tuple[Text, ...], BeforeValidator(_in_a_list), AfterValidator(_once_each), Field(min_length=1)
]


class MappedObject(_Section):
    """One canonical object: its files, and which of their columns fills which field. A field of several
    columns is filled by the first of them that holds something, row by row."""

    file: tuple[Text, ...]
    sheet: Text | None = None  # of a workbook; None: the first
    key: tuple[Text, ...] | None = None  # source columns; None: the one mapped to the object's key
    columns: dict[Text, OneOrMore] = Field(min_length=1)
    constants: dict[Text, str] = {}
    values: dict[Text, dict[str, str]] = {}

    @property
    def source_columns(self) -> tuple[str, ...]:
        """Every column that fills a field, once each."""
        return tuple(dict.fromkeys(itertools.chain.from_iterable(self.columns.values())))

    @field_serializer("columns")
    def _as_written(self, columns: dict[str, tuple[str, ...]]) -> dict[str, str | list[str]]:
        """One column as its name: so it is written mostly, and manifests and hashes stay what they were."""
        return {field: names[0] if len(names) == 1 else list(names) for field, names in columns.items()}

    @field_validator("file", "key", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("file")
    @classmethod
    def _some_file(cls, files: tuple[str, ...]) -> tuple[str, ...]:
        if not files:
            raise ValueError("name at least one file")
        return files


class SourceEntry(_Section):
    """One source instance. Fields that belong to one system are refused with another."""

    name: Name
    system: System
    path: Path | None = None  # file or folder; absolute once loaded
    time_zone: Text = "UTC"  # of times that carry none; of mapped files the reporting one, once loaded
    currency: Currency | None = None  # of amounts that carry none; None: the reporting currency
    date_order: Literal["dmy", "mdy"] | None = None
    decimal_separator: Literal[".", ","] | None = None
    encoding: Encoding | None = None  # of CSV files that are no Unicode; None: told from the text
    layout: Literal["fivetran"] | None = None  # tables replicated by Fivetran, exported to files
    export: Literal["full", "partial"] = "full"  # full: a key that is absent has been deleted
    accept_shrink: bool = False  # a full export that lost most of its records is meant so
    deadline_hours: float = Field(
        default=6, gt=0
    )  # of one ingest of a server; what takes longer lands nothing
    required: bool = False
    max_staleness_days: float | None = Field(default=None, gt=0)
    lead_allowance: LeadAllowance | None = None
    lead_exemptions: tuple[LeadExemption, ...] = ()
    record_url: dict[RecordKind, Text] = {}  # where a record is looked at: https://…/{id}
    stages: tuple[Stage, ...] = ()
    lead_statuses: dict[Text, LeadStatusGroup] = {}
    loss_reasons: dict[Text, Literal["lost", "no_decision"]] = {}
    salesforce_api: SalesforceAccount | None = None
    hubspot_api: HubspotAccount | None = None
    pipedrive_api: PipedriveAccount | None = None
    tryton_api: TrytonAccount | None = None
    objects: dict[Text, MappedObject] = {}  # csv_mapping
    urls: tuple[CalendarUrl, ...] = ()  # icalendar: instead of path
    caldav_server: CalDavServer | None = None
    google_calendar_api: GoogleCalendars | None = None
    microsoft_calendar_api: MicrosoftCalendars | None = None
    dns: MailDns | None = None
    owner: Text | None = None  # icalendar: whose calendar all files are
    owner_from: Literal["file_name", "folder_name"] | None = None
    owners: dict[Text, Text] = {}  # file or folder name to the owner's address
    window_months_back: int = Field(default=24, ge=1, le=240)
    window_months_ahead: int = Field(default=12, ge=0, le=60)
    seed: int = 20260101  # demo
    scale: float = Field(default=1.0, gt=0, le=1000)
    end_date: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)] = DEMO_END_DATE
    cadence_emails_per_lead: int = Field(default=0, ge=0, le=100)

    _zone = field_validator("time_zone")(_known_zone)

    @property
    def demo_end_date(self) -> date:
        """Last day of the generated organisation."""
        return self.end_date

    @property
    def is_remote(self) -> bool:
        """Read from a server, not from files."""
        return self.path is None and self.system != "demo"

    @property
    def is_complete(self) -> bool:
        """What the source lists is all there is, so that an absent key has been deleted."""
        return self.export == "full"

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the environment variables that an ingest reads."""
        found: list[str] = []
        sections = [getattr(self, section) for section in _ACCOUNTS.values()]
        for account in itertools.chain.from_iterable(
            one if isinstance(one, tuple) else (one,) for one in sections
        ):
            names = type(account).model_fields if isinstance(account, BaseModel) else ()
            found += [getattr(account, name) or "" for name in names if name.endswith("_env")]
        return tuple(dict.fromkeys(name for name in found if name))

    @field_validator("path", mode="before")
    @classmethod
    def _some_place(cls, path: object) -> object:
        if isinstance(path, str):
            if not path.strip():
                raise ValueError("it is empty: name the file or folder, `.` for that of this file")
            if "\0" in path:
                raise ValueError("it holds a NUL character, which no path can")
            try:
                return Path(path).expanduser()
            except RuntimeError as error:  # ~somebody, or ~ where HOME is not set
                raise ValueError(f"the home folder in {path!r} is not known: write the whole path") from error
        return path

    @field_validator("record_url", mode="before")
    @classmethod
    def _one_for_all_kinds(cls, value: object) -> object:
        return dict.fromkeys(get_args(RecordKind), value) if isinstance(value, str) else value

    @field_validator("record_url")
    @classmethod
    def _address_with_id(cls, patterns: dict[str, str]) -> dict[str, str]:
        for pattern in patterns.values():
            if not re.fullmatch(r"https?://[^\s()<>]*\{id\}[^\s()<>]*", pattern):
                raise ValueError(
                    f"{pattern!r} is no address with {{id}} in it, for example https://crm.example/{{id}}"
                )
        return patterns

    @field_validator("stages")
    @classmethod
    def _distinct_stages(cls, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
        seen: set[tuple[str | None, str]] = set()
        for stage in stages:
            if (stage.pipeline, stage.stage) in seen:
                of_pipeline = f" of pipeline {stage.pipeline!r}" if stage.pipeline else ""
                raise ValueError(f"stage {stage.stage!r}{of_pipeline} is listed twice")
            seen.add((stage.pipeline, stage.stage))
        return stages

    @field_validator("stages")
    @classmethod
    def _probabilities_in_percent(cls, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
        """CRMs count from 0 to 1, and who copies that would have a hundredth of every weighted amount."""
        given = [stage.probability for stage in stages if stage.probability]
        shares = [probability for probability in given if probability < 1]
        if shares and max(given) <= 1:
            raise ValueError(f"probability is in percent: write {shares[0] * 100:g}, not {shares[0]:g}")
        return stages

    @model_validator(mode="after")
    def _fields_of_the_system(self) -> Self:
        foreign = [
            name
            for name in sorted(self.model_fields_set)
            if self.system not in _ONLY_FOR.get(name, (self.system,))
        ]
        if foreign:
            raise ValueError(f"system {self.system} has no {', '.join(foreign)}")
        if self.system == "csv_mapping" and not self.objects:
            raise ValueError("csv_mapping needs objects: which file holds what")
        self._require_a_place()
        if self.system == "icalendar" and not self.urls and (self.owner is None) == (self.owner_from is None):
            raise ValueError("say whose calendars these are: either owner or owner_from")
        if self.urls and (self.owner is not None or self.owner_from is not None or self.owners):
            raise ValueError("with urls, say the owner of each")
        months = self.window_months_back + self.window_months_ahead
        if self.microsoft_calendar_api is not None and months > _MICROSOFT_MONTHS:
            raise ValueError(
                "window_months_back and window_months_ahead may be at most"
                f" {_MICROSOFT_MONTHS} together: Microsoft's calendar view ends at five years"
            )
        labels = [calendar.label for calendar in self.urls]
        if len(set(labels)) < len(labels):
            raise ValueError("urls: give calendars of the same owner a name each")
        return self

    def _require_a_place(self) -> None:
        """Where the data is: files, an account, or (demo) nowhere."""
        section = _ACCOUNTS.get(self.system)
        has_account = section is not None and bool(getattr(self, section))
        if self.system == "demo" and self.path is not None:
            raise ValueError("system demo has no path: it is generated")
        has_files = self.system in _ALSO_FILES or self.layout is not None
        if self.layout is not None and self.path is None:
            raise ValueError("layout says how files are laid out: give their path")
        if has_files and has_account == (self.path is not None):
            raise ValueError(f"give either path, where the files lie, or {section}")
        if section and not has_files and (not has_account or self.path is not None):
            raise ValueError(f"system {self.system} is read from a server: give {section}, and no path")
        if section is None and self.system != "demo" and self.path is None:
            raise ValueError("path, the file or folder that holds the data, is missing")


class SourcesFile(_Section):
    """The whole file, checked."""

    reporting: Reporting
    sources: tuple[SourceEntry, ...]
    accepted_changes: tuple[AcceptedChange, ...] = ()


def load_sources_file(path: Path) -> SourcesFile:
    """Read and check the sources file. Source paths come back absolute (they count from the file's
    folder), and a source without a currency has the reporting one, a mapped one without a time zone too.

    Raises PipelineError with every problem found, each with file, line and remedy.
    """
    document = read_yaml(path)
    try:
        sources = SourcesFile.model_validate(document.data if document.data is not None else {})
    except ValidationError as error:
        findings = error.errors(include_url=False)
        told = dict.fromkeys(explained(document, item, SourcesFile) for item in findings)
        raise problems_error(path, told) from error
    problems = list(contradictions(document, sources))
    if problems:
        raise problems_error(path, problems)
    return sources.model_copy(
        update={"sources": tuple(_resolved(entry, path.parent, sources) for entry in sources.sources)}
    )


def _resolved(entry: SourceEntry, folder: Path, sources: SourcesFile) -> SourceEntry:
    currency = entry.currency or sources.reporting.currency
    path = (folder / entry.path).resolve() if entry.path else None
    update = {"currency": currency, "path": path}
    # people's sheets hold days, and of UTC they would be the day before anywhere west of it
    if entry.system == "csv_mapping" and "time_zone" not in entry.model_fields_set:
        update["time_zone"] = sources.reporting.time_zone
    return entry.model_copy(update=update)
