"""SMPP 3.4 over TCP: the client adapter of the SMSC port."""

from yunhu.messaging.smpp.account import DestinationForm, FlashBy, SmppAccount
from yunhu.messaging.smpp.client import SmppClient

__all__ = ["DestinationForm", "FlashBy", "SmppAccount", "SmppClient"]
