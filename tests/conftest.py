"""A program that a test needs is there on a machine of CI: what would be skipped for lack of one fails."""

import os
from collections.abc import Generator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    lacking = report.skipped and "is not on this machine" in str(report.longrepr)
    if lacking and os.environ.get("CI") == "true":
        report.outcome = "failed"
    return report
