"""What other slices and the entrypoints may use of call cards."""

from yunhu.domains.call_cards.carriers import (
    CARD_TEST,
    FlashSmsConfig,
    HttpPushConfig,
    RichCallDataConfig,
    SandboxConfig,
    read_config,
)
from yunhu.domains.call_cards.evidence import EVIDENCE_PART
from yunhu.domains.call_cards.gate import GATE_PART, CardFacts
from yunhu.domains.call_cards.models import CardCarrierRow, CarrierKind
from yunhu.domains.call_cards.provision import CardWish, provision_card
from yunhu.domains.call_cards.repository import (
    card_on_show,
    early_flash_receipts,
    enabled_carriers,
    flash_card,
)
from yunhu.domains.call_cards.rules import CHARGED
from yunhu.domains.call_cards.schemas import CardText
from yunhu.domains.call_cards.served import card_digest, card_url, logo_digest, logo_url
from yunhu.domains.call_cards.service import Ticket, issue_card, note_state

__all__ = [
    "CARD_TEST",
    "CHARGED",
    "EVIDENCE_PART",
    "GATE_PART",
    "CardCarrierRow",
    "CardFacts",
    "CardText",
    "CardWish",
    "CarrierKind",
    "FlashSmsConfig",
    "HttpPushConfig",
    "RichCallDataConfig",
    "SandboxConfig",
    "Ticket",
    "card_digest",
    "card_on_show",
    "card_url",
    "early_flash_receipts",
    "enabled_carriers",
    "flash_card",
    "issue_card",
    "logo_digest",
    "logo_url",
    "note_state",
    "provision_card",
    "read_config",
]
