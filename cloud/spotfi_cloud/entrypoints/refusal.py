"""How a process ends that cannot do what it was asked to: one sentence for people, one exit status for programs."""

import sys

from spotfi_cloud.kernel.errors import SpotFiError

EXIT_REFUSED = 2


def say_why(error: SpotFiError) -> int:
    """Write the reason, one sentence, to stderr; the exit status to end with."""
    sys.stderr.write(f"spotfi: {error.message}\n")
    return EXIT_REFUSED
