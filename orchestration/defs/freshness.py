"""How old each kind of asset may get before the UI says so: the same limits that alerts and the gate use."""

from datetime import timedelta

import dagster as dg

from orchestration.sources_file import SourceEntry

DEFAULT_SOURCE_DAYS = 3.0  # a source without max_staleness_days: a daily ingest that failed over a weekend
_WARN_FROM = 0.7  # of the limit


def source_freshness(entry: SourceEntry) -> dg.FreshnessPolicy | None:
    """From the source's `max_staleness_days`; None for the generated organisation, which does not age."""
    if entry.system == "demo":
        return None
    return _within(timedelta(days=entry.max_staleness_days or DEFAULT_SOURCE_DAYS))


def marts_freshness(max_build_age_hours: float) -> dg.FreshnessPolicy:
    """Of the marts and of what is published."""
    return _within(timedelta(hours=max_build_age_hours))


def _within(limit: timedelta) -> dg.FreshnessPolicy:
    limit = max(limit, timedelta(minutes=2))  # Dagster knows no window under a minute
    return dg.FreshnessPolicy.time_window(fail_window=limit, warn_window=limit * _WARN_FROM)
