"""`python -m orchestration <command>`; see cli.py."""

import sys

from orchestration.cli import main

sys.exit(main())
