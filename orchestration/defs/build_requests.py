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
    """The sources file is read anew, as the run would. Raises PipelineError where it is wrong."""
    from orchestration.lib.unchanged import confirm, look

    now = datetime.now(UTC)
    sources = load_sources_file(settings.sources_file)
    try:
        found = look(settings, sources, now=now)
        if found.is_nothing_new:
            return dg.SkipReason(confirm(settings, found, now))
    except PipelineError:
        pass  # the run will say what is wrong
    return dg.RunRequest(run_key=run_key)
