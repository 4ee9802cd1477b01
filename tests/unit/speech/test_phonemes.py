"""How letters and digits are pronounced."""

from pathlib import Path

import pytest

from yunhu.speech.tts.phonemes import MandarinPhonemes


@pytest.fixture(scope="module")
def phonemes(tmp_path_factory: pytest.TempPathFactory) -> MandarinPhonemes:
    return MandarinPhonemes(Path(tmp_path_factory.mktemp("jieba")))


@pytest.mark.parametrize(
    ("words", "breath"), [("A幺二三号", True), ("B零零三号", True), ("A三号", False), ("B十二号", False)]
)
def test_given_a_letter_when_a_code_of_digits_follows_then_there_is_a_breath_between(
    words: str, breath: bool, phonemes: MandarinPhonemes
) -> None:
    letter, *_ = phonemes(words).split()
    assert letter.endswith(",") is breath
