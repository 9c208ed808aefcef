"""
Run folders: what a run leaves on disk, so that a killed run goes on to the same bytes.

    lock                  advisory lock, held for the whole run
    run.json              scenario, seed, plan and versions, written first
    input-0-<name>        the files that the scenario names
    shard-000000.parquet  one row per path
    bands-000000.parquet  histogram counts of the shard (if the model has bands)
    traces-000000.parquet the paths kept step by step (only shards that have some)
    timing.json           wall-clock facts, and nothing else that may differ between runs
    manifest.json         written last: rows, bytes and SHA-256 of every file

Every file is written under a temporary name, flushed to the disk, renamed, and its folder flushed.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from voltcore.errors import (
    CorruptError,
    DiskFullError,
    FormatVersionError,
    OutputBusyError,
    OutputExistsError,
    StorageError,
)

TEMPORARY = ".tmp-"
LOCK = "lock"
RUN = "run.json"
SWEEP = "sweep.json"
NOUNS = {RUN: "run", SWEEP: "sweep"}
FORMAT = "voltcore-run"
VERSION = (1, 0)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class SystemCalls:
    """The system calls that change a folder, in one place, so that a test can fail each of them."""

    mkdir = staticmethod(os.mkdir)
    open = staticmethod(os.open)
    write = staticmethod(os.write)
    fsync = staticmethod(os.fsync)
    close = staticmethod(os.close)
    rename = staticmethod(os.rename)
    unlink = staticmethod(os.unlink)


calls = SystemCalls()


def storage_error(error: OSError, path: str) -> StorageError:
    """The typed refusal of a failed system call."""
    kind = DiskFullError if error.errno in _FULL else StorageError
    reason = (error.strerror or type(error).__name__).lower()
    return kind(f"cannot be used: {reason}", path=path, errno=error.errno)


@contextlib.contextmanager
def _typed(path: str) -> Iterator[None]:
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise storage_error(error, path) from None


class Folder:
    """
    An open run folder. All names are resolved in the folder that was opened, and links refused.

    Parameters
    ----------
    path : path
        As the user named it; messages use it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None
        with _typed(str(path)):
            self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    @classmethod
    def create(cls, path: Path) -> Folder:
        """The folder at `path`, made with its parents if it is not there yet."""
        missing = []
        current = path
        with _typed(str(path)):
            while not current.exists() and not current.is_symlink():
                missing.append(current)
                if current == current.parent:
                    break
                current = current.parent
            for part in reversed(missing):
                with contextlib.suppress(FileExistsError):
                    calls.mkdir(part)
                _sync_path(part.parent)
        return cls(path)

    def close(self) -> None:
        """Release the lock and the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def named(self, name: str) -> str:
        """Path of a file in this folder, for messages."""
        return str(self.path / name)

    def lock(self) -> None:
        """
        Take the folder for this run.

        The system releases the lock when the process ends, however it ends; the file stays.
        """
        with _typed(self.named(LOCK)):
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = calls.open(LOCK, flags, 0o644, dir_fd=self._descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if error.errno in (errno.EAGAIN, errno.EACCES):
                raise OutputBusyError(
                    "is in use by another run", path=str(self.path), hint="wait for it to end"
                ) from None
            raise storage_error(error, self.named(LOCK)) from None
        self._lock = descriptor

    def names(self) -> list[str]:
        """Names in the folder, sorted; the lock is left out."""
        with _typed(str(self.path)):
            return sorted(name for name in os.listdir(self._descriptor) if name != LOCK)

    def remove_leftovers(self) -> None:
        """Remove the temporary files of a run that was killed. Call with the lock held."""
        for name in self.names():
            if name.startswith(TEMPORARY):
                with _typed(self.named(name)):
                    calls.unlink(name, dir_fd=self._descriptor)

    def write(self, name: str, data: bytes | memoryview) -> None:
        """
        Put `data` under `name`, whole or not at all.

        After a failed flush the system may have dropped the data and forgotten the failure, so the
        temporary file is thrown away and written once more from memory, never flushed again.
        """
        with _typed(self.named(name)):
            try:
                self._write_once(name, data)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                self._write_once(name, data)

    def _write_once(self, name: str, data: bytes | memoryview) -> None:
        temporary = TEMPORARY + name
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = calls.open(temporary, flags, 0o644, dir_fd=self._descriptor)
        try:
            try:
                view = memoryview(data)
                while view:
                    view = view[calls.write(descriptor, view) :]
                calls.fsync(descriptor)
            finally:
                calls.close(descriptor)
            calls.rename(temporary, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=self._descriptor)
            raise

    def sync(self) -> None:
        """Flush the folder itself: the renames so far survive a power cut."""
        with _typed(str(self.path)):
            calls.fsync(self._descriptor)

    def remove(self, name: str) -> None:
        """Remove a file that is about to be replaced."""
        with _typed(self.named(name)), contextlib.suppress(FileNotFoundError):
            calls.unlink(name, dir_fd=self._descriptor)

    def read(self, name: str, limit: int | None = None) -> bytes:
        """
        All bytes of a regular file.

        Raises
        ------
        CorruptError
            If there is no such file, it is a link or no regular file, or larger than `limit`.
        """
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(name, flags, dir_fd=self._descriptor)
        except FileNotFoundError:
            raise CorruptError("is missing", path=self.named(name)) from None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise CorruptError("is a link", path=self.named(name)) from None
            raise storage_error(error, self.named(name)) from None
        try:
            with _typed(self.named(name)):
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise CorruptError("is not a regular file", path=self.named(name))
                if limit is not None and status.st_size > limit:
                    raise CorruptError(
                        f"has {status.st_size:,} bytes; at most {limit:,} are expected",
                        path=self.named(name),
                    )
                with open(descriptor, "rb", closefd=False) as file:
                    return file.read()
        finally:
            os.close(descriptor)

    def write_json(self, name: str, content: Mapping[str, Any]) -> None:
        """Put `content` and the digest of it under `name`."""
        body = dict(content)
        body["sha256"] = digest(canonical_json(content))
        text = json.dumps(body, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=True)
        self.write(name, (text + "\n").encode("ascii"))

    def read_json(self, name: str) -> dict[str, Any]:
        """What `write_json` put there, after its digest and format version were checked."""
        data = self.read(name, 2**30)
        path = self.named(name)
        try:
            content = json.loads(data)
        except (ValueError, RecursionError):
            raise CorruptError("is not JSON", path=path) from None
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise CorruptError(f"is not a {FORMAT} file", path=path)
        version = content.get("version")
        if not (isinstance(version, list) and version and version[0] == VERSION[0]):
            raise FormatVersionError(
                f"has format version {version!r}; this voltcore reads {VERSION[0]}.x", path=path
            )
        stated = content.pop("sha256", None)
        try:
            actual = digest(canonical_json(content))
        except (ValueError, RecursionError):
            actual = ""
        if stated != actual:
            raise CorruptError("is damaged: its digest does not match", path=path)
        return content


def canonical_json(content: object) -> bytes:
    """JSON with sorted keys and no spaces."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode(
        "ascii"
    )


def digest(data: bytes | memoryview) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(data).hexdigest()


def _sync_path(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        calls.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_for_run(
    path: Path,
    resume: bool,
    matches: Callable[[dict[str, Any]], None],
    record: str = RUN,
) -> tuple[Folder, bool]:
    """
    Take a folder for a run.

    Parameters
    ----------
    path : path
        Made if it is not there.
    resume : bool
        Whether a folder that holds a run may be continued.
    matches : callable
        Raises `ResumeMismatchError` if the given record is not the same run.
    record : str
        The file that says what the folder holds: ``run.json``, or ``sweep.json``.

    Returns
    -------
    Folder, bool
        The locked folder, without temporary files; and whether it holds this run already.

    Raises
    ------
    OutputBusyError
        If another run holds it.
    OutputExistsError
        If it is not empty and `resume` is false, or it holds something that is not a run.
    """
    folder = Folder.create(path)
    try:
        # A folder that is not ours gets no lock file either.
        _refuse_foreign(folder, record)
        folder.lock()
        if not _refuse_foreign(folder, record):
            folder.remove_leftovers()
            return folder, False
        if not resume:
            raise OutputExistsError(
                f"holds a {NOUNS[record]} already", path=str(path), hint="continue it with --resume"
            )
        matches(folder.read_json(record))
        folder.remove_leftovers()
        return folder, True
    except BaseException:
        folder.close()
        raise


def unfinished(path: Path, record: str) -> StorageError:
    """The refusal to read a run or a sweep that was stopped before its end."""
    return StorageError(
        f"holds a {NOUNS[record]} that is not finished",
        path=str(path),
        hint="finish it: voltcore resume",
    )


def _refuse_foreign(folder: Folder, record: str) -> bool:
    """Whether the folder holds what is expected; refuses one that holds anything else."""
    present = [name for name in folder.names() if not name.startswith(TEMPORARY)]
    if present and record not in present:
        raise OutputExistsError(
            f"is not empty and holds no {NOUNS[record]}",
            path=str(folder.path),
            hint="name another folder",
        )
    return bool(present)
