"""Keep the promises of SIP transactions: repeat what may be lost, answer a repetition the same, and end (RFC 3261 §17).

aiosipua matches branches, but repeats no request, re-sends no answer, and looks through every transaction whenever one
begins; so this is our own. Nothing here owns a task: servers use the loop's timers, clients wait where they are called.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from aiosipua.message import SipRequest, SipResponse
from aiosipua.transaction import T1, T2

from domain.errors import NotFound
from media_gateway.sip.link import Link
from media_gateway.sip.message import Arrived

T4_S = 5.0
ANSWERS_WAITING = 16
SERVERS_AT_MOST = 20_000

ServerKey = tuple[str, str, str, str]


def server_key(arrived: Arrived, method: str | None = None) -> ServerKey:
    """RFC 3261 §17.2.3; the Call-ID serves those whose branch is not unique (§8.1.1.7: from before 2002)."""
    call_id = arrived.message.get_header("call-id") or ""
    return (arrived.branch, arrived.sent_by, call_id, method or arrived.method)


class Repeater:
    """Sends the same bytes again after T1, 2·T1, 4·T1 … up to T2, and says when it has been long enough."""

    def __init__(
        self, send: Callable[[], None], *, t1_s: float, give_up: Callable[[], None]
    ) -> None:
        self._send = send
        self._wait_s = t1_s
        self._t1_s = t1_s
        self._give_up = give_up
        self._left_s = 64 * t1_s
        self._timer: asyncio.TimerHandle | None = None

    def start(self, *, is_reliable: bool) -> None:
        """On a reliable link nothing is repeated, only the patience ends."""
        if is_reliable:
            self._wait_s = self._left_s
        self._arm()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(min(self._wait_s, self._left_s), self._due)

    def _due(self) -> None:
        self._left_s -= self._wait_s
        if self._left_s <= 0:
            self._timer = None
            self._give_up()
            return
        self._send()
        self._wait_s = min(self._wait_s * 2, T2 * self._t1_s / T1)
        self._arm()


@dataclass(slots=True, eq=False)
class ServerTransaction:
    """One request of a peer and our answer to it."""

    key: ServerKey
    request: SipRequest
    link: Link
    t1_s: float
    answer: bytes | None = None
    code: int = 0
    repeater: Repeater | None = field(default=None, repr=False)

    def respond(self, response: SipResponse) -> None:
        """Send an answer; a second final one is not sent. A 2xx to INVITE is repeated by its dialog (§13.3.1.4)."""
        if self.code >= 200:
            return
        self.code = response.status_code
        self.answer = bytes(response)
        self.link.send(self.answer)
        if self.request.method == "INVITE" and self.code >= 300:
            self.repeater = Repeater(self.repeat, t1_s=self.t1_s, give_up=self.acknowledged)
            self.repeater.start(is_reliable=self.link.is_reliable)

    def repeat(self) -> None:
        if self.answer is not None:
            self.link.send(self.answer)

    def acknowledged(self) -> None:
        if self.repeater is not None:
            self.repeater.stop()
            self.repeater = None


class ServerTransactions:
    """What peers asked lately. Each is remembered for 64·T1 after it began, an INVITE until it is answered as well."""

    def __init__(self, *, now: Callable[[], float], t1_s: float = T1) -> None:
        self._now = now
        self._t1_s = t1_s
        self._known: dict[ServerKey, ServerTransaction] = {}
        self._ages: deque[tuple[float, ServerKey]] = deque()

    def __len__(self) -> int:
        return len(self._known)

    def find(self, key: ServerKey) -> ServerTransaction | None:
        return self._known.get(key)

    def begin(self, arrived: Arrived, request: SipRequest, link: Link) -> ServerTransaction | None:
        """None when too many are open: then whoever asks is best not answered at all."""
        self._forget_old()
        if len(self._known) >= SERVERS_AT_MOST:
            return None
        key = server_key(arrived)
        transaction = ServerTransaction(key=key, request=request, link=link, t1_s=self._t1_s)
        self._known[key] = transaction
        self._ages.append((self._now(), key))
        return transaction

    def close(self) -> None:
        for transaction in self._known.values():
            transaction.acknowledged()
        self._known.clear()
        self._ages.clear()

    def _forget_old(self) -> None:
        now = self._now()
        while self._ages and now - self._ages[0][0] > 64 * self._t1_s:
            _, key = self._ages.popleft()
            transaction = self._known[key]
            if transaction.code < 200 or transaction.repeater is not None:
                self._ages.append((now, key))  # an INVITE that still rings, or whose ACK may come
            else:
                del self._known[key]


ClientKey = tuple[str, str]


class ClientTransactions:
    """Our own requests and the answers to them."""

    def __init__(self, *, now: Callable[[], float], t1_s: float = T1) -> None:
        self._now = now
        self._t1_s = t1_s
        self._open: dict[ClientKey, asyncio.Queue[SipResponse]] = {}
        self._acks: dict[ClientKey, tuple[float, bytes, Link]] = {}
        self._given_up: dict[ClientKey, tuple[Repeater, Callable[[SipResponse], None]]] = {}

    def take(self, arrived: Arrived, response: SipResponse) -> bool:
        """Whether it answers something of ours. A repeated final of an INVITE gets its ACK again (§17.1.1.2, §13.2.2.4)."""
        key = (arrived.branch, arrived.method)
        known = self._acks.get(key)
        if known is not None and response.status_code >= 200:
            known[2].send(known[1])
            return True
        if key in self._given_up and response.status_code >= 200:
            repeater, on_final = self._given_up.pop(key)
            repeater.stop()
            on_final(response)
            return True
        waiting = self._open.get(key)
        if waiting is not None and not waiting.full():
            waiting.put_nowait(response)
        return waiting is not None

    async def ask(
        self,
        request: SipRequest,
        link: Link,
        *,
        branch: str,
        on_progress: Callable[[SipResponse], None] | None = None,
        answer_within_s: float | None = None,
    ) -> SipResponse:
        """The final answer. Raises NotFound when there is none: after 64·T1, or ``answer_within_s`` once it rings."""
        key = (branch, request.method)
        answers: asyncio.Queue[SipResponse] = asyncio.Queue(maxsize=ANSWERS_WAITING)
        self._open[key] = answers
        repeater = self._repeater(bytes(request), link, answers)
        try:
            link.send(bytes(request))
            response = await self._next(answers, None)
            ends_at = self._now() + (answer_within_s or 64 * self._t1_s)
            while response.status_code < 200:
                if request.method == "INVITE":
                    repeater.stop()
                if on_progress is not None:
                    on_progress(response)
                response = await self._next(answers, ends_at)
            return response
        finally:
            repeater.stop()
            del self._open[key]

    def give_up(
        self,
        key: ClientKey,
        cancel: SipRequest,
        link: Link,
        on_final: Callable[[SipResponse], None],
    ) -> None:
        """CANCEL an INVITE nobody waits for any more; ``on_final`` has to ACK whatever still comes (§9.1)."""
        data = bytes(cancel)
        repeater = Repeater(
            lambda: link.send(data),
            t1_s=self._t1_s,
            give_up=lambda: self._forget(key),
        )
        self._given_up[key] = (repeater, on_final)
        link.send(data)
        repeater.start(is_reliable=link.is_reliable)

    def _forget(self, key: ClientKey) -> None:
        self._given_up.pop(key, None)

    def close(self) -> None:
        for repeater, _ in self._given_up.values():
            repeater.stop()
        self._given_up.clear()

    def keep_ack(self, key: ClientKey, ack: bytes, link: Link) -> None:
        """Send an ACK, and again whenever the final answer is repeated."""
        now = self._now()
        for old in [k for k, (since, _, _) in self._acks.items() if now - since > 64 * self._t1_s]:
            del self._acks[old]
        self._acks[key] = (now, ack, link)
        link.send(ack)

    def _repeater(self, data: bytes, link: Link, answers: asyncio.Queue[SipResponse]) -> Repeater:
        def give_up() -> None:
            if not answers.full():
                answers.put_nowait(SipResponse(status_code=0))

        repeater = Repeater(lambda: link.send(data), t1_s=self._t1_s, give_up=give_up)
        repeater.start(is_reliable=link.is_reliable)
        return repeater

    async def _next(
        self, answers: asyncio.Queue[SipResponse], ends_at: float | None
    ) -> SipResponse:
        response: SipResponse | None = None
        try:
            wait_s = 65 * self._t1_s if ends_at is None else max(0.0, ends_at - self._now())
            async with asyncio.timeout(wait_s):
                response = await answers.get()
        except TimeoutError:
            response = None
        if response is None or response.status_code == 0:
            raise NotFound("media_gateway.sip_no_answer", "nobody answered the SIP request")
        return response
