"""The warehouse can be thrown away: what was landed is enough to publish the same rows again."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Ran, run_pipeline
from tests.published import different_tables, published_file

pytestmark = pytest.mark.long


def test_a_rebuild_from_landing_gives_the_same_rows(demo_run: tuple[Path, Ran], tmp_path: Path) -> None:
    home, ran = demo_run
    assert ran.code == 0, ran.output
    copy = tmp_path / "data"
    shutil.copytree(home / "landing", copy / "landing")
    rebuilt = run_pipeline(copy, home.parent / "sources.yaml", command="build")
    assert rebuilt.code == 0, rebuilt.output
    assert different_tables(published_file(copy), published_file(home)) == {}
