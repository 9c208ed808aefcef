"""
The command ``voltcore``.

Each error is one line on stderr; the exit status says what kind it was.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from voltcore.errors import (
    ArrayError,
    InputRangeError,
    InputTypeError,
    InvariantError,
    ResourceError,
    ScenarioError,
    StorageError,
    VoltcoreError,
    escape_text,
)

EXIT_INPUT = 2
EXIT_REFUSED = 3
EXIT_STORAGE = 4
EXIT_RESOURCES = 5
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130


def exit_status(error: BaseException) -> int:
    """
    The exit status of an error.

    2 bad input, 3 refused by the model, 4 storage, 5 resources or a missing extra, 70 a bug of
    ours, 130 interrupted.
    """
    if isinstance(error, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    if isinstance(error, InvariantError) or not isinstance(error, VoltcoreError | MemoryError):
        return EXIT_INTERNAL
    if isinstance(error, InputTypeError | InputRangeError | ArrayError | ScenarioError):
        return EXIT_INPUT
    if isinstance(error, StorageError):
        return EXIT_STORAGE
    if isinstance(error, ResourceError | MemoryError):
        return EXIT_RESOURCES
    return EXIT_REFUSED


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the command's name; `sys.argv` by default.

    Returns
    -------
    int
        Exit status.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        try:
            from voltcore.cli.app import execute
        except ImportError as error:
            if error.name is None or error.name.split(".")[0] not in ("cyclopts", "rich"):
                raise
            raise ResourceError(
                "is not installed; the command line needs it",
                code="E902",
                field=error.name.split(".")[0],
                hint="pip install 'voltcore[app]'",
            ) from None
        status = execute(given)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # The reader of a pipe has gone, as in `voltcore list | head -1`.
        _drop_stdout()
        return 0
    except KeyboardInterrupt:
        _say("interrupted")
        return EXIT_INTERRUPTED
    except VoltcoreError as error:
        _say(str(error))
        return exit_status(error)
    except OSError as error:
        # Files are typed where they are used; what is left is the terminal or a redirection.
        _drop_stdout()
        from voltcore.sim.store import storage_error

        _say(str(storage_error(error, "stdout")))
        return EXIT_STORAGE
    except MemoryError:
        _say("E901 memory: the allocator refused; run fewer paths")
        return EXIT_RESOURCES
    except Exception as error:
        if os.environ.get("VOLTCORE_TRACEBACK"):
            raise
        text = escape_text(f"{type(error).__name__}: {error}")[:240]
        _say(f"E991 this is a bug in voltcore: {text}; VOLTCORE_TRACEBACK=1 shows where")
        return EXIT_INTERNAL


def _drop_stdout() -> None:
    """Python flushes stdout once more at its end and would complain again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(text: str) -> None:
    try:
        print(f"voltcore: {text}", file=sys.stderr, flush=True)
    except UnicodeEncodeError:
        print(f"voltcore: {text.encode('ascii', 'backslashreplace').decode()}", file=sys.stderr)
