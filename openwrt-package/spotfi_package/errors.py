"""What stops a build, in a sentence for whoever runs it."""


class BuildError(Exception):
    """The message says what is wrong and what to do."""
