"""What a build is made from: the clocks, the landing files, the sources file, the code.

Belongs here: `gather_inputs`, which reads and writes nothing down. All of a build's manifest that makes its
tables comes from here, so two builds with the same inputs have the same tables (`unchanged` relies on it).
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.errors import PipelineError
from orchestration.lib.fingerprint import code_fingerprint
from orchestration.lib.history import configuration
from orchestration.lib.ingest_ledger import completed_ingests
from orchestration.lib.landing_files import landing_parts
from orchestration.settings import FIRST_DAY, LAST_DAY, Settings
from orchestration.sources.registry import declared_objects
from orchestration.sources_file import SourceEntry, SourcesFile

TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f"
_Ingests = Mapping[str, Sequence[dict[str, Any]]]


def gather_inputs(
    settings: Settings,
    sources: SourcesFile,
    *,
    now: datetime,
    as_of: str | None = None,
    known_at: datetime | None = None,
    code: str | None = None,
) -> dict[str, Any]:
    """The part of a build's manifest that says what its tables are made from.

    `code`: the fingerprint, where it has been taken just now. `as_of` overrides the settings; `known_at`
    (UTC) selects the ingests that are read, by default all complete ones: then it is the end of the newest
    that brought anything. Reads all of landing, to be sure that it is what was landed. Raises PipelineError
    where nothing has been landed or landing is damaged.
    """
    ingests = {entry.name: completed_ingests(settings, entry.name, known_at) for entry in sources.sources}
    if not any(ingests.values()):
        names = ", ".join(entry.name for entry in sources.sources)
        raise PipelineError(
            f"There is nothing to build from: no source ({names}) has a complete load"
            + (f" known at {known_at:%Y-%m-%d %H:%M} UTC." if known_at else "."),
            "For days before the first ingest add --with-later-knowledge."
            if known_at
            else "Run the job `ingest` first (`make run` does both).",
        )
    landing: dict[str, dict[str, list[dict[str, Any]]]] = {}
    checksums: dict[str, str | None] = {}
    for name, records in ingests.items():
        for system, objects in landing_parts(settings, records, is_content_checked=True).items():
            for object_name, part in objects.items():
                entry: dict[str, Any] = {"source_instance": name}
                entry["files"] = [str(file) for file in sorted(part.files)]
                if part.load_ids is not None:
                    entry["load_ids"] = part.load_ids
                landing.setdefault(system, {}).setdefault(object_name, []).append(entry)
                checksums |= part.checksums
    return {
        "home": str(settings.home),
        "as_of": resolve_as_of(as_of or settings.as_of_text, sources, now).strftime(TIME_FORMAT),
        "known_at": (known_at or _newest_load(ingests)).strftime(TIME_FORMAT),
        "is_known_at_chosen": known_at is not None,
        "code": code or code_fingerprint(),
        "configuration": configuration(sources),
        "publish_contact_details": settings.publish_contact_details,
        "reporting": sources.reporting.model_dump(mode="json"),
        "systems": enabled_systems(sources),
        "sources": [
            _source_facts(entry, ingests[entry.name], now, ZoneInfo(sources.reporting.time_zone))
            for entry in sources.sources
        ],
        "landing": landing,
        "landing_digest": _landing_digest(checksums),
        **_user_configuration(sources.sources),
        "loads": _loads(ingests),
        "accepted_changes": [change.model_dump() for change in sources.accepted_changes],
    }


def resolve_as_of(text: str | None, sources: SourcesFile, now: datetime) -> datetime:
    """The moment the marts speak of, UTC without offset.

    A date means the end of that day in the reporting zone, a time without offset is in the
    reporting zone. Without `text`: now; where every CRM is the generated organisation, its last day.
    Raises PipelineError where the text is neither a date nor a time.
    """
    zone = ZoneInfo(sources.reporting.time_zone)
    if text is None:
        if not _is_demo_alone(sources):
            return now.astimezone(UTC).replace(tzinfo=None)
        return _end_of_day(max(entry.demo_end_date for entry in sources.sources), zone)
    written = text.strip()
    try:
        if "W" in written.upper():
            raise ValueError("a week is neither a day nor a moment")
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise PipelineError(
            f"PIPELINE_AS_OF is {text!r}, which is neither a date nor a time.",
            "Write a date such as 2026-06-30 or a time such as 2026-06-30T18:00:00+02:00.",
        ) from error
    if not FIRST_DAY < moment.date() < LAST_DAY:
        raise PipelineError(
            f"PIPELINE_AS_OF is {text!r}, which lies outside the years from {FIRST_DAY.year} to"
            f" {LAST_DAY.year}.",
            "Correct it, or leave it out: the marts then speak of now.",
        )
    if re.fullmatch(r"\d{4}-?\d\d-?\d\d", written):
        return _end_of_day(moment.date(), zone)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)


def future_note(settings: Settings, sources: SourcesFile, now: datetime) -> str:
    """What to tell of a `PIPELINE_AS_OF` that lies ahead; empty where there is none or its day is today's.
    Raises PipelineError as `resolve_as_of` does."""
    if settings.as_of_text is None:
        return ""
    ahead = resolve_as_of(settings.as_of_text, sources, now) - now.astimezone(UTC).replace(tzinfo=None)
    if ahead <= timedelta(days=1):
        return ""
    return (
        f"PIPELINE_AS_OF is {settings.as_of_text}, {ahead.days} days ahead: what is planned counts as past."
    )


def is_as_of_fixed(settings: Settings, sources: SourcesFile) -> bool:
    """Does `as_of` stay where it is as time goes by? Then the tables do not age by themselves."""
    return settings.as_of_text is not None or _is_demo_alone(sources)


def enabled_systems(sources: SourcesFile) -> list[str]:
    """Names of the systems whose staging models take part, sorted."""
    return sorted({system for entry in sources.sources for system, _ in declared_objects(entry)})


def _is_demo_alone(sources: SourcesFile) -> bool:
    return bool(sources.sources) and all(entry.system == "demo" for entry in sources.sources)


def _newest_load(ingests: _Ingests) -> datetime:
    """An ingest that found nothing new tells nothing new: the same landing is the same knowledge."""
    records = [record for found in ingests.values() for record in found]
    bringing = [record for record in records if record["loads"]] or records
    return max(_moment(record["finished_at"]) for record in bringing)


def _landing_digest(checksums: Mapping[str, str | None]) -> str | None:
    """Hash over the checksums of all files that are read; None where one has none."""
    if None in checksums.values():
        return None
    return hashlib.sha256(json.dumps(sorted(checksums.items())).encode()).hexdigest()[:32]


def _end_of_day(day: date, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return midnight.astimezone(UTC).replace(tzinfo=None) - timedelta(microseconds=1)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _source_facts(
    entry: SourceEntry, records: Sequence[dict[str, Any]], now: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    """`zone`: the reporting one, in which the last day of an allowance ends."""
    last = max((_moment(record["finished_at"]) for record in records), default=None)
    limit = timedelta(days=entry.max_staleness_days) if entry.max_staleness_days else None
    now_utc = now.astimezone(UTC).replace(tzinfo=None)
    allowance = entry.lead_allowance
    until = allowance.until if allowance else None
    ended_on = until if until and until < now.astimezone(zone).date() else None
    in_force = allowance is not None and ended_on is None
    return {
        "name": entry.name,
        "system": entry.system,
        "systems": sorted({system for system, _ in declared_objects(entry)}),
        "time_zone": entry.time_zone,
        "currency": entry.currency,
        "required": entry.required,
        "max_staleness_days": entry.max_staleness_days,
        "last_ingest_at": last.strftime(TIME_FORMAT) if last else None,
        "is_stale": last is None or (limit is not None and now_utc - last > limit),
        "fake_share_allowance": allowance.fake_share if in_force and allowance else None,
        "allowance_reason": allowance.reason if in_force and allowance else None,
        "allowance_ended_on": ended_on.isoformat() if ended_on else None,
    }


def _user_configuration(entries: Sequence[SourceEntry]) -> dict[str, Any]:
    """Mappings, stages, statuses, loss reasons and exemptions of all entries, in the manifest's form."""
    return {
        "mappings": {
            entry.name: {
                name: item.model_dump(mode="json", include={"columns", "constants", "values"})
                for name, item in entry.objects.items()
            }
            for entry in entries
            if entry.objects
        },
        "stages": [
            {
                "source_instance": entry.name,
                "pipeline_id": stage.pipeline,
                "stage": stage.stage,
                "stage_order": stage.order,
                "outcome": stage.outcome,
                "default_probability": None if stage.probability is None else stage.probability / 100,
            }
            for entry in entries
            for stage in entry.stages
        ],
        "lead_statuses": [
            {"source_instance": entry.name, "status": status, "status_group": group}
            for entry in entries
            for status, group in entry.lead_statuses.items()
        ],
        "loss_reasons": [
            {"source_instance": entry.name, "loss_reason": reason, "outcome": outcome}
            for entry in entries
            for reason, outcome in entry.loss_reasons.items()
        ],
        "lead_exemptions": [
            row
            for entry in entries
            for exemption in entry.lead_exemptions
            for row in exemption.rows(entry.name)
        ],
    }


def _loads(ingests: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What each source and object brought over all ingests that this build reads.

    A complete listing shows its bad rows again every time: the last one's count, not their sum.
    """
    totals: dict[tuple[str, str, str], dict[str, Any]] = {}
    for name, records in ingests.items():
        for record in sorted(records, key=lambda r: r["finished_at"]):
            for item in record["objects"]:
                key = (name, item["system"], item["object"])
                row = totals.setdefault(
                    key,
                    {"source_instance": name, "system": key[1], "object": key[2]}
                    | {f"{count}_count": 0 for count in ("landed", "rejected", "deleted")},
                )
                row["landed_count"] += item["landed_rows"] + item["adopted_rows"]
                row["deleted_count"] += item["deleted_rows"]
                row["rejected_count"] = item["rejected_rows"] + (
                    0 if item["is_complete"] else row["rejected_count"]
                )
                row["read_count"] = item["read_rows"]
                row["unchanged_count"] = item["unchanged_rows"]
                row["extracted_count"] = row["landed_count"] + row["rejected_count"]
                row["loaded_at"] = _moment(record["finished_at"]).strftime(TIME_FORMAT)
    return [totals[key] for key in sorted(totals)]
