"""What a run that failed is told as: first what is wrong and where to look, then the reasons, a line each.

Belongs here: reading Dagster's result of a run made by a command. What the steps say is their own business.
"""

import dagster as dg

from orchestration.defs.quality import CHECK_NAME
from orchestration.errors import PipelineError
from orchestration.lib import builds
from orchestration.lib.report import REPORT
from orchestration.lib.verdict import read_verdict
from orchestration.settings import Settings

STILL_SERVED = "Nothing was published; what was served before is still served."


def build_failure(settings: Settings, result: dg.ExecuteInProcessResult) -> PipelineError:
    """The error of a build that was not published; its first line names the build and the page or folder
    that shows everything."""
    why = reasons(result)
    try:
        build_id = builds.for_run(settings, result.run_id)["build_id"]
    except PipelineError:  # it failed before it was planned
        return PipelineError("\n".join([*why, STILL_SERVED]))
    folder = builds.build_dir(settings, build_id)
    try:
        verdict = read_verdict(settings, build_id)
    except PipelineError:
        step = next((event.step_key for event in result.get_step_failure_events()), "of the run")
        first = f"Build {build_id} failed in step {step}; its files are in {folder}."
        return PipelineError("\n".join([first, *why, STILL_SERVED]))
    blocking = verdict["blocking_reasons"]
    if not blocking:  # judged publishable, then something else failed
        return PipelineError("\n".join([f"Build {build_id} was not published.", *why, STILL_SERVED]))
    count = "one reason" if len(blocking) == 1 else f"{len(blocking)} reasons"
    first = f"Build {build_id} is blocked for {count}; see {folder / REPORT}"
    return PipelineError("\n".join([first, *(f"  - {reason}" for reason in blocking), STILL_SERVED]))


def reasons(result: dg.ExecuteInProcessResult) -> list[str]:
    """Why a run failed, in plain words; a defect of ours keeps its traceback in the UI."""
    found = [
        str(evaluation.description)
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed
        and evaluation.severity.value == "ERROR"
        and evaluation.check_name == CHECK_NAME
    ]
    for event in result.get_step_failure_events():
        data = event.step_failure_data
        if data.user_failure_data and data.user_failure_data.description:
            found.append(data.user_failure_data.description)
        elif data.error and not (found and "AssetCheckFailed" in data.error.message):
            cause = data.error.cause or data.error
            found.append(
                f"Step {event.step_key} stopped on a defect: {cause.message.strip()}\n"
                f"  The whole traceback is in the UI (make ui), run {result.run_id}."
            )
    return list(dict.fromkeys(found)) or [f"Run {result.run_id} failed; see the UI (make ui)."]
