"""What other slices and the entrypoints may use of exports."""

from yunhu.domains.exports.cells import CellKind
from yunhu.domains.exports.errors import OfferUnknownError
from yunhu.domains.exports.making import Order, make_export
from yunhu.domains.exports.offers import Batch, Column, Offer, unchanged
from yunhu.domains.exports.tasks import MEDIA_TYPE, Job, Said

__all__ = [
    "MEDIA_TYPE",
    "Batch",
    "CellKind",
    "Column",
    "Job",
    "Offer",
    "OfferUnknownError",
    "Order",
    "Said",
    "make_export",
    "unchanged",
]
