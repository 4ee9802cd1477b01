"""Open files of this process: a call takes up to three (RTP, RTCP, recording)."""

import resource


def raise_descriptor_limit() -> tuple[int, int]:
    """Raise the soft limit of open files to the hard one, which needs no privilege; returns before and after.

    A system that refuses leaves the limit as it was. -1 means no limit.
    """
    before, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before == hard:
        return before, before
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):
        return before, before
    return before, resource.getrlimit(resource.RLIMIT_NOFILE)[0]
