"""YAML of this project's own, read by libyaml where PyYAML was built with it: ten times as fast."""

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """What the text says, as `yaml.safe_load` gives it."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are safe ones
