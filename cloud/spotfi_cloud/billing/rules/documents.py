"""The kinds of documents and the states they go through. Pure."""

from enum import StrEnum


class DocumentKind(StrEnum):
    """`invoice`: the host owes. `settlement`: the host is owed, billed in its name. `credit_note`: takes back part of one."""

    INVOICE = "invoice"
    SETTLEMENT = "settlement"
    CREDIT_NOTE = "credit_note"


class InvoiceStatus(StrEnum):
    """A draft may change with its month; an issued document never does; a void one keeps its number and counts for nothing."""

    DRAFT = "draft"
    ISSUED = "issued"
    VOID = "void"


class RunState(StrEnum):
    """Where a run that somebody ordered stands. `failed`: some hosts could not be billed; the others are."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
