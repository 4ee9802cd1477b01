"""Two people stand behind a card's profile, told apart as filings tell people apart."""

from uuid import uuid4

import pytest
from tests.support.hall.builders import Hall

from yunhu.domains.call_cards.errors import SamePersonError
from yunhu.domains.call_cards.schemas import profile_view
from yunhu.domains.call_cards.service import Review, draft_profile, review_profile, submit_profile
from yunhu.foundation.actor import Actor, ActorKind
from yunhu.foundation.clock import ManualClock
from yunhu.foundation.db import Database

ID = uuid4()
SUBMITTED = Actor(ActorKind.USER, "li", ID)


@pytest.mark.parametrize(
    ("reviewer", "same"),
    [
        (SUBMITTED, True),
        (Actor(ActorKind.USER, "li.married", ID), True),
        (Actor(ActorKind.USER, "li", uuid4()), False),
        (Actor(ActorKind.KEY, "li", uuid4()), False),
        (Actor(ActorKind.COMMAND, "li"), False),
    ],
)
async def test_given_a_submitted_profile_when_reviewed_then_the_person_counts_and_not_the_name(
    database: Database, hall: Hall, clock: ManualClock, reviewer: Actor, same: bool
) -> None:
    review = Review(approved=True, remarks="", valid_until=None)
    async with database.transaction() as session:
        profile = await draft_profile(session, hall.tenant_id, "政务大厅", {}, None, clock.now())
        await submit_profile(session, profile, SUBMITTED)
        assert profile_view(profile).submitted_by == "li"
        if same:
            with pytest.raises(SamePersonError):
                await review_profile(session, profile, review, reviewer, clock.now())
        else:
            await review_profile(session, profile, review, reviewer, clock.now())
            assert profile.state == "approved"
