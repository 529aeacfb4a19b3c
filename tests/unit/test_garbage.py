import gc

import pytest

from orchestration.garbage import rare_collections


def test_cycles_are_looked_for_rarely_inside_and_as_before_afterwards():
    before = gc.get_threshold()
    with pytest.raises(ValueError), rare_collections():
        inside = gc.get_threshold()
        with rare_collections():
            pass
        assert gc.get_threshold() == inside
        raise ValueError
    assert inside[2] > before[2]
    assert gc.get_threshold() == before
