"""What every engine withstands: damaged states, junk for arguments, forks, threads, repetition."""

from __future__ import annotations

import copy
import inspect
import os
import pickle
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from case_counts import cases
from engine_worlds import ENGINES
from voltcore._engine import Engine
from voltcore.errors import BusyError, CorruptError, InvariantError, VoltcoreError

each_engine = pytest.mark.parametrize("make", ENGINES.values(), ids=ENGINES)

# What is no operation of one caller: the questions that every engine answers, and what takes a
# function of the user.
APART = {"audit", "copy", "from_bytes", "on_venue", "state", "state_digest", "to_bytes"}
JUNK: tuple[Any, ...] = (
    None, True, 1.0, float("nan"), "", "SOL", "\ud800", b"1", (), [], {}, object(), 1j,
    -1, 0, 1, 2, 3, 7, 10, 11, 12, 60, 2**31, -(2**31), 2**32, 2**53 + 1, 2**63 - 1, 2**63,
    2**64 - 1, 2**64, -(2**63), 2**96, 2**127, 2**128, -(2**127), 2**160, 2**255, 2**256, 10**400,
    "long", "short", "bid", "ask", "1d", "eth", "USDC", "increase", "atomic",
)  # fmt: skip


def damaged(payload: bytes, draw: random.Random) -> bytes:
    """A state that no engine has written: flipped, cut, grown, or with another number in it."""
    raw = bytearray(payload)
    for _ in range(draw.choice((1, 1, 1, 2, 5))):
        at, kind = draw.randrange(len(raw) or 1), draw.randrange(6)
        if kind == 0:
            raw[at : at + 1] = bytes([raw[at] ^ 1 << draw.randrange(8)]) if raw else b"\1"
        elif kind == 1:
            del raw[at:]
        elif kind == 2:
            del raw[at : at + draw.choice((1, 4, 8))]
        elif kind == 3:
            raw[at:at] = draw.randbytes(draw.choice((1, 4, 8, 32)))
        elif kind == 4:
            value = draw.choice((0, 1, 2**63, 2**64 - 1, 2**32, draw.getrandbits(64)))
            raw[at : at + 8] = value.to_bytes(8, "little")
        else:
            other = draw.randrange(len(raw) or 1)
            raw[at : at + 16] = raw[other : other + 16]
    return bytes(raw)


@each_engine
def test_a_damaged_state_is_refused_or_audited_and_comes_back_as_it_is(
    make: Callable[[], Engine],
) -> None:
    engine = make()
    draw, payload, core = random.Random(5), engine._core.payload(), type(engine._core)
    refused = 0
    for _ in range(cases(4_000, 200_000)):
        given = damaged(payload, draw)
        try:
            twin = core.from_payload(given)
        except CorruptError:
            refused += 1
            continue
        # Not every number is bound by another; what is taken is written as it was read.
        assert twin.payload() == given
        twin.audit()
    assert refused > 1_000


def operations(engine: Engine) -> dict[str, inspect.Signature]:
    """Public calls of an engine, with what they take."""
    return {
        name: inspect.signature(getattr(engine, name))
        for name in dir(type(engine))
        if not name.startswith("_") and name not in APART and callable(getattr(type(engine), name))
    }


def junk_for(signature: inspect.Signature, draw: random.Random) -> tuple[list[Any], dict[str, Any]]:
    """Something for every argument that is needed, and for some of the others."""
    given: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in signature.parameters.values():
        if parameter.kind is not parameter.KEYWORD_ONLY:
            given.append(draw.choice(JUNK))
        elif parameter.default is parameter.empty or draw.random() < 0.5:
            named[parameter.name] = draw.choice(JUNK)
    return given, named


@each_engine
def test_junk_for_arguments_is_refused_by_a_typed_error_and_changes_nothing(
    make: Callable[[], Engine],
) -> None:
    first, draw = make(), random.Random(7)
    before = first.state_digest()
    told: Counter[str] = Counter()
    for name, signature in operations(first).items():
        engine = first.copy()
        for _ in range(cases(100, 5_000)):
            given, named = junk_for(signature, draw)
            error: Exception | None = None
            try:
                getattr(engine, name)(*given, **named)
            except VoltcoreError as refusal:
                error = refusal
            told["done" if error is None else type(error).__name__] += 1
            if error is None:
                engine.audit()
                engine = first.copy()
                continue
            assert not isinstance(error, InvariantError), (name, given, named)
            assert engine.state_digest() == before, (name, given, named)
    assert sum(told.values()) > told["done"] > 0, told
    assert told["InputTypeError"] > 100, told


@each_engine
def test_copies_pickles_and_bytes_have_the_digest_of_the_engine(
    make: Callable[[], Engine],
) -> None:
    engine = make()
    digest = engine.state_digest()
    ways: list[Callable[[Engine], Engine]] = [
        copy.copy,
        copy.deepcopy,
        lambda e: pickle.loads(pickle.dumps(e)),
        lambda e: type(e).from_bytes(e.to_bytes()),
    ]
    for turn in range(cases(1_600, 160_000)):
        engine = ways[turn % 4](engine)
        assert engine.state_digest() == digest
    engine.audit()


@each_engine
def test_a_forked_process_has_the_same_engine(make: Callable[[], Engine]) -> None:
    engine = make()
    digest = engine.state_digest()
    for _ in range(cases(3, 200)):
        child = os.fork()
        if child == 0:  # whatever happens here must not become a second test run
            status = 1
            try:
                engine.audit()
                status = int(engine.copy().state_digest() != digest)
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert engine.state_digest() == digest


@each_engine
def test_sixteen_threads_on_one_engine_get_their_turn_or_busy(make: Callable[[], Engine]) -> None:
    engine = make()
    digest, told, lock = engine.state_digest(), Counter[str](), threading.Lock()
    questions: list[Callable[[], object]] = [
        engine.copy, engine.to_bytes, engine.audit, engine.state, engine.state_digest
    ]  # fmt: skip
    end = time.monotonic() + cases(1, 60) / 2

    def storm(number: int) -> None:
        mine: Counter[str] = Counter()
        draw = random.Random(number)
        while time.monotonic() < end:
            try:
                draw.choice(questions)()
                mine["done"] += 1
            except BusyError:
                mine["busy"] += 1
            except Exception as error:  # noqa: BLE001 - told below, by its name
                mine[repr(error)] += 1
        with lock:
            told.update(mine)

    threads = [threading.Thread(target=storm, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(told) <= {"done", "busy"}, told
    assert told["done"] > 16
    assert engine.state_digest() == digest


def resident() -> int:
    """Bytes of memory that this process holds now."""
    with open("/proc/self/statm") as counts:
        return int(counts.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs Linux")
@each_engine
def test_memory_is_flat_however_often_an_engine_is_asked(make: Callable[[], Engine]) -> None:
    engine = make()
    payload = engine._core.payload()

    def work(turns: int) -> None:
        for _ in range(turns):
            twin = type(engine).from_bytes(engine.copy().to_bytes())
            assert twin._core.payload() == payload
            with pytest.raises(CorruptError):
                type(engine._core).from_payload(payload[:-1])

    work(300)
    before = resident()
    work(cases(1_000, 1_000_000))
    assert resident() - before < 2**20


REFUSED: list[tuple[str, Callable[[Any], object], str, str]] = [
    ("venue", lambda e: e.withdraw(1, 0, 5, 0, allow_borrow=1), "E101", "allow_borrow"),
    ("venue", lambda e: e.health(0, None), "E101", "kind"),
    ("venue", lambda e: e.quote_perp_order(0, 0, 3, 5, 5, 0), "E101", "side"),
    ("volt", lambda e: e.end_round(1, 0, bypass=None), "E101", "bypass"),
    ("volt", lambda e: e.change_fees(1, None, 0), "E101", "use_custom_fees"),
    ("jlp", lambda e: e.mint(10, "\ud800", 5, 0), "E115", "custody"),
    ("jlp", lambda e: e.set_permissions(1, "SOL", None, 0), "E101", "permissions.swap"),
    ("basket", lambda e: e.aum(0, 3), "E101", "mode"),
]


@pytest.mark.parametrize(("name", "call", "code", "field"), REFUSED, ids=lambda v: str(v)[:20])
def test_a_wrong_type_is_refused_by_the_name_of_the_argument(
    name: str, call: Callable[[Any], object], code: str, field: str
) -> None:
    engine = ENGINES[name]()
    before = engine.state_digest()
    with pytest.raises(VoltcoreError) as caught:
        call(engine)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert engine.state_digest() == before
