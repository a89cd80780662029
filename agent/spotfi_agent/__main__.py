"""The technician's commands. Says what went wrong in a sentence, and ends with an exit status a script can use."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from spotfi_agent import __version__
from spotfi_agent.exits import NOT_ENROLLED, OK, PROBLEM, USAGE
from spotfi_agent.failure import Failure
from spotfi_agent.places import Places, find_places

_EPILOG = """exit statuses: 0 done, 1 a problem was found or the router is not connected, 2 wrong arguments or configuration,
3 server not reached, 4 not the server the code was made for, 5 code mistyped, wrong, expired or used, 6 not enrolled,
7 already running"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of `spotfi-agent`."""
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](find_places(options.dir), options)
    except Failure as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.exit_status
    except OSError as error:
        sys.stderr.write(f"The agent cannot work here: {error}\n")
        return USAGE
    except KeyboardInterrupt:
        return PROBLEM


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spotfi-agent", description="SpotFi's agent on a router.", epilog=_EPILOG)
    parser.add_argument("--dir", help="state directory (default: SPOTFI_AGENT_DIR, else /etc/spotfi)")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    enrol = commands.add_parser("enroll", help="trade a one-time code for this router's identity")
    enrol.add_argument("url", help="the server, such as https://spotfi.example.org:8443")
    enrol.add_argument("--code-file", type=Path, help="read the code from this file instead of asking for it")
    commands.add_parser("run", help="run the agent in the foreground, until SIGTERM")
    for name, purpose in (("status", "what the running agent is doing"), ("doctor", "find out why it does not work")):
        commands.add_parser(name, help=purpose).add_argument("--json", action="store_true", help="for programs")
    logs = commands.add_parser("logs", help="the agent's own recent log lines")
    logs.add_argument("-n", "--lines", type=int, default=100)
    return parser


def _enrol(places: Places, options: argparse.Namespace) -> int:
    from spotfi_agent.clock import SystemClock  # noqa: PLC0415 - each command loads what it needs; memory is scarce
    from spotfi_agent.collectors.linux import LinuxMachine  # noqa: PLC0415
    from spotfi_agent.enrolling import enrol, read_server_url  # noqa: PLC0415
    from spotfi_agent.identity import save_identity  # noqa: PLC0415

    places.prepare()
    read_server_url(options.url)
    identity = enrol(options.url, _read_code(options.code_file), LinuxMachine(SystemClock()).describe().hostname)
    save_identity(places.identity, identity)
    _say(f"Enrolled as router {identity.router_id}. Start the agent, and look at: spotfi-agent status")
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


def _run(places: Places, _options: argparse.Namespace) -> int:
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


def _status(places: Places, options: argparse.Namespace) -> int:
    from spotfi_agent.runtime.status import in_words, read_status  # noqa: PLC0415

    status = read_status(_running(places).status)
    if status is None:
        is_enrolled = places.identity.exists()
        said = "The agent is not running." if is_enrolled else "This router is not enrolled."
        _say(json.dumps({"link": {"state": "stopped" if is_enrolled else "not enrolled"}}) if options.json else said)
        return PROBLEM if is_enrolled else NOT_ENROLLED
    _say(json.dumps(status, indent=1) if options.json else in_words(status))
    return OK if status["link"]["state"] == "online" else PROBLEM


def _doctor(places: Places, options: argparse.Namespace) -> int:
    from dataclasses import asdict  # noqa: PLC0415

    from spotfi_agent.doctor import examine  # noqa: PLC0415

    findings = []
    for finding in examine(_running(places)):
        findings.append(finding)
        if not options.json:
            _say(f"{'ok  ' if finding.is_well else 'FAIL'}  {finding.check}: {finding.said}")
    first = next((finding for finding in findings if not finding.is_well), None)
    if options.json:
        _say(json.dumps([asdict(finding) for finding in findings], indent=1))
    elif first is None:
        _say("Everything the agent needs is there.")
    else:
        _say(f"First problem: {first.check}. {first.remedy}")
    return OK if first is None else PROBLEM


def _logs(places: Places, options: argparse.Namespace) -> int:
    from spotfi_agent.log_lines import read_recent  # noqa: PLC0415

    _say("\n".join(read_recent(_running(places).log, options.lines)))
    return OK


def _running(places: Places) -> Places:
    """The places with the run directory the running agent was configured with."""
    from dataclasses import replace  # noqa: PLC0415

    from spotfi_agent.config import load_config  # noqa: PLC0415

    config, _ = load_config(places)
    return replace(places, run_dir=Path(config.run_dir)) if config.run_dir else places


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


_COMMANDS = {"enroll": _enrol, "run": _run, "status": _status, "doctor": _doctor, "logs": _logs}

if __name__ == "__main__":
    sys.exit(main())
