"""Sending a message to whatever address Apprise knows: Slack, e-mail, Teams, any webhook.

Belongs here: the sending. What is worth a message is `alerts` and `digest`.
"""

import logging

from orchestration.errors import PipelineError


def send(addresses: str, title: str, body: str, *, variable: str) -> bool:
    """Send to each of the addresses (Apprise's URLs, apart by spaces or commas); did anyone take it?

    `body` is Markdown; what cannot show it gets it as text. `variable`: the environment variable that the
    addresses are from, for the message. Raises PipelineError where one is no address of Apprise; never
    with the address in it, which holds secrets.
    """
    import apprise  # half a second, and only where somebody is to be told

    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it logs addresses
    receivers = apprise.Apprise()
    if not receivers.add(addresses):
        raise PipelineError(
            f"{variable} holds an address that Apprise does not know.",
            "Write one or more of https://github.com/caronc/apprise#supported-notifications, such as"
            " slack://…, mailtos://… or json://host/path.",
        )
    # Each by itself and all of them: the answer "somebody took it" keeps the first of two from being told
    # again because the second is away.
    taken = [
        receiver.notify(body=body, title=title, body_format=apprise.NotifyFormat.MARKDOWN)
        for receiver in receivers
    ]
    return any(taken)
