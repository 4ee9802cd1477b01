"""Receipts that nobody acknowledged yet, one small file each, so that they outlive a killed process."""

import os
from datetime import datetime
from pathlib import Path

import msgspec

from yunhu.messaging.port import MessageState


class SpooledReceipt(msgspec.Struct, frozen=True):
    """What the simulated centre still owes. It keeps no phone number."""

    smsc_message_id: str
    state: MessageState
    stat: str
    error_code: str
    due: datetime


class ReceiptSpool:
    """A directory of owed receipts."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def open(self) -> list[SpooledReceipt]:
        """Make the directory and read what is owed; a damaged file (a torn write) is left aside."""
        self._directory.mkdir(parents=True, exist_ok=True)
        owed: list[SpooledReceipt] = []
        for path in sorted(self._directory.glob("*.json")):
            try:
                owed.append(msgspec.json.decode(path.read_bytes(), type=SpooledReceipt))
            except (msgspec.MsgspecError, OSError):
                continue
        return owed

    def add(self, receipt: SpooledReceipt) -> None:
        """Owe a receipt from now on: the file appears whole or not at all."""
        path = self._path(receipt.smsc_message_id)
        draft = path.with_suffix(".new")
        draft.write_bytes(msgspec.json.encode(receipt))
        os.replace(draft, path)

    def settle(self, receipt: SpooledReceipt) -> None:
        """The receipt was acknowledged."""
        self._path(receipt.smsc_message_id).unlink(missing_ok=True)

    def _path(self, smsc_message_id: str) -> Path:
        return self._directory / f"{smsc_message_id}.json"
