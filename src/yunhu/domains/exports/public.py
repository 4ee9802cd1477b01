"""What other slices and the entrypoints may use of exports."""

from yunhu.domains.exports.cells import CellKind
from yunhu.domains.exports.errors import ExportBrokenError, ListRefusedError, OfferUnknownError
from yunhu.domains.exports.making import Order, Parts, cell_of, make_export, rows_of
from yunhu.domains.exports.offers import (
    AnyOffer,
    Batch,
    Besides,
    Column,
    Door,
    ListOffer,
    ListPage,
    Lists,
    Offer,
    Row,
    unchanged,
)
from yunhu.domains.exports.tasks import MEDIA_TYPE, Job, Said

__all__ = [
    "MEDIA_TYPE",
    "AnyOffer",
    "Batch",
    "Besides",
    "CellKind",
    "Column",
    "Door",
    "ExportBrokenError",
    "Job",
    "ListOffer",
    "ListPage",
    "ListRefusedError",
    "Lists",
    "Offer",
    "OfferUnknownError",
    "Order",
    "Parts",
    "Row",
    "Said",
    "cell_of",
    "make_export",
    "rows_of",
    "unchanged",
]
