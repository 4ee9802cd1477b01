"""Which calls and messages a standing hold keeps, as SQL: the one place that says it.

A hold names a call, a person, or days of a tenant with or without a script. What is asked of one row is asked of three
partial indexes of `legal_holds`, so that holds cost the same however many of them were lifted.
"""

_CALL = "EXISTS (SELECT FROM legal_holds AS h WHERE h.lifted_at IS NULL AND h.call_id = {row}.id)"
_CALLEE = """EXISTS (
    SELECT FROM legal_holds AS h
    WHERE h.lifted_at IS NULL AND h.kind = 'callee' AND h.tenant_id = {row}.tenant_id
      AND h.callee_index = {row}.callee_index)"""
_SCRIPT = """(h.script_id IS NULL
           OR h.script_id = (SELECT v.script_id FROM script_versions AS v WHERE v.id = {row}.script_version_id))"""
_PERIOD = (
    """EXISTS (
    SELECT FROM legal_holds AS h
    WHERE h.lifted_at IS NULL AND h.kind = 'period' AND h.tenant_id = {row}.tenant_id
      AND {day} BETWEEN h.first_day AND h.last_day AND """
    + _SCRIPT
    + ")"
)
MESSAGE_DAY = "CAST({row}.created_at AT TIME ZONE 'Asia/Shanghai' AS date)"
_OF_CALL = (_CALL, _CALLEE, _PERIOD)
_OF_MESSAGE = (_CALLEE, _PERIOD)


def held_call(row: str) -> str:
    """Whether a row of `calls` is held."""
    return "(" + " OR ".join(part.format(row=row, day=f"{row}.day") for part in _OF_CALL) + ")"


def unheld_call(row: str) -> str:
    """The contrary, in a form that is planned as anti-joins: for statements that look through many rows."""
    return " AND ".join(f"NOT {part.format(row=row, day=f'{row}.day')}" for part in _OF_CALL)


def held_message(row: str) -> str:
    """Whether a row of `sms_messages` is held by itself; a held call keeps those of its notification besides."""
    day = MESSAGE_DAY.format(row=row)
    return "(" + " OR ".join(part.format(row=row, day=day) for part in _OF_MESSAGE) + ")"


def unheld_message(row: str) -> str:
    """The contrary, by itself and by the calls of its notification."""
    day = MESSAGE_DAY.format(row=row)
    own = " AND ".join(f"NOT {part.format(row=row, day=day)}" for part in _OF_MESSAGE)
    return f"{own} AND {no_held_call_of(f'{row}.notification_id')}"


def no_held_call_of(notification: str) -> str:
    """No call of a notification is held."""
    return (
        f"NOT EXISTS (SELECT FROM calls AS c WHERE c.notification_id = {notification} AND {held_call('c')})"
    )


def no_held_message_of(notification: str) -> str:
    """No message of a notification is held by itself."""
    return (
        "NOT EXISTS (SELECT FROM sms_messages AS k "
        f"WHERE k.notification_id = {notification} AND {held_message('k')})"
    )


def nothing_held_of(person: str) -> str:
    """Of the person in a row with `tenant_id` and `callee_index` nothing is held, and no hold names the person."""
    same = "{one}.callee_index = {person}.callee_index AND {one}.tenant_id = {person}.tenant_id"
    of_call, of_message = same.format(one="c", person=person), same.format(one="k", person=person)
    parts = (
        f"NOT {_CALLEE.format(row=person)}",
        f"NOT EXISTS (SELECT FROM calls AS c WHERE {of_call} AND {held_call('c')})",
        f"NOT EXISTS (SELECT FROM sms_messages AS k WHERE {of_message} AND {held_message('k')})",
    )
    return " AND ".join(parts)
