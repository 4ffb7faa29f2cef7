"""The command line: arguments to use cases, results to people or JSON, faults to exit statuses.

Names of commands are fixed. `--event DIR` stands before the command, `--json` after it: standard output is then one JSON
document and progress goes to standard error. A command of a new kind is a module here, imported below.
"""

from safelight.cli.root import app, main  # isort: skip - the commands below are added to it
from safelight.cli import deciding, event, files, learning, machine, models

__all__ = ["app", "deciding", "event", "files", "learning", "machine", "main", "models"]
