"""The real pipeline on the evaluation's input, and what it says of every lead."""

import csv
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from evaluation.inputs import AS_OF
from orchestration.errors import PipelineError
from orchestration.settings import DBT_PROJECT_DIR, PROJECT_ROOT


@dataclass(frozen=True)
class Judgements:
    """`leads`: lead_id (`instance:native id`) to its row of rpt_lead_quality; `flags`: lead_id to the
    set of its flags; `groups`: lead_id to the evidence groups of its fake flags."""

    leads: dict[str, dict[str, Any]]
    flags: dict[str, set[str]]
    groups: dict[str, set[str]]

    def of(self, instance: str) -> dict[str, dict[str, Any]]:
        """The leads of one source instance."""
        return {key: row for key, row in self.leads.items() if row["source_instance"] == instance}

    def flags_of(self, instance: str) -> dict[str, set[str]]:
        return {key: self.flags.get(key, set()) for key in self.of(instance)}

    def with_verdict(self, *verdicts: str) -> set[str]:
        return {key for key, row in self.leads.items() if row["verdict"] in verdicts}


def has_rule(flag: str) -> bool:
    """Whether the weights know the flag: a rule that does not exist flags nobody, rightly or wrongly."""
    path = DBT_PROJECT_DIR / "seeds" / "lead_quality" / "lead_flag_weights.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return any(row["flag"] == flag for row in csv.DictReader(file))


def build(home: Path, sources: Path, as_of: str = AS_OF) -> None:
    """`python -m orchestration run` in a process of its own. Raises PipelineError with its output."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PIPELINE_", "DAGSTER_"))}
    env |= {"PIPELINE_HOME": str(home), "PIPELINE_SOURCES": str(sources), "PIPELINE_AS_OF": as_of}
    done = subprocess.run(
        [sys.executable, "-m", "orchestration", "run"],
        cwd=PROJECT_ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise PipelineError(
            f"The pipeline failed on the evaluation's input:\n{done.stdout[-2000:]}{done.stderr[-2000:]}",
            "Mend the pipeline first; `make test` says more.",
        )


def read(home: Path) -> Judgements:
    """Read the published file of `home`."""
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as connection:
        rows = connection.execute("select * from rpt_lead_quality").to_arrow_table().to_pylist()
        flagged = connection.execute(
            "select lead_id, flag, family, evidence_group from fct_lead_flags"
        ).fetchall()
    flags, groups = defaultdict(set), defaultdict(set)
    for lead_id, flag, family, group in flagged:
        flags[lead_id].add(flag)
        if family == "fake":
            groups[lead_id].add(group)
    return Judgements({row["lead_id"]: row for row in rows}, dict(flags), dict(groups))
