"""The command line: `spotfi up`, `demo`, `run`, `db`, `admin`, `verify`.

Every command imports what it needs when it runs, so that `spotfi up` starts fast and `spotfi --help` at once.
"""

from spotfi_cloud.entrypoints.cli.app import main

__all__ = ["main"]
