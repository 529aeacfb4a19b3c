"""The generated organisation: a sales team of known ways, in Salesforce, Google Calendar and planning
shapes, and the truth about it.

Belongs here: making records. How they reach landing is the source factory's matter; the truth
(`answers`, `write_answers`) is for tests only.
"""

from orchestration.sources.demo.answers import answers, write_answers
from orchestration.sources.demo.options import DemoOptions
from orchestration.sources.demo.organisation import generate, stream

__all__ = ["DemoOptions", "answers", "generate", "stream", "write_answers"]
