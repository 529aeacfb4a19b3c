"""E-mails that a sales-engagement tool sends by itself and logs under the rep's name.

Belongs here: the volume that such tools add to a CRM. Off in the demo, whose figures are those of people;
`make bench` asks for it at its largest size.
"""

import numpy as np

from orchestration.sources.demo.columns import NONE
from orchestration.sources.demo.lead_follow import FollowUp
from orchestration.sources.demo.leads import Leads
from orchestration.sources.demo.rhythm import HOUR
from orchestration.sources.demo.touches import CADENCE_MAIL, EMAIL, Touches, touches
from orchestration.sources.demo.world import World


def cadence_touches(world: World, leads: Leads, follow: FollowUp) -> Touches:
    """`cadence_emails_per_lead` e-mails to each lead with an owner, one every second business day from the
    day after it came on, before anybody works; fewer where the lead ended or the last day comes first."""
    rng = world.rng("cadences")
    wanted = world.options.cadence_emails_per_lead
    rows = np.repeat(np.flatnonzero(leads.owner >= 0), wanted)
    turn = np.tile(np.arange(wanted), len(rows) // wanted) if wanted else rows
    at = leads.position[rows] + 1 + 2 * turn
    owner = leads.owner[rows]
    day = world.clock.business[np.minimum(at, world.last)]
    moment = world.moment(day, rng.integers(7 * HOUR, 8 * HOUR, len(rows)), owner)
    ended = follow.ended[rows]
    sent = (at <= world.last) & ((ended == NONE) | (moment < ended))
    return touches(
        rng, moment[sent], day[sent], owner[sent], channel=EMAIL, subject=CADENCE_MAIL, lead=rows[sent]
    )
