"""The robot's conversation, step by step and at random."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.calls.robot import (
    MOST_REPEATS,
    Act,
    Command,
    HangUp,
    KeyAnswer,
    Listen,
    Robot,
    RobotState,
    Say,
    Sentence,
    Silence,
    Talk,
)
from yunhu.domains.notifications.public import KeyActionKind
from yunhu.telephony.port import (
    AnswerClassified,
    Answered,
    AnsweredBy,
    CallEvent,
    DigitReceived,
    PlaybackEnded,
    Prompt,
    Ringing,
)

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def sentence(name: str) -> Sentence:
    return Sentence(Prompt(name, b"\xd5" * 160), name, f"hash-{name}")


TEXT, MENU, NOTED, GOODBYE = (sentence(name) for name in ("text", "menu", "noted", "goodbye"))
TALK = Talk(
    text=TEXT,
    menu=MENU,
    keys={
        "1": KeyAnswer(KeyActionKind.REPEAT),
        "2": KeyAnswer(KeyActionKind.POSTPONE, NOTED, 10),
        "9": KeyAnswer(KeyActionKind.REFUSE, GOODBYE),
    },
    wait_seconds=6,
)


def ended(what: Sentence, *, completed: bool = True) -> PlaybackEnded:
    return PlaybackEnded(AT, what.prompt.prompt_id, completed)


def key(digit: str) -> DigitReceived:
    return DigitReceived(AT, digit)


def answered_robot(talk: Talk = TALK) -> Robot:
    robot = Robot(talk)
    robot.hear(Answered(AT))
    return robot


def test_given_a_talk_with_keys_when_nobody_presses_one_then_it_speaks_listens_and_hangs_up() -> None:
    robot = Robot(TALK)
    assert robot.hear(Ringing(AT)) == []
    assert robot.hear(Answered(AT)) == [Say(TEXT), Say(MENU)]
    assert robot.hear(ended(TEXT)) == []
    assert robot.hear(ended(MENU)) == [Listen(6)]
    assert robot.time_out() == [HangUp("completed")]
    assert robot.time_out() == []


def test_given_a_talk_without_keys_when_the_text_was_heard_then_it_hangs_up() -> None:
    robot = answered_robot(Talk(text=TEXT))
    assert robot.hear(ended(TEXT)) == [HangUp("completed")]


def test_given_key_9_when_pressed_while_speaking_then_refusal_is_acted_on_before_it_is_confirmed() -> None:
    robot = answered_robot()
    assert robot.hear(key("9")) == [Silence(), Act("9", TALK.keys["9"]), Say(GOODBYE)]
    assert robot.hear(ended(MENU, completed=False)) == []
    assert robot.hear(key("9")) == []
    assert robot.hear(ended(GOODBYE)) == [HangUp("completed")]


def test_given_key_1_when_pressed_again_and_again_then_it_repeats_only_so_often() -> None:
    robot = answered_robot()
    for _ in range(MOST_REPEATS):
        assert robot.hear(key("1")) == [Silence(), Say(TEXT), Say(MENU)]
    assert robot.hear(key("1")) == []


def test_given_an_assistant_when_heard_then_it_hangs_up_and_says_why() -> None:
    robot = answered_robot()
    assert robot.hear(AnswerClassified(AT, AnsweredBy.ASSISTANT, "long_greeting")) == [
        HangUp("assistant_heard")
    ]
    assert robot.answered_by is AnsweredBy.ASSISTANT


def test_given_a_pressed_key_when_a_machine_is_suspected_then_the_key_is_believed() -> None:
    robot = answered_robot()
    robot.hear(key("2"))
    assert robot.hear(AnswerClassified(AT, AnsweredBy.MACHINE, "long_greeting")) == []
    assert robot.answered_by is None


events = st.one_of(
    st.just(Ringing(AT)),
    st.just(Answered(AT)),
    st.sampled_from("0123456789*#").map(key),
    st.builds(
        lambda what, completed: ended(what, completed=completed),
        st.sampled_from([TEXT, MENU, NOTED, GOODBYE]),
        st.booleans(),
    ),
    st.sampled_from(AnsweredBy).map(lambda by: AnswerClassified(AT, by, "any")),
    st.none(),
)


@given(st.lists(events, max_size=40))
def test_given_any_order_of_events_when_heard_then_it_hangs_up_once_and_asks_for_one_thing_at_most(
    heard: list[CallEvent | None],
) -> None:
    robot = Robot(TALK)
    commands: list[Command] = []
    for event in heard:
        before = robot.state
        new = robot.time_out() if event is None else robot.hear(event)
        assert not (before is RobotState.DONE and new)
        commands += new
    assert sum(isinstance(command, HangUp) for command in commands) <= 1
    assert sum(isinstance(command, Act) for command in commands) <= 1
    assert commands.count(Say(TEXT)) <= 1 + MOST_REPEATS
    assert robot.state is RobotState.DONE or not any(isinstance(command, HangUp) for command in commands)
