"""`python -m orchestration <command>`; see cli.py."""

import io
import logging
import sys

from orchestration.cli import main

# A log that cannot be written, as on a full disk, prints pages of tracebacks around the one message.
logging.raiseExceptions = False
# A terminal or log that is not UTF-8 gets `?` for what it cannot show, and the command goes on.
if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(errors="replace")
sys.exit(main())
