"""What every plan needs: the options, the time and the team.

Belongs here: the common ground of the planners, and moments on it.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.sources.demo.clock import Clock
from orchestration.sources.demo.options import DemoOptions
from orchestration.sources.demo.team import Team


@dataclass(frozen=True)
class World:
    """The ground on which an organisation is planned."""

    options: DemoOptions
    clock: Clock
    team: Team

    @classmethod
    def of(cls, options: DemoOptions) -> "World":
        return cls(options, Clock.for_end(options.end_date), Team.build(options))

    def rng(self, subject: str) -> np.random.Generator:
        """The stream of random numbers of a subject."""
        return self.options.rng(subject)

    @property
    def last(self) -> int:
        """Position of the last business day."""
        return self.clock.last_ordinal

    def moment(self, days: np.ndarray, local: np.ndarray | int, users: np.ndarray) -> np.ndarray:
        """The moments at which the clocks of `users` show `local` seconds on `days`."""
        return self.clock.utc(days, np.broadcast_to(local, days.shape), self.team.zone[users])
