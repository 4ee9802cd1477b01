"""The call node: dispatches, carries calls, sends messages, delivers callbacks. Any number share one database."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Coroutine
from datetime import timedelta
from uuid import UUID

import structlog
import uvloop
from prometheus_client import CollectorRegistry

from yunhu.domains.callbacks.public import CHANNEL as CALLBACKS_CHANNEL
from yunhu.domains.callbacks.public import CallbackClient, CallbackSender, CallbackSubscriber, GuardedBackend
from yunhu.domains.dispatch.public import (
    Attempts,
    CardPresenter,
    MessageDispatcher,
    MessageEndings,
    NodeRegister,
    Prerenderer,
    VoiceDispatcher,
)
from yunhu.domains.monitoring.public import LiveBoard
from yunhu.domains.notifications.public import DISPATCH_CHANNEL, PROMPTS_CHANNEL, STOP_CHANNEL
from yunhu.domains.recordings.public import RecordingHasher
from yunhu.domains.tasks.public import TASKS_CHANNEL, TaskWorker
from yunhu.entrypoints.account_board import AccountBoard
from yunhu.entrypoints.announcement_ear import open_ear
from yunhu.entrypoints.answer_detection import RobotAnswerDetector
from yunhu.entrypoints.card_board import CardBoard
from yunhu.entrypoints.chores import all_handlers, all_jobs
from yunhu.entrypoints.node_http import NodeHttp, TelephonyCollector
from yunhu.entrypoints.prompt_shelf import PromptShelf
from yunhu.entrypoints.trunk_board import TrunkBoard
from yunhu.foundation.changes import CONFIG_CHANNEL
from yunhu.foundation.clock import Clock, SystemClock
from yunhu.foundation.crypto import Vault, load_vault
from yunhu.foundation.db import Database, Listener, open_database
from yunhu.foundation.http import Services
from yunhu.foundation.ids import new_id
from yunhu.foundation.jobs import JobMetrics, JobRunner
from yunhu.foundation.outbox import CHANNEL as OUTBOX_CHANNEL
from yunhu.foundation.settings import Settings
from yunhu.foundation.warmup import settle
from yunhu.speech.prompts import PromptCache, PromptSettings
from yunhu.speech.tts.kokoro import KokoroSettings, KokoroSynthesizer
from yunhu.speech.vad.silero import SileroPool

log = structlog.get_logger()

_DETECTORS = 16
_NODE_LOST_EXIT = 70
_RELOAD_SECONDS = 30


class CallNode:
    """Everything that runs in one node, wired."""

    def __init__(self, settings: Settings, database: Database) -> None:
        clock = SystemClock()
        vault = load_vault(settings.keys_dir)
        pool = SileroPool(_DETECTORS)
        self._settings = settings
        self._node_id = new_id()
        self._synthesizer = KokoroSynthesizer(KokoroSettings(data_directory=settings.models_dir))
        shelf = PromptShelf(
            PromptCache(
                settings.prompts_dir, self._synthesizer, PromptSettings(max_mib=settings.prompt_cache_mib)
            )
        )
        self._ear = open_ear(settings.models_dir) if settings.recognise_announcements else None
        self.trunks = TrunkBoard(
            settings, database, clock, lambda: RobotAnswerDetector(pool), vault, self._ear
        )
        self._endings = MessageEndings(database, clock)
        self._accounts = AccountBoard(settings, database, clock, self._endings, vault)
        self._cards = CardBoard(settings, database, clock, self._accounts.clients)
        self._presenter = CardPresenter(database, clock, self._cards, settings.public_url)
        self._board = LiveBoard(database, clock, self._node_id, self.trunks.looks)
        self.attempts = Attempts(database, vault, clock, self.trunks, self._presenter, self._board)
        self._voice = VoiceDispatcher(
            database=database,
            vault=vault,
            clock=clock,
            trunks=self.trunks,
            shelf=shelf,
            attempts=self.attempts,
            node_id=self._node_id,
            recordings_dir=settings.recordings_dir,
        )
        self._messages = MessageDispatcher(
            database=database,
            vault=vault,
            clock=clock,
            accounts=self._accounts,
            endings=self._endings,
            node_id=self._node_id,
        )
        self._prerenderer = Prerenderer(database, clock, shelf)
        self._wire_background(settings, database, vault, clock)

    def _wire_background(self, settings: Settings, database: Database, vault: Vault, clock: Clock) -> None:
        """What is not on the way of a call or a message."""
        self._register = NodeRegister(
            database, clock, self.attempts, node_id=self._node_id, name=settings.node_name
        )
        backend = GuardedBackend(allow_private=settings.callbacks_to_private)
        self._sender = CallbackSender(database, vault, clock, CallbackClient(backend))
        self._subscriber = CallbackSubscriber(database, clock)
        self._hasher = RecordingHasher(database, clock, settings.recordings_dir)
        registry = CollectorRegistry()
        services = Services(settings, database, vault, clock, registry)
        self._jobs = JobRunner(database, clock, all_jobs(services), JobMetrics(registry))
        self._worker = TaskWorker(database, clock, all_handlers(services))
        self._tasks: set[asyncio.Task[None]] = set()
        self._reload = asyncio.Event()
        self._listener = Listener(database, self._channels())
        self._ready = False
        self._http = NodeHttp(
            host=settings.http_host,
            port=settings.metrics_port,
            readiness=self._why_not_ready,
            collector=TelephonyCollector(
                lambda: list(self.trunks.engines), lambda: self.trunks.sip.stats if self.trunks.sip else None
            ),
            registry=registry,
        )

    async def start(self, on_lost: Callable[[], None]) -> None:
        """Return when calls can be placed."""
        structlog.contextvars.bind_contextvars(node=self._settings.node_name)
        await self._register.start(on_lost)
        await self.trunks.load()
        await self._accounts.load()
        await self._cards.load()
        self._endings.start()
        self._subscriber.start()
        self._sender.start()
        self._prerenderer.start()
        self._hasher.start()
        self._jobs.start()
        self._worker.start()
        self._spawn(self._http.serve())
        self._spawn(self._reload_config())
        self._spawn(self._synthesizer.warm_up())
        await self._listener.start()
        self._board.start()
        self._messages.start()
        self._voice.start()
        self._ready = True
        log.info("node.ready", node_id=str(self._node_id))

    async def stop(self) -> None:
        """Start nothing new, let running calls end within the limit, write everything down, leave."""
        self._ready = False
        self._register.draining = True
        log.info("node.draining", calls=len(self.attempts.call_ids))
        await self._voice.stop()
        await self._messages.stop()
        grace = timedelta(seconds=self._settings.drain_seconds)
        await self.trunks.stop(grace)
        await self.attempts.drained()
        await self._presenter.drained()
        await self._cards.stop()
        await self._accounts.stop(timedelta(seconds=10))
        for job in (
            self._prerenderer,
            self._hasher,
            self._jobs,
            self._worker,
            self._endings,
            self._subscriber,
            self._sender,
            self._listener,
        ):
            await job.stop()
        await self._board.stop()
        await self._register.stop()
        self._http.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._synthesizer.close()
        if self._ear is not None:
            await asyncio.to_thread(self._ear.close)
        log.info("node.stopped")

    def _channels(self) -> dict[str, Callable[[str], None]]:
        return {
            DISPATCH_CHANNEL: self._on_dispatch,
            STOP_CHANNEL: self._on_stop,
            PROMPTS_CHANNEL: self._prerenderer.hint,
            CONFIG_CHANNEL: lambda _: self._reload.set(),
            OUTBOX_CHANNEL: lambda _: self._subscriber.wake(),
            CALLBACKS_CHANNEL: lambda _: self._sender.wake(),
            TASKS_CHANNEL: lambda _: self._worker.wake(),
        }

    def _on_dispatch(self, payload: str) -> None:
        channel, _, tenant = payload.partition(":")
        tenant_id = UUID(tenant) if tenant else None
        if channel in {"voice", ""}:
            self._voice.wake(tenant_id)
        if channel in {"sms", ""}:
            self._messages.wake(tenant_id)

    def _on_stop(self, payload: str) -> None:
        if payload:
            self._spawn(self._register.stop_requested(UUID(payload)))

    async def _reload_config(self) -> None:
        while True:
            # Also when nobody says so: the day on which a number may no longer be shown comes by itself.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_RELOAD_SECONDS):
                    await self._reload.wait()
            self._reload.clear()
            try:
                await self.trunks.load()
                await self._accounts.load()
                await self._cards.load()
            except Exception:
                log.exception("node.reload_failed")

    def _why_not_ready(self) -> str | None:
        if not self._ready:
            return "starting or draining"
        return None if self.trunks.usable() else "no trunk can be used"

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def run_node(settings: Settings, database_url: str) -> None:
    """Run until SIGTERM or SIGINT."""
    database = open_database(database_url, pool_size=settings.database_pool)
    node = CallNode(settings, database)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopping.set)

    def give_up() -> None:
        # Others have concluded this node's calls; what is still in the air is let go of with the process.
        os._exit(_NODE_LOST_EXIT)

    await node.start(give_up)
    settle()
    await stopping.wait()
    await node.stop()
    await database.close()


def main(settings: Settings, database_url: str) -> None:
    """The process `yunhu node`."""
    uvloop.run(run_node(settings, database_url))
