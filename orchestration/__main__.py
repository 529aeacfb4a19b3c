"""`python -m orchestration <command>`; see cli.py."""

import logging
import sys

from orchestration.cli import main

# A log that cannot be written, as on a full disk, prints pages of tracebacks around the one message.
logging.raiseExceptions = False
sys.exit(main())
