"""Who this router is to the cloud: what enrolment gave it, kept in identity.json, readable by the agent only."""

import json
import os
from pathlib import Path

from spotfi_agent.exits import NOT_ENROLLED, USAGE
from spotfi_agent.failure import Failure
from spotfi_protocol.enrolment import EnrolmentGrant
from spotfi_protocol.errors import ProtocolError


def load_identity(path: Path) -> EnrolmentGrant:
    """The identity on disk. Failure when there is none, or it is damaged."""
    try:
        body = json.loads(path.read_bytes())
        if not isinstance(body, dict):
            raise ProtocolError
        return EnrolmentGrant.from_wire(body)
    except FileNotFoundError as error:
        msg = "This router is not enrolled. Get a code from the dashboard and run: spotfi-agent enroll URL"
        raise Failure(msg, NOT_ENROLLED) from error
    except OSError as error:
        msg = f"Cannot read {path}: {error.strerror}."
        raise Failure(msg, USAGE) from error
    except ValueError as error:
        msg = f"{path} is damaged. Get a new code from the dashboard and enrol again."
        raise Failure(msg, NOT_ENROLLED) from error


def save_identity(path: Path, identity: EnrolmentGrant) -> None:
    """Write it so that a power cut leaves the old file or the new one. OSError when the disk does not take it."""
    write_privately(path, json.dumps(identity.to_wire(), indent=1))


def write_privately(path: Path, text: str) -> None:
    """Replace a file that only the agent may read; durable, whole or not at all. OSError when the disk does not take it."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
