from yunhu.telephony.media.g711 import SILENT_FRAME
from yunhu.telephony.media.playlist import Playlist
from yunhu.telephony.port import Prompt

ONE = Prompt("one", b"\x01" * 320)
TAIL = Prompt("tail", b"\x02" * 200)


def playlist(*prompts: Prompt) -> tuple[Playlist, list[tuple[str, bool]]]:
    ended: list[tuple[str, bool]] = []
    made = Playlist(lambda prompt_id, completed: ended.append((prompt_id, completed)))
    for prompt in prompts:
        made.add(prompt)
    return made, ended


def frames(source: Playlist, count: int) -> list[bytes | None]:
    taken = [source.take(1) for _ in range(count)]
    return [None if frame is None else bytes(frame) for frame in taken]


def test_given_nothing_to_play_then_there_is_no_frame() -> None:
    assert frames(playlist()[0], 2) == [None, None]


def test_given_two_prompts_then_they_follow_each_other_without_a_gap_and_end_once() -> None:
    source, ended = playlist(ONE, TAIL)
    tail = b"\x02" * 40 + SILENT_FRAME[:120]
    assert frames(source, 6) == [b"\x01" * 160, b"\x01" * 160, b"\x02" * 160, tail, None, None]
    assert ended == [("one", True), ("tail", True)]


def test_given_the_last_frame_was_just_taken_when_cleared_then_the_prompt_was_completed() -> None:
    source, ended = playlist(ONE)
    frames(source, 2)
    source.clear()
    assert ended == [("one", True)]


def test_given_a_prompt_in_the_middle_when_cleared_then_it_and_those_behind_are_not_completed() -> None:
    source, ended = playlist(ONE, TAIL, TAIL)
    frames(source, 1)
    source.clear()
    assert ended == [("one", False), ("tail", False), ("tail", False)]
    assert frames(source, 1) == [None]


def test_given_an_empty_prompt_then_it_ends_at_once_and_the_next_one_plays() -> None:
    source, ended = playlist(Prompt("empty", b""), ONE)
    assert frames(source, 1) == [b"\x01" * 160]
    assert ended == [("empty", True)]


def test_given_a_prompt_added_after_the_end_then_it_plays() -> None:
    source, ended = playlist(ONE)
    frames(source, 3)
    source.add(TAIL)
    assert frames(source, 1) == [b"\x02" * 160]
    assert ended == [("one", True)]


def test_given_prompts_taken_four_frames_at_a_time_then_they_join_and_each_is_told_once_it_has_left() -> None:
    source, ended = playlist(ONE, TAIL, Prompt("long", b"\x03" * 1600))
    first = b"\x01" * 320 + b"\x02" * 200 + SILENT_FRAME[:120]
    assert source.take(4) == first
    assert ended == []
    assert source.take(4) == b"\x03" * 640
    assert ended == [("one", True), ("tail", True)]
    assert [source.take(4), source.take(4), source.take(4)] == [
        b"\x03" * 640,
        b"\x03" * 320 + SILENT_FRAME * 2,
        None,
    ]
    assert ended[2:] == [("long", True)]


def test_given_frames_taken_ahead_when_cleared_then_what_was_taken_whole_counts_as_played() -> None:
    source, ended = playlist(ONE, Prompt("long", b"\x03" * 1600), TAIL)
    source.take(4)
    source.clear()
    assert ended == [("one", True), ("long", False), ("tail", False)]
    assert source.take(4) is None
