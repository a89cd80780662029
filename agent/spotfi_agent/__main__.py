"""The technician's commands. Says what went wrong in a sentence, and ends with an exit status a script can use."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from spotfi_agent.exits import ALREADY_RUNNING, NOT_ENROLLED, OK, PROBLEM, USAGE
from spotfi_agent.failure import Failure
from spotfi_agent.places import Places, find_places

_COLUMNS = 80
"""Of a serial console."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of `spotfi-agent`."""
    options = _read(sys.argv[1:] if arguments is None else arguments)
    try:
        return _COMMANDS[options.command](find_places(options.dir), options)
    except Failure as failure:
        if getattr(options, "json", False):
            _say(json.dumps({"problem": str(failure), "exit_status": failure.exit_status}))
        sys.stderr.write(_filled(str(failure), to_console=sys.stderr.isatty()) + "\n")
        return failure.exit_status
    except OSError as error:
        sys.stderr.write(f"The agent cannot work here: {error}\n")
        return USAGE
    except KeyboardInterrupt:
        return PROBLEM


def _read(words: Sequence[str]) -> Any:
    """The options. Without argparse for `run` as services call it: it would stay in memory as long as the agent runs."""
    *before, command = words or ("",)
    if command == "run" and (not before or (len(before) == 2 and before[0] == "--dir")):
        return SimpleNamespace(command=command, dir=before[-1] if before else None)
    from spotfi_agent.options import make_parser  # noqa: PLC0415 - as said

    return make_parser().parse_args(words)


def _enrol(places: Places, options: Any) -> int:
    from spotfi_agent.clock import SystemClock  # noqa: PLC0415 - each command loads what it needs; memory is scarce
    from spotfi_agent.collectors.linux import LinuxMachine  # noqa: PLC0415
    from spotfi_agent.enrolling import enrol, read_server_url  # noqa: PLC0415
    from spotfi_agent.identity import save_identity  # noqa: PLC0415

    places.prepare()
    read_server_url(options.url)
    identity = enrol(options.url, _read_code(options.code_file), LinuxMachine(SystemClock()).describe().hostname)
    save_identity(places.identity, identity)
    places.next_key.unlink(missing_ok=True)
    if options.json:
        _say(json.dumps({"router_id": str(identity.router_id)}))
    else:
        _say(f"Enrolled as router {identity.router_id}.\nStart the agent, and look at: spotfi-agent status")
    return OK


def _read_code(path: Path | None) -> str:
    """From the file, the prompt or standard input; never from the arguments, which everybody on the router can see."""
    if path is not None:
        try:
            return path.read_text()
        except OSError as error:
            msg = f"Cannot read the code from {path}: {error.strerror}."
            raise Failure(msg, USAGE) from error
    return input("Enrolment code: ") if sys.stdin.isatty() else sys.stdin.read(4096)


def _run(places: Places, _options: Any) -> int:
    from dataclasses import replace  # noqa: PLC0415
    from logging import getLogger  # noqa: PLC0415

    from spotfi_agent.config import load_config  # noqa: PLC0415
    from spotfi_agent.identity import load_identity  # noqa: PLC0415
    from spotfi_agent.log_lines import open_log  # noqa: PLC0415
    from spotfi_agent.runtime.assembly import run_agent  # noqa: PLC0415

    config, unknown = load_config(places)
    if config.run_dir:
        places = replace(places, run_dir=Path(config.run_dir))
    places.prepare()
    identity = load_identity(places.identity)
    open_log(places.log, config.log_level)
    for name in unknown:
        getLogger(__name__).warning("option_unknown name=%s", name)
    run_agent(places, config, identity)
    return OK


def _status(places: Places, options: Any) -> int:
    from spotfi_agent.runtime.status import in_words, read_status  # noqa: PLC0415

    status = read_status(_running(places).status)
    if status is None:
        is_enrolled = places.identity.exists()
        said = "The agent is not running." if is_enrolled else "This router is not enrolled."
        _say(json.dumps({"link": {"state": "stopped" if is_enrolled else "not enrolled"}}) if options.json else said)
        return PROBLEM if is_enrolled else NOT_ENROLLED
    _say(json.dumps(status, indent=1) if options.json else in_words(status))
    return OK if status["link"]["state"] == "online" else PROBLEM


def _doctor(places: Places, options: Any) -> int:
    from dataclasses import asdict  # noqa: PLC0415

    from spotfi_agent.doctor import examine  # noqa: PLC0415

    findings = []
    for finding in examine(_running(places)):
        findings.append(finding)
        if not options.json:
            _tell(f"{'ok  ' if finding.is_well else 'FAIL'}  {finding.check}: {finding.said}")
    first = next((finding for finding in findings if not finding.is_well), None)
    if options.json:
        _say(json.dumps([asdict(finding) for finding in findings], indent=1))
    elif first is None:
        _say("Everything the agent needs is there.")
    else:
        _tell(f"First problem: {first.check}. {first.remedy}")
    return OK if first is None else PROBLEM


def _logs(places: Places, options: Any) -> int:
    from spotfi_agent.log_lines import read_recent  # noqa: PLC0415

    lines = read_recent(_running(places).log, options.lines)
    _say(json.dumps(lines, indent=1) if options.json else "\n".join(lines))
    return OK


def _report(places: Places, options: Any) -> int:
    from spotfi_agent.report import in_text, make_report, write_report  # noqa: PLC0415

    report = make_report(_running(places))
    try:
        write_report(options.output, json.dumps(report, indent=1) if options.json else in_text(report))
    except OSError as error:
        msg = f"Cannot write {options.output}: {error.strerror}. Name another file with --output."
        raise Failure(msg, USAGE) from error
    said = f"Written to {options.output}. It has no keys or passwords in it; read it before you send it."
    if options.json:
        _say(json.dumps({"file": str(options.output)}))
    else:
        _tell(said)
    return OK


def _reset(places: Places, options: Any) -> int:
    """Forget the enrolment. The configuration stays; what is journalled for the old enrolment goes with it."""
    from spotfi_agent.runtime.status import read_status  # noqa: PLC0415

    if read_status(_running(places).status) is not None:
        msg = "The agent is running. Stop it first: /etc/init.d/spotfi-agent stop"
        raise Failure(msg, ALREADY_RUNNING)
    if not places.identity.exists():
        msg = "This router is not enrolled; there is nothing to forget."
        raise Failure(msg, NOT_ENROLLED)
    if not options.yes and not _is_sure():
        msg = "Nothing was changed. To forget the enrolment without being asked: spotfi-agent reset --yes"
        raise Failure(msg, USAGE)
    for path in (places.identity, places.next_key, places.journal, places.remembered):
        path.unlink(missing_ok=True)
    said = "This router is not enrolled any more. Get a new code from the dashboard and run: spotfi-agent enroll URL"
    if options.json:
        _say(json.dumps({"enrolled": False}))
    else:
        _tell(said)
    return OK


def _is_sure() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Forget this router's enrolment? It needs a new code then. [y/N] ").strip().lower() in {"y", "yes"}


def _running(places: Places) -> Places:
    """The places with the run directory the running agent was configured with."""
    from dataclasses import replace  # noqa: PLC0415

    from spotfi_agent.config import load_config  # noqa: PLC0415

    config, _ = load_config(places)
    return replace(places, run_dir=Path(config.run_dir)) if config.run_dir else places


def _tell(text: str) -> None:
    """To a person."""
    _say(_filled(text, to_console=sys.stdout.isatty()))


def _filled(text: str, *, to_console: bool) -> str:
    """In lines that fit a serial console, where it goes to one; scripts get it in one line."""
    if not to_console:
        return text
    import textwrap  # noqa: PLC0415 - each command loads what it needs

    return textwrap.fill(text, _COLUMNS, subsequent_indent="      ", break_on_hyphens=False, break_long_words=False)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


_COMMANDS = {
    "enroll": _enrol,
    "run": _run,
    "status": _status,
    "doctor": _doctor,
    "logs": _logs,
    "report": _report,
    "reset": _reset,
}

if __name__ == "__main__":
    sys.exit(main())
