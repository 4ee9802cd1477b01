"""What other slices and the entrypoints may use of callbacks."""

from yunhu.domains.callbacks.address import GuardedBackend, check_url
from yunhu.domains.callbacks.catalogue import OFFERED, Offer
from yunhu.domains.callbacks.client import CallbackClient
from yunhu.domains.callbacks.endpoints import Endpoints, EndpointWish, check_event_types
from yunhu.domains.callbacks.repository import CHANNEL
from yunhu.domains.callbacks.sender import CallbackSender
from yunhu.domains.callbacks.signing import check_secret
from yunhu.domains.callbacks.subscriber import CallbackSubscriber

__all__ = [
    "CHANNEL",
    "OFFERED",
    "CallbackClient",
    "CallbackSender",
    "CallbackSubscriber",
    "EndpointWish",
    "Endpoints",
    "GuardedBackend",
    "Offer",
    "check_event_types",
    "check_secret",
    "check_url",
]
