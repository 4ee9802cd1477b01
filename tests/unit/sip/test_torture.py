import pytest
from tests.support.sip.torture import TORTURE
from tests.support.sip.wire import PEER, Wire

from yunhu.telephony.sip.transport import Origin


@pytest.mark.parametrize(("name", "data", "status"), TORTURE, ids=[name for name, _, _ in TORTURE])
def test_given_a_torture_message_when_it_arrives_then_it_gets_its_answer(
    name: str, data: bytes, status: int | None
) -> None:
    wire = Wire()
    wire.layer.receive(data, Origin(*PEER))
    answers = [int(sent[8:11]) for _, sent in wire.carrier.sent if sent.startswith(b"SIP/2.0 ")]
    assert answers == ([] if status is None else [status])
    wire.timers.advance(70)
    assert len(wire.layer) == 0
