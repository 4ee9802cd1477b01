"""What other slices and the entrypoints may use of documents."""

from yunhu.domains.documents.errors import DocumentNotFoundError
from yunhu.domains.documents.models import Document
from yunhu.domains.documents.store import (
    DocumentStore,
    NewDocument,
    document_by_id,
    documents_by_id,
    erase_document,
    erase_documents,
    open_document,
    store_document,
)

__all__ = [
    "Document",
    "DocumentNotFoundError",
    "DocumentStore",
    "NewDocument",
    "document_by_id",
    "documents_by_id",
    "erase_document",
    "erase_documents",
    "open_document",
    "store_document",
]
