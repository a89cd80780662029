"""A program that tests need is there on a machine of CI: what would be skipped for lack of one fails, test or whole file."""

import os
from collections.abc import Generator
from typing import Any

import pytest


def _fail_where_lacking(report: pytest.TestReport | pytest.CollectReport) -> None:
    lacking = report.skipped and "is not on this machine" in str(report.longrepr)
    if lacking and os.environ.get("CI") == "true":
        report.outcome = "failed"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_where_lacking(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_where_lacking(report)
    return report
