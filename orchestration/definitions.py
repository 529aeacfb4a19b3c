"""The code location: assembles what `defs/` declares, nothing else."""

import dagster as dg

from orchestration.defs.assemble import build_definitions
from orchestration.settings import Settings

defs: dg.Definitions = build_definitions(Settings.load())
