"""A peer on a loopback socket that answers each INVITE by a list of statuses, and everything else by 200."""

import asyncio
from typing import Any

from tests.support.sip.wire import SDP

from yunhu.telephony.sip.message import Request, response_to
from yunhu.telephony.sip.parser import parse_message


class UdpPeer(asyncio.DatagramProtocol):
    def __init__(self, *statuses: int) -> None:
        self.statuses = statuses
        self.received: list[Request] = []
        self.transport: asyncio.DatagramTransport | None = None

    async def start(self) -> int:
        """Listen on a free port and return it."""
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        return int(self.transport.get_extra_info("sockname")[1])

    def stop(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def methods(self) -> list[str]:
        return [request.method for request in self.received]

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        request = parse_message(data)
        if not isinstance(request, Request):
            return
        self.received.append(request)
        if request.method == "ACK":
            return
        for status in self.statuses if request.method == "INVITE" else (200,):
            self.respond(request, status, addr)
        if request.method == "CANCEL":
            invite = next(found for found in self.received if found.method == "INVITE")
            self.respond(invite, 487, addr)

    def respond(self, request: Request, status: int, addr: tuple[Any, ...]) -> None:
        response = response_to(request, status, "peer")
        if status in {183, 200} and request.method == "INVITE":
            response.body = SDP
            response.headers.set("content-type", "application/sdp")
            response.headers.set("contact", f"<sip:peer@127.0.0.1:{addr[1]}>")
        if status == 200 and self.transport is not None:
            response.headers.set(
                "contact", f"<sip:peer@127.0.0.1:{self.transport.get_extra_info('sockname')[1]}>"
            )
        if self.transport is not None:
            self.transport.sendto(response.to_bytes(), addr)
