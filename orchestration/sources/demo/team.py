"""Who works here: reps with their known ways, managers, people who left, and the integrations.

Belongs here: the roster and who behaves how. What a behaviour does to records is in the files of
those records.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.sources.demo.clock import TIME_ZONES, Clock
from orchestration.sources.demo.columns import (
    NONE,
    Frame,
    Ids,
    Joined,
    Moments,
    Pick,
    Text,
    flag,
    text_array,
)
from orchestration.sources.demo.ids import PREFIXES
from orchestration.sources.demo.options import MANAGERS_PER_SQUAD, REPS_PER_SQUAD, DemoOptions
from orchestration.sources.demo.people import folded
from orchestration.sources.demo.words import OWN_FAMILY, OWN_GIVEN

OWN_DOMAIN = "veridianworks.io"
# The twelve reps of a squad: the first six report to the manager who coaches.
DILIGENT, ORDINARY_A, ORDINARY_B, RECONTACT, TOKEN, IDLE = range(6)
TUNNEL, HAPPY, FODDER, ROTTEN, ORDINARY_C, ORDINARY_D = range(6, 12)
ORDINARY = (ORDINARY_A, ORDINARY_B, ORDINARY_C, ORDINARY_D)
REP_BEHAVIOURS: dict[int, tuple[str, ...]] = {
    DILIGENT: ("diligent",),
    RECONTACT: ("recontact_ignored",),
    TOKEN: ("token_effort",),
    IDLE: ("idle_prospecting_blocks",),
    TUNNEL: ("tunnel_vision", "cliff"),
    HAPPY: ("happy_ears", "fake_sale"),
    FODDER: ("column_fodder",),
    ROTTEN: ("rotten_pipeline",),
    ORDINARY_C: ("key_account_from_habit",),
}
LEFT_PER_SQUAD = 2


@dataclass(frozen=True)
class Team:
    """Users by position: reps, managers, people who left, then importer and form integration.

    `ways[rep]` is the place in the squad, `manager[user]` a position or -1, `zone[user]` a position
    in TIME_ZONES, `emails` their addresses.
    """

    squads: int
    ways: np.ndarray
    manager: np.ndarray
    zone: np.ndarray
    first_names: list[str]
    last_names: list[str]
    emails: pa.Array

    @classmethod
    def build(cls, options: DemoOptions) -> "Team":
        squads, reps = options.squads, options.rep_count
        users = reps + squads * (MANAGERS_PER_SQUAD + LEFT_PER_SQUAD)
        ways = np.arange(reps) % REPS_PER_SQUAD
        manager = np.full(users + 2, -1)
        manager[:reps] = reps + np.arange(reps) // REPS_PER_SQUAD * MANAGERS_PER_SQUAD + (ways >= TUNNEL)
        people = len(OWN_GIVEN) * len(OWN_FAMILY)
        slots = (np.arange(users) * 53 + 7) % people  # 53 shares no factor with 24 × 22
        again = np.arange(users) // people
        first = [OWN_GIVEN[s % len(OWN_GIVEN)] for s in slots] + ["Data", "Marketing"]
        last = [OWN_FAMILY[s // len(OWN_GIVEN)] for s in slots] + ["Import", "Automation"]
        numbers = [str(n + 1) if n else "" for n in again] + ["", ""]
        emails = [
            f"{folded(f)}.{folded(n)}{k}@{OWN_DOMAIN}" for f, n, k in zip(first, last, numbers, strict=True)
        ]
        zone = np.zeros(users + 2, np.int64)
        zone[:reps] = np.array([0, 0, 1, 0, 2, 0, 0, 1, 2, 0, 0, 1])[ways]
        return cls(squads, ways, manager, zone, first, last, text_array(emails))

    @property
    def reps(self) -> int:
        return len(self.ways)

    @property
    def managers(self) -> int:
        return self.squads * MANAGERS_PER_SQUAD

    @property
    def staff(self) -> int:
        """Reps and managers: those who have calendars."""
        return self.reps + self.managers

    @property
    def importer(self) -> int:
        return self.staff + self.squads * LEFT_PER_SQUAD

    @property
    def automation(self) -> int:
        return self.importer + 1

    def of_way(self, *ways: int) -> np.ndarray:
        """Positions of the reps who behave in one of these ways."""
        return np.flatnonzero(np.isin(self.ways, ways))

    def has_way(self, reps: np.ndarray, *ways: int) -> np.ndarray:
        """Whether each rep behaves in one of these ways."""
        return np.isin(self.ways[np.minimum(reps, self.reps - 1)], ways) & (reps < self.reps)

    def coaching_manager(self, reps: np.ndarray) -> np.ndarray:
        """Whether each rep's manager coaches."""
        return self.ways[reps] < TUNNEL


def user_table(team: Team, clock: Clock) -> Frame:
    """Salesforce User: one row per person or integration."""
    n = len(team.manager)
    position = np.arange(n)
    created = np.full(n, (clock.first - 700) * 86_400 + 28_800)
    left = (position >= team.staff) & (position < team.importer)
    changed = np.where(left, (clock.first + 90) * 86_400 + 57_600, created)
    role = np.select([position < team.reps, position < team.staff, left], [0, 1, 0], 2)
    titles = text_array(["Account Executive", "Sales Manager", "Integration User"])
    active = ~left
    return Frame(
        {
            "Id": Ids(PREFIXES["User"], position),
            "Username": Text(team.emails),
            "Email": Text(team.emails),
            "FirstName": Text(text_array(team.first_names)),
            "LastName": Text(text_array(team.last_names)),
            "Name": Joined((Text(text_array(team.first_names)), " ", Text(text_array(team.last_names)))),
            "Title": Pick(titles, role),
            "UserType": Pick(text_array(["Standard", "CloudIntegrationUser"]), (role == 2) * 1),
            "IsActive": flag(active),
            "ManagerId": Ids(PREFIXES["User"], team.manager),
            "TimeZoneSidKey": Pick(text_array(TIME_ZONES), team.zone),
            "LastLoginDate": Moments(np.where(position < team.staff, clock.last * 86_400 + 25_200, NONE)),
            "CreatedDate": Moments(created),
            "LastModifiedDate": Moments(changed),
            "SystemModstamp": Moments(changed),
        },
        n,
    )
