"""What a schedule or sensor says when a build is due: a run, or that nothing is new and why none is needed.

A run that finds nothing new by itself would end well too, but Dagster first writes down everything that it
plans to do, and that takes most of a minute.
"""

from datetime import UTC, datetime

import dagster as dg

from orchestration.errors import PipelineError
from orchestration.settings import Settings
from orchestration.sources_file import load_sources_file


def build_request(settings: Settings, run_key: str) -> dg.RunRequest | dg.SkipReason:
    """The sources file is read anew, as the run would; where it is wrong the run says so."""
    from orchestration.lib.unchanged import confirm, look

    now = datetime.now(UTC)
    try:
        found = look(settings, load_sources_file(settings.sources_file), now=now)
        if found.is_nothing_new:
            return dg.SkipReason(confirm(settings, found, now))
    except PipelineError:
        pass
    return dg.RunRequest(run_key=run_key)
