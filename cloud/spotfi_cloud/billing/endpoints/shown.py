"""A document as the API shows it."""

from datetime import datetime

from spotfi_cloud.billing.schemas.invoices import InvoiceOut
from spotfi_cloud.billing.service import Invoice, balance_of, state_of

_WORKED_OUT = {"state", "balance_minor"}


def invoice_out(invoice: Invoice, now: datetime) -> InvoiceOut:
    """The document with its state and what is left to pay of it at the instant."""
    columns = {name: getattr(invoice, name) for name in InvoiceOut.model_fields.keys() - _WORKED_OUT}
    return InvoiceOut.model_validate(columns | {"state": state_of(invoice, now), "balance_minor": balance_of(invoice)})
