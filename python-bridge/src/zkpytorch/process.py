"""The `zkc serve` process that this interpreter talks to (docs/serve.md): one, started on first use.

It belongs to this interpreter alone: it is reached through pipes, and ends when they close, however the interpreter ended. A
child that `os.fork` made has none at first and starts its own. A process that was killed or crashed is replaced, and the
request that it was at is sent once more.
"""

from __future__ import annotations

import atexit
import collections
import contextlib
import itertools
import json
import os
import pathlib
import queue
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from typing import Any

from .command import find_zkc
from .errors import Frame, VerificationError, ZkcError
from .words import in_python

Progress = Callable[[str, float], None]

_REJECTED = 1
_USER = 2
_INTERNAL = 3
#: How the launcher's own sentences begin.
_LAUNCHER = "zkc: "
_CANCELLED = -32800
#: How long work may take to notice that it was cancelled, before its process is killed.
_CANCEL_SECONDS = 5.0
#: How long the process may take to end by itself.
_END_SECONDS = 2.0
_STDERR_LINES = 20
#: The longest line that zkc reads.
_LINE_BYTES = 1 << 20
#: How many requests of threads are open at once; zkc refuses more than 64, and does them one by one anyway.
_MOST_OPEN = 32


class _Ended(Exception):
    """The process is gone; the text is what it wrote to stderr last."""


class _Refused(Exception):
    """The launcher ended before there was a zkc, with a sentence that says what it needs."""


class _Process:
    """One `zkc serve`, and the requests that are open in it."""

    def __init__(self, executable: str) -> None:
        self.settings = _settings(executable)
        # A session of its own: Ctrl-C in the terminal is for Python, which cancels the work.
        self._popen = subprocess.Popen(
            [executable, "serve", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        self._write_lock = threading.Lock()
        self._lock = threading.Lock()
        self._open: dict[int, queue.SimpleQueue[Any]] = {}
        self._numbers = itertools.count(1)
        self._over = False
        self._has_answered = False
        self.turns = threading.BoundedSemaphore(_MOST_OPEN)
        # Known when the first answer is there: the launcher may build it first.
        self.jar: tuple[int, int, int] | None = None
        self._stderr: collections.deque[str] = collections.deque(maxlen=_STDERR_LINES)
        self._stderr_thread = threading.Thread(target=self._read_stderr, name="zkc-stderr", daemon=True)
        self._stderr_thread.start()
        threading.Thread(target=self._read, name="zkc-answers", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._popen.pid

    def is_outdated(self) -> bool:
        """Whether its jar was replaced since it started: classes that it has not loaded yet are gone then."""
        return self.jar is not None and self.jar != _jar(self.settings[0])

    def is_running(self) -> bool:
        return not self._over and self._popen.poll() is None

    def request(self, method: str, params: Mapping[str, Any], progress: Progress | None) -> dict[str, Any]:
        """Sends a request and gives the answer, an object with `result` or `error`.

        Raises:
            _Ended: the process ended before it answered.
            ZkcError: the parameters are longer than zkc reads.
        """
        number = next(self._numbers)
        messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        # Nobody is woken for what nobody asked for.
        line = _line(number, method, params if progress is not None else {**params, "progress": False})
        with self._lock:
            if self._over:
                raise self._end()
            self._open[number] = messages
        try:
            self._send(line)
            answer = self._answer(messages, progress)
            if self.jar is None:
                self.jar = _jar(self.settings[0])
            return answer
        except (_Ended, _Refused):
            raise
        except BaseException:  # KeyboardInterrupt, and whatever progress raises: nobody waits for the work any more
            self._cancel(number, messages)
            raise
        finally:
            with self._lock:
                self._open.pop(number, None)

    def _answer(self, messages: queue.SimpleQueue[Any], progress: Progress | None, timeout: float | None = None) -> dict[str, Any]:
        while True:
            message: dict[str, Any] | None = messages.get(timeout=timeout)
            if message is None:
                raise self._end()
            self._has_answered = True
            if "id" in message:
                return message
            if progress is not None:
                progress(message["params"]["stage"], message["params"]["fraction"])

    def _send(self, line: bytes) -> None:
        data = memoryview(line)
        assert self._popen.stdin is not None
        try:
            with self._write_lock:
                while data:
                    data = data[self._popen.stdin.write(data) :]
        except (OSError, ValueError):
            self._popen.kill()
            raise self._end() from None

    def _cancel(self, number: int, messages: queue.SimpleQueue[Any]) -> None:
        """Returns when the work has stopped: files it was given may be deleted then."""
        try:
            self._send(_line(next(self._numbers), "cancel", {"id": number}))
            self._answer(messages, None, timeout=_CANCEL_SECONDS)
        except (_Ended, _Refused):
            pass
        except BaseException:  # too slow, or a second Ctrl-C
            self.kill()

    def _read(self) -> None:
        assert self._popen.stdout is not None
        buffer = bytearray()
        try:
            while True:
                part = self._popen.stdout.read(1 << 20)
                if not part:
                    break
                # Only what is new can hold the end of a line.
                begin = len(buffer)
                buffer += part
                end = buffer.find(b"\n", begin)
                while end >= 0:
                    self._deliver(json.loads(bytes(buffer[:end])))
                    del buffer[: end + 1]
                    end = buffer.find(b"\n")
        except (OSError, ValueError):
            self._popen.kill()
        with self._lock:
            self._over = True
            waiting = list(self._open.values())
        self._popen.wait()
        for messages in waiting:
            messages.put(None)

    def _deliver(self, message: dict[str, Any]) -> None:
        number = message["id"] if "id" in message else message["params"]["id"]
        with self._lock:
            messages = self._open.get(number)
        if messages is not None:
            messages.put(message)

    def _read_stderr(self) -> None:
        assert self._popen.stderr is not None
        try:
            for line in self._popen.stderr:
                self._stderr.append(line.decode(errors="replace").rstrip())
        except (OSError, ValueError):
            pass

    def _end(self) -> _Ended | _Refused:
        words = self._last_words()
        if self._popen.returncode == _USER and not self._has_answered and words.startswith(_LAUNCHER):
            return _Refused(words.removeprefix(_LAUNCHER))
        return _Ended(words)

    def _last_words(self) -> str:
        self._popen.wait()
        self._stderr_thread.join(_END_SECONDS)
        return "\n".join(self._stderr)

    def kill(self) -> None:
        self._popen.kill()
        self._popen.wait()

    def close(self) -> None:
        """Ends the process; work that is going on in it is cancelled."""
        assert self._popen.stdin is not None
        try:
            self._popen.stdin.close()
        except OSError:
            pass
        try:
            self._popen.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def abandon(self) -> None:
        """In a forked child: lets go of the parent's process, which must end when the parent does."""
        self._over = True
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                pipe.close()
        # Else its end would be waited for, and missing it be complained of.
        self._popen.returncode = 0


def _line(number: int, method: str, params: Mapping[str, Any]) -> bytes:
    line = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode() + b"\n"
    if len(line) > _LINE_BYTES:
        raise ZkcError(f"the parameters of '{method}' take {len(line)} bytes, and zkc reads {_LINE_BYTES}; shorten texts as the context", 2)
    return line


def _jar(executable: str) -> tuple[int, int, int] | None:
    """The identity of the jar that a launcher runs, of a checkout or of a release; None where it is not there."""
    folder = pathlib.Path(shutil.which(executable) or executable).resolve().parent
    for jar in (folder / "runtime" / "target" / "zkc.jar", folder.parent / "lib" / "zkc.jar"):
        try:
            status = jar.stat()
        except OSError:
            continue
        return status.st_ino, status.st_size, status.st_mtime_ns
    return None


def _settings(executable: str) -> tuple[str, str | None, str | None]:
    """The launcher and its variables: where they have changed, a new process is meant."""
    return (executable, os.environ.get("ZKC_JAVA_OPTS"), os.environ.get("ZKC_JAVA_HOME"))


_lock = threading.Lock()
_process: _Process | None = None


def _current() -> _Process:
    """The process, started where there is none."""
    global _process
    executable = find_zkc()
    with _lock:
        if _process is not None and (
            not _process.is_running() or _process.settings != _settings(executable) or _process.is_outdated()
        ):
            _process.close()
            _process = None
        if _process is None:
            _process = _Process(executable)
        return _process


#: Whether `export` starts the process for the calls that follow it. A command that exports and ends makes it false.
starts_ahead = True


def start_ahead() -> None:
    """Starts the process where there is none and does not wait for it: it warms itself up while Python is at work.

    Where it cannot be started, the first call that needs it says why.
    """
    if starts_ahead:
        with contextlib.suppress(OSError):
            _current()


def process_id() -> int | None:
    """The running `zkc` process of this interpreter.

    Returns:
        Its number, or None where there is none.
    """
    with _lock:
        return _process.pid if _process is not None and _process.is_running() else None


def shutdown() -> None:
    """Ends the `zkc` process of this interpreter, if there is one. The next call of any function starts another."""
    global _process
    with _lock:
        process, _process = _process, None
    if process is not None:
        process.close()


def _forget() -> None:
    global _process, _lock
    # Another thread of the parent may have held it.
    _lock = threading.Lock()
    process, _process = _process, None
    if process is not None:
        process.abandon()


atexit.register(shutdown)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def call(method: str, params: Mapping[str, Any], progress: Progress | None = None) -> dict[str, Any]:
    """Runs a command of zkc: the result's `exitCode`, `text`, `messages` and `report` (docs/serve.md).

    Args:
        method: the command.
        params: its parameters. Paths must be absolute: the process may have been started in another folder.
        progress: is told the stage and the fraction that is done, in the calling thread.

    Raises:
        VerificationError: exit code 1.
        ZkcError: any other failure, with zkc's own text.
        FileNotFoundError: there is no zkc.
    """
    words = ""
    for _ in range(2):
        process = _current()
        try:
            with process.turns:
                answer = process.request(method, params, progress)
        except _Refused as e:
            raise ZkcError(str(e), _USER) from None
        except _Ended as e:
            words = str(e)
            continue
        if "error" in answer and answer["error"].get("data", {}).get("exitCode") == _INTERNAL and process.is_outdated():
            words = "its jar was replaced while it was at work"
            continue
        if "error" in answer:
            raise _error(answer["error"])
        result: dict[str, Any] = answer["result"]
        return result
    raise ZkcError(f"zkc ended during '{method}', and again when it was asked a second time{': ' + words if words else ''}", _INTERNAL)


def _error(error: Mapping[str, Any]) -> ZkcError:
    data = error.get("data", {})
    exit_code = data.get("exitCode", 2 if error["code"] != _CANCELLED else _INTERNAL)
    kind = VerificationError if exit_code == _REJECTED else ZkcError
    frame = data.get("frame")
    return kind(
        in_python(data.get("text", error["message"])),
        exit_code,
        frame=Frame(frame["file"], frame["line"], frame["text"]) if frame else None,
        remedy=in_python(data.get("remedy", "")),
    )
