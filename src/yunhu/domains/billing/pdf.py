"""A paper of billing as a page to print. The libraries for it are loaded with the first page: most processes print none."""

from yunhu.domains.billing.wording import Paper


def paper_pdf(paper: Paper) -> bytes:
    """One A4 document, numbered pages."""
    from yunhu.domains.billing.pdf_layout import laid_out  # noqa: PLC0415 heavy

    return laid_out(paper)
