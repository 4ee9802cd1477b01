import errno
import os
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs
from tests.support.media.wav import read_stereo_alaw

from yunhu.telephony.media.g711 import SILENT_FRAME
from yunhu.telephony.media.recorder import Recording
from yunhu.telephony.media.worker import Worker

PIECE = 4800
"""Samples after which a recording hands on what it has."""


class Writer:
    """A worker that the test drives: jobs run when `work` is called."""

    def __init__(self) -> None:
        self.worker = Worker("test-recorder")

    def work(self) -> None:
        self.worker.start()
        self.worker.stop()


def finish(recording: Recording, writer: Writer) -> None:
    done = Event()
    recording.finish(done.set)
    writer.work()
    assert done.is_set()


def test_given_pieces_of_both_sides_when_finished_then_the_file_holds_them(tmp_path: Path) -> None:
    writer, path = Writer(), tmp_path / "new folder" / "call.wav"
    recording = Recording(path, writer.worker)
    for index in range(10):
        recording.add(index * 1600, bytes([index]) * 1600, bytes([100 + index]) * 1600)
    finish(recording, writer)
    wav = read_stereo_alaw(path)
    assert wav.left == b"".join(bytes([index]) * 1600 for index in range(10))
    assert wav.right == b"".join(bytes([100 + index]) * 1600 for index in range(10))
    assert path.stat().st_mode & 0o077 == 0


def test_given_an_older_file_of_that_name_when_recorded_then_nothing_of_it_is_left(tmp_path: Path) -> None:
    writer, path = Writer(), tmp_path / "call.wav"
    path.write_bytes(b"x" * 100_000)
    recording = Recording(path, writer.worker)
    recording.add(0, b"l" * 160, b"r" * 160)
    finish(recording, writer)
    assert path.stat().st_size == 58 + 320


def test_given_nothing_was_heard_or_sent_when_finished_then_there_is_no_file(tmp_path: Path) -> None:
    writer = Writer()
    finish(Recording(tmp_path / "call.wav", writer.worker), writer)
    assert not (tmp_path / "call.wav").exists()


def test_given_the_disk_is_full_for_a_while_when_recorded_then_it_is_logged_once_and_the_gap_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, path = Writer(), tmp_path / "call.wav"
    recording = Recording(path, writer.worker)
    real, writes = os.pwrite, 0

    def pwrite(descriptor: int, octets: bytes, position: int) -> int:
        nonlocal writes
        writes += 1
        if writes in {3, 4}:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, octets, position)

    monkeypatch.setattr(os, "pwrite", pwrite)
    for index in range(4):
        recording.add(index * PIECE, bytes([65 + index]) * PIECE, bytes([97 + index]) * PIECE)
    with capture_logs() as logs:
        finish(recording, writer)
    assert recording.errors == 2
    assert [entry["event"] for entry in logs] == ["recording_failed"]
    gap = SILENT_FRAME * (2 * PIECE // 160)
    assert read_stereo_alaw(path).left == b"A" * PIECE + gap + b"D" * PIECE
    assert read_stereo_alaw(path).right == b"a" * PIECE + gap + b"d" * PIECE


def test_given_a_folder_that_cannot_be_made_when_recorded_then_the_errors_are_counted(tmp_path: Path) -> None:
    writer = Writer()
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    recording = Recording(tmp_path / "file" / "call.wav", writer.worker)
    recording.add(0, b"l" * PIECE, b"r" * PIECE)
    finish(recording, writer)
    assert recording.errors == 1


def test_given_a_disk_that_hangs_when_recorded_then_the_backlog_is_bounded(tmp_path: Path) -> None:
    writer = Writer()
    recording = Recording(tmp_path / "call.wav", writer.worker)
    for _ in range(5000):
        writer.worker.submit(lambda: None)
    recording.add(0, b"l" * PIECE, b"r" * PIECE)
    assert recording.errors == 1
    assert writer.worker.backlog == 5000
