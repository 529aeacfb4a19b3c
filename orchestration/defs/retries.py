"""Steps that talk to a network repeat themselves; all others fail at once: the same input fails again."""

import dagster as dg

from orchestration.defs.runs import INTERACTIVE_TAG
from orchestration.errors import PipelineError

# Each request has its own retries (sources/transport, about a minute): these are for a server that is
# away for some minutes. The jitter keeps two sources of one server apart.
NETWORK_RETRIES = dg.RetryPolicy(
    max_retries=2, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)


def failure_of(error: PipelineError, context: dg.AssetExecutionContext) -> dg.Failure:
    """The error as Dagster's, to be tried again only where time may cure it and nobody waits for it."""
    is_waited_for = INTERACTIVE_TAG in context.run.tags
    return dg.Failure(description=str(error), allow_retries=error.is_transient and not is_waited_for)
