"""Errors of a step as Dagster shows them: what a user can put right as one sentence, defects as they are."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.defs.retries import failure_of
from orchestration.errors import PipelineError
from orchestration.interruption import stoppable
from orchestration.lib.refusals import refusal
from orchestration.settings import Settings


@contextmanager
def told_as_failure(settings: Settings, context: dg.AssetExecutionContext | None = None) -> Iterator[None]:
    """Around the work of a step: errors that are answers to the user end it without a traceback. With
    `context`, a step that talks to a network, those that time may cure are tried again."""
    try:
        with stoppable():
            yield
    except PipelineError as error:
        if context is not None:
            raise failure_of(error, context) from error
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except Exception as error:
        told = refusal(error, settings.home)
        if told is None:
            raise
        raise dg.Failure(description=str(told), allow_retries=False) from error
