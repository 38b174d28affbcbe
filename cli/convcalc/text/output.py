"""Writing text to a stream or a file: all of it or an error, whatever the stream can encode."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from .problems import UsageError
from .workflow_log import is_workflow_log, without_commands

_BATCH = 65536  # characters
_ASCII = str.maketrans(
    "×·−–─→↳├└│█▉▊▋▌▍▎▏≤≥✓✗Δγβ²Σμσ╭╮╰╯┤┬┴┼━╌╎┌┐┘┄┆…●", "x*--->\\|`|######..<>+xDgb2Sms++++|+++=-:...-:~o"
)
# The dots of braille, of which the lines of plots are made: in the upper half, in the lower, in both.
_ASCII |= {
    0x2800 + dots: ord(" '.:"[bool(dots & 0b0001_1011) + 2 * bool(dots & 0b1110_0100)])
    for dots in range(256)
}
_MOST_DESCRIPTOR = 2**31 - 1
_DESCRIPTOR = r"/dev/(stdout|stderr|fd/(\d+))|/proc/self/fd/(\d+)"


def to_ascii(text: str) -> str:
    """The text in ASCII, each character still one column wide."""
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def write(stream: Any, pieces: Iterable[str]) -> None:
    """Write all of the text, in ASCII where the stream cannot encode it.

    Messages have no commands for the log of a workflow, whatever names they quote. Raises
    BrokenPipeError where nobody reads any more, UsageError where it cannot be written.
    """
    is_message = stream is sys.stderr and is_workflow_log()
    for text in _batched(map(without_commands, pieces) if is_message else pieces):
        write_data(stream, _encoded(text, getattr(stream, "encoding", None) or "utf-8"))


def write_data(stream: Any, data: bytes) -> None:
    """Write bytes to a text stream; raises as `write` does."""
    try:
        stream.flush()
        rest = memoryview(data)
        while rest:
            # An unbuffered stream (PYTHONUNBUFFERED) may take only a part at a time.
            rest = rest[stream.buffer.write(rest) :]
        stream.flush()
    except BrokenPipeError:
        silence(stream)
        raise
    except (OSError, ValueError) as error:
        silence(stream)
        raise UsageError(f"cannot write the output: {_reason(error)}") from None


def silence(stream: Any) -> None:
    """Throw away what is left in a stream's buffer, so that the interpreter ends quietly."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def open_missing() -> None:
    """Open streams that lead nowhere in a process that was started with closed ones (`>&-`)."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def has_text(path: str) -> bool:
    """Whether to write to the path would write over a file with something in it."""
    return os.path.isfile(path) and _descriptor(path) is None and os.path.getsize(path) > 0


def write_file(path: str, pieces: Iterable[str] | bytes) -> None:
    """Write a file as a whole or not at all, text in UTF-8; raises UsageError.

    The text goes to a file beside it, which then takes its place, so that neither a full disk nor
    a second process leaves half of it. A pipe or device is written to as it is.
    """
    try:
        if (descriptor := _descriptor(path)) is not None:
            with os.fdopen(os.dup(descriptor), "wb") as file:
                _fill(file, pieces)
        elif os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as file:
                _fill(file, pieces)
        else:
            _replace(os.path.realpath(path), pieces)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f'cannot write "{path}": {_reason(error)}') from None


@contextmanager
def alone(path: str) -> Iterator[None]:
    """Wait until no other process is in such a block for that file.

    Where the system has no locks, two processes may be in it, and the last one wins.
    """
    with ExitStack() as stack:
        with suppress(ImportError, OSError):
            _hold(path, stack)
        yield


def _hold(path: str, stack: ExitStack) -> None:
    """Lock a file beside it. Whoever started us may have locked the folder, or the file itself."""
    import fcntl

    folder, name = os.path.split(os.path.realpath(path))
    beside = os.path.join(folder, f".{name[:200]}.lock")
    while True:
        held = os.open(beside, os.O_CREAT | os.O_WRONLY, 0o666)
        fcntl.flock(held, fcntl.LOCK_EX)
        # Whoever held it before may have deleted it; then nobody else waits for this one.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(held), os.stat(beside)):
                stack.callback(os.close, held)
                stack.callback(os.unlink, beside)
                return
        os.close(held)


def _descriptor(path: str) -> int | None:
    """The open descriptor that a path stands for, if any. To open it again would empty its file."""
    match = re.fullmatch(_DESCRIPTOR, path)
    if not match:
        return None
    named = {"stdout": 1, "stderr": 2}.get(match[1] or "")
    number = named or int(match[2] or match[3])
    if number > _MOST_DESCRIPTOR:  # no system has so many
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return number


def _replace(target: str, pieces: Iterable[str] | bytes) -> None:
    if os.path.islink(target):  # all links but those in a circle have been followed
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if _is_read_only(target):
        raise OSError(errno.EACCES, "it is read-only")
    folder, name = os.path.split(target)
    # The name does not have the process's number, which in containers may be the same for all.
    beside = os.path.join(folder, f".{name[:40]}.{os.urandom(6).hex()}.tmp")
    try:
        with open(beside, "xb") as file:
            _fill(file, pieces)
        if os.path.exists(target):
            os.chmod(beside, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(beside, target)
    except BaseException:
        # A signal may come before the file is there, or after it has taken the target's place.
        with suppress(FileNotFoundError):
            os.unlink(beside)
        raise


def _is_read_only(path: str) -> bool:
    """Whether the file is protected, even if its folder or being root would let us replace it."""
    if not os.path.exists(path):
        return False
    return not os.access(path, os.W_OK) or not os.stat(path).st_mode & 0o222


def _fill(file: Any, pieces: Iterable[str] | bytes) -> None:
    if isinstance(pieces, bytes):
        file.write(pieces)
        return
    for text in _batched(pieces):
        file.write(_encoded(text, "utf-8"))


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding, "surrogateescape")
    except UnicodeEncodeError:
        return to_ascii(text).encode(encoding, "replace")


def _batched(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces, joined until each is worth a write."""
    batch: list[str] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece)
        if size >= _BATCH:
            yield "".join(batch)
            batch, size = [], 0
    yield "".join(batch)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
