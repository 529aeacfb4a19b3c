"""The one exception that is an answer to the user, not a defect of ours.

Belongs here: `PipelineError`. Does not belong here: handling; the command line and the Dagster
assets turn it into their own form.
"""


class PipelineError(Exception):
    """Something a user can put right: what is wrong, where, and what to do about it.

    `message` names the source, the file and the row or field; `remedy` says what to change.
    Neither may hold a secret or a person's contact details. `is_transient`: the same again, later, may
    well succeed (a server that is away), so a step may repeat itself.
    """

    is_transient = False

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  What to do: {self.remedy}" if self.remedy else self.message
