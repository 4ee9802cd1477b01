"""What was published, held against the shapes that callbacks promise."""

import msgspec
from sqlalchemy import text

from yunhu.domains.callbacks.public import OFFERED
from yunhu.foundation.db import Database


async def published_types(database: Database) -> set[str]:
    """Every offered type in the outbox; each payload has the promised fields and no other."""
    query = text("SELECT type, payload FROM outbox WHERE type = ANY(:types)")
    async with database.transaction() as session:
        rows = (await session.execute(query, {"types": list(OFFERED)})).all()
    for row in rows:
        shape = OFFERED[row.type].data
        msgspec.convert(row.payload, shape)
        unknown = row.payload.keys() - set(shape.__struct_encode_fields__)
        assert not unknown, f"{row.type} carries {unknown}, which nobody was promised"
    return {row.type for row in rows}
