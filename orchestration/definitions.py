"""The code location: assembles what `defs/` declares, nothing else."""

import dagster as dg

from orchestration.defs.assemble import readable_definitions
from orchestration.settings import Settings

defs: dg.Definitions = readable_definitions(Settings.load())
