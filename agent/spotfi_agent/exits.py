"""Exit statuses of `spotfi-agent`, for scripts; documented in `spotfi-agent --help`."""

OK = 0
PROBLEM = 1
"""`doctor` found something, or `status` says the router is not connected."""
USAGE = 2
"""Wrong arguments, an unusable configuration or state directory."""
UNREACHABLE = 3
"""The server did not answer, or not as SpotFi's does."""
WRONG_SERVER = 4
"""The server's certificate authority is not the one in the enrolment code."""
REFUSED = 5
"""The enrolment code is mistyped, wrong, expired or used."""
NOT_ENROLLED = 6
ALREADY_RUNNING = 7
