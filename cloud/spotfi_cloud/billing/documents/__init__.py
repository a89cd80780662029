"""Documents to send: PDFs in the host's language, and e-invoices (EN 16931). Pure but for fonts and templates it reads."""

from spotfi_cloud.billing.documents.cii import cii_of
from spotfi_cloud.billing.documents.facturx import attached
from spotfi_cloud.billing.documents.fitness import unfit_because
from spotfi_cloud.billing.documents.pdf import render_pdf

__all__ = ["attached", "cii_of", "render_pdf", "unfit_because"]
