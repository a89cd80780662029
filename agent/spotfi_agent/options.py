"""The words of the command line, and what they mean."""

from argparse import ArgumentParser
from pathlib import Path

from spotfi_agent import __version__

_EPILOG = """exit statuses: 0 done, 1 a problem was found or the router is not connected, 2 wrong arguments or configuration,
3 server not reached, 4 not the server the code was made for, 5 code mistyped, wrong, expired or used, 6 not enrolled,
7 already running"""


def make_parser() -> ArgumentParser:
    """What `spotfi-agent` understands."""
    parser = ArgumentParser(prog="spotfi-agent", description="SpotFi's agent on a router.", epilog=_EPILOG)
    parser.add_argument("--dir", help="state directory (default: SPOTFI_AGENT_DIR, else /etc/spotfi)")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    enrol = commands.add_parser("enroll", help="trade a one-time code for this router's identity")
    enrol.add_argument("url", help="the server, such as https://spotfi.example.org:8443")
    enrol.add_argument("--code-file", type=Path, help="read the code from this file instead of asking for it")
    _with_json(enrol)
    commands.add_parser("run", help="run the agent in the foreground, until SIGTERM")
    _with_json(commands.add_parser("status", help="what the running agent is doing"))
    _with_json(commands.add_parser("doctor", help="find out why it does not work, and what to do"))
    logs = commands.add_parser("logs", help="the agent's own recent log lines")
    logs.add_argument("-n", "--lines", type=int, default=100)
    _with_json(logs)
    report = commands.add_parser("report", help="write one file for support, without secrets")
    report.add_argument("-o", "--output", type=Path, default=Path("/tmp/spotfi-report.txt"))  # noqa: S108 - RAM on a router
    _with_json(report)
    reset = commands.add_parser("reset", help="forget the enrolment of this router")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    _with_json(reset)
    return parser


def _with_json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
