"""A failure the technician can do something about: a sentence for the person and an exit status for the script."""


class Failure(Exception):  # noqa: N818 - it is what the technician is told, not a fault of the program
    """What went wrong and what to do, in words; with the exit status the CLI ends with."""

    def __init__(self, sentence: str, exit_status: int) -> None:
        super().__init__(sentence)
        self.exit_status = exit_status
