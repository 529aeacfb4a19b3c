"""The names of environment variables that hold secrets, as the sources file gives them.

Belongs here: telling a name from a secret that was written in its place, without repeating either. Reading
the variables is `settings`.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

# Keys and tokens are long and mixed where names of variables have their words apart.
_LONG = 20


def _variable_name(text: str) -> str:
    looks_secret = len(text) >= _LONG and "_" not in text and re.search(r"\d", text)
    if looks_secret or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        raise ValueError(
            "this is no name of an environment variable (letters, digits and _); it is not shown, as it may"
            " be the secret itself: put that into a variable, and write the variable's name here"
        )
    return text


VariableName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_variable_name)
]
