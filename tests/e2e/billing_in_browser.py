"""A month is billed the way an Admin does it: by the dialogue of the dashboard."""

from datetime import UTC, date, datetime, timedelta

from tests.e2e.browser import Dashboard

# A run of many hosts is no matter of a moment.
PATIENCE_MS = 60_000


def two_months_ago() -> date:
    """The first day of a month that is over, and whose documents nothing else has written."""
    last_of_before = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
    return (last_of_before.replace(day=1) - timedelta(days=1)).replace(day=1)


def bill_month(dashboard: Dashboard, month: date, host: str) -> str:
    """Bill it for every host, and open the document of this one; its id."""
    page = dashboard.page
    dashboard.open("/invoices")
    page.get_by_role("button", name="Bill a month").first.click()
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_text("with numbers that stay").wait_for()
    dialogue.get_by_role("combobox", name="Month").click()
    page.get_by_role("option", name=f"{month:%B %Y}").click()
    dashboard.look("bill-a-month")
    dialogue.get_by_role("button", name="Bill", exact=True).click()
    dialogue.get_by_role("link", name="Show the documents").click(timeout=PATIENCE_MS)
    page.get_by_role("row").filter(has_text=host).first.click()
    page.wait_for_url("**/#/invoices/*/show")
    return page.url.split("/")[-2]
