"""A process that records one call until somebody kills it: `recording_child.py PORT PATH`."""

import asyncio
import sys
from pathlib import Path
from uuid import uuid4

from yunhu.telephony.media import Codec, MediaConfig, MediaEvent, MediaPlane, RemoteMedia
from yunhu.telephony.port import Prompt


def ignore(_event: MediaEvent) -> None:
    """Nobody listens here."""


async def main(port: int, path: Path) -> None:
    plane = MediaPlane(MediaConfig(bind_host="127.0.0.1"))
    await plane.start()
    session = plane.open(uuid4(), ignore, recording=path)
    session.play(Prompt("ramp", bytes(index // 160 % 200 for index in range(8000 * 60))))
    session.connect(RemoteMedia("127.0.0.1", port, Codec.PCMA, 8, None), answered=True)
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
