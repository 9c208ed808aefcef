"""Ctrl-C at a moment when no lock is held."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Self


class HeldInterrupt:
    """
    Holds Ctrl-C back until `check` is called, so that it cannot strike in the middle of a lock.

    Python delivers a signal between any two steps of the main thread, also after ``with lock`` has
    taken the lock and before it is sure to give it back. A thread pool struck there waits for ever.

    Only the main thread gets signals, and only a handler written in Python is replaced; elsewhere
    this does nothing. A second Ctrl-C before `check` goes through at once.

    Parameters
    ----------
    wake : callable
        Called from the signal handler, to end a wait of the main thread.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._previous: Callable[[int, FrameType | None], Any] | None = None
        self._pending = False

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            previous = signal.getsignal(signal.SIGINT)
            if callable(previous):
                self._previous = previous
                signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._pending and self._previous is not None:
            self._previous(number, frame)
        self._pending = True
        self._wake()

    def check(self) -> None:
        """Hand a held Ctrl-C to the handler that was there before; it raises KeyboardInterrupt."""
        if self._pending and self._previous is not None:
            self._pending = False
            self._previous(signal.SIGINT, None)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)
            if kind is None:
                self.check()
