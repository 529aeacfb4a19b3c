"""Salesforce Bulk API 2.0: a query as a job, its result as pages of CSV.

Belongs here: the life of a job. When one is used is `salesforce_api`'s choice.
"""

import io
from collections.abc import Iterator

from orchestration.errors import PipelineError
from orchestration.records import Batch
from orchestration.sources.csv_reader import read_csv
from orchestration.sources.json_rows import PageTokens, Tally, field
from orchestration.sources.transport import RequestFailed, Transport

_PAGE_ROWS = 5_000  # held in memory as a whole, and a logged mail has up to 32,000 characters
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 30.0


def bulk_batches(transport: Transport, root: str, query: str, tally: Tally) -> Iterator[Batch] | None:
    """Start a job and give its result; None where the Bulk API does not take this object.

    `root`: path of the API's version. Raises PipelineError where the job fails, is lost, or gives
    fewer records than it says it found.
    """
    job = {
        "operation": "queryAll",
        "query": query,
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }
    try:
        started = transport.post(f"{root}/jobs/query", job)
    except RequestFailed as error:
        if error.status == 400:  # some objects and field types are open to queries only
            return None
        raise
    return _results(transport, f"{root}/jobs/query/{field(started, 'id')}", tally)


def _results(transport: Transport, job: str, tally: Tally) -> Iterator[Batch]:
    where = f"Source {tally.source}, GET {job} ({tally.name})"
    expected = _finished(transport, job, where)
    tokens = PageTokens(where)
    label = transport.label(f"{job}/results/{tally.name}")
    locator: str | None = None
    received = 0
    while True:
        given = {"locator": locator} if locator else {}
        answer = transport.csv(f"{job}/results", maxRecords=_PAGE_ROWS, **given)
        body = answer.body
        # A job that found nothing may answer without even a header.
        is_nothing = not body.strip() and received == expected
        page = read_csv(lambda body=body: io.BytesIO(body), f"{label}#{tally.pages + 1}", tally.source)  # type: ignore[misc]
        for batch in iter(()) if is_nothing else page:
            received += batch.rows.num_rows + len(batch.rejected)
            tally.rows += batch.rows.num_rows + len(batch.rejected)
            yield batch
        tally.told_page()
        following = answer.headers.get("sforce-locator", "")
        locator = tokens.follow(None if following == "null" else following)
        if locator is None:
            break
    if expected is not None and received != expected:
        raise PipelineError(
            f"{where}: the job found {expected:,} records and gave {received:,}.",
            "Run the ingest again; nothing of this object was landed.",
        )


def _finished(transport: Transport, job: str, where: str) -> int | None:
    """Wait for the job; how many records it found."""
    wait = _FIRST_WAIT_SECONDS
    while True:
        answer = transport.get(job)
        state = field(answer, "state")
        if state == "JobComplete":
            found = field(answer, "numberRecordsProcessed")
            return found if isinstance(found, int) else None
        if state in ("Failed", "Aborted") or not isinstance(state, str):
            said = field(answer, "errorMessage")
            raise PipelineError(
                f"{where}: the job ended as {state}{f': {said}' if said else ''}.",
                "Run the ingest again; if it stays so, look for the job under Setup, Bulk Data Load Jobs.",
            )
        transport.pause(wait)
        wait = min(wait * 1.5, _LONGEST_WAIT_SECONDS)
