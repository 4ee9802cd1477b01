"""What entrypoints and other slices may use of dispatch."""

from yunhu.domains.dispatch.attempts import Attempts
from yunhu.domains.dispatch.cards import CardPresenter
from yunhu.domains.dispatch.message_endings import MessageEndings
from yunhu.domains.dispatch.messages import MessageDispatcher, SmscClients
from yunhu.domains.dispatch.nodes import NodeRegister
from yunhu.domains.dispatch.placed import Trunks, Way
from yunhu.domains.dispatch.prerender import Prerenderer
from yunhu.domains.dispatch.talks import PromptShelf, Words
from yunhu.domains.dispatch.voice import VoiceDispatcher

__all__ = [
    "Attempts",
    "CardPresenter",
    "MessageDispatcher",
    "MessageEndings",
    "NodeRegister",
    "Prerenderer",
    "PromptShelf",
    "SmscClients",
    "Trunks",
    "VoiceDispatcher",
    "Way",
    "Words",
]
