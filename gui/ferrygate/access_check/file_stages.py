"""The stages behind the sign-in: channels, start folder, one byte written, and the speed.

Coroutines on one SFTP channel. No file of the server is ever written over: those of the check have
random names, which are looked for first, and are opened exclusively.
"""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from ferrygate.access_check.blame import Evidence, party_for
from ferrygate.access_check.stages import Party, Stage
from ferrygate.access_check.teller import StageTeller
from ferrygate.access_check.tools import RandomHex
from ferrygate.common import remote_path
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    ConnectionLostError,
    FerrygateError,
    NotFoundError,
    PermissionDeniedError,
    UnsupportedError,
)
from ferrygate.common.message import Message, Size, message, plural_message
from ferrygate.common.threads import Threads
from ferrygate.sftp import wire
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.connection import SftpConnection
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.replies import check_ok, data_read, expect
from ferrygate.sftp.status import STAT_NOT_ALLOWED, no_home
from ferrygate.sftp.wire import NameReply, Status, StatusReply, Type

_MAX_CHANNELS = 9  # as many as a session may use: one to browse, eight to transfer
_COUNT_SECONDS = 1.0  # for which more channels are asked for
_NAME = ".ferrygate-check-{}"
_NAME_BYTES = 8  # random bytes in a name
_ROUND_TRIPS = 5
_SPEED_BYTES = 4 << 20
_PATTERN_BYTES = 1 << 16  # random bytes, repeated: a line that compresses gains nothing by them

_UNWRITTEN = message("The speed could not be measured, since no file could be written.")
_UNREAD = message("The speed could not be measured, since its file could not be read.")


def count_channels(connection: SftpConnection, clock: Clock, cancel: CancelToken) -> int:
    """Count the channels that the server grants beside the first, up to what a session uses.

    Raises:
        FerrygateError: the connection ended, or a channel is of no use.
    """
    until = clock.monotonic() + _COUNT_SECONDS
    opened: list[SftpChannel] = []
    try:
        while len(opened) + 1 < _MAX_CHANNELS and clock.monotonic() < until:
            opened.append(connection.open_channel(cancel))
    except UnsupportedError:
        pass
    finally:
        for channel in opened:
            channel.close()
    return len(opened)


def tell_sftp(teller: StageTeller, channels: int, detail: str) -> None:
    """Tell that files can be transferred, over so many channels at a time."""
    detail = f"{detail}\nchannels granted: {channels}"
    if channels > 1:
        sentence = message("The server transfers files, several of them at a time.")
        teller.passed(Stage.SFTP, sentence, detail)
        return
    sentence = message("The server transfers files, and grants one channel only.")
    step = message("A folder is not shown while files are transferred.")
    teller.warned(Stage.SFTP, sentence, Party.OWNER, next_step=step, detail=detail)


class FileStages:
    """Tries the account's files over one channel; for the channel's thread."""

    def __init__(
        self,
        teller: StageTeller,
        files: RemoteFiles,
        folder: bytes,
        clock: Clock,
        random_hex: RandomHex,
    ) -> None:
        """Begin.

        Args:
            teller: takes the stages.
            files: the channel.
            folder: the site's start folder.
            clock: the time.
            random_hex: cryptographic randomness.
        """
        self._teller = teller
        self._files = files
        self._folder = folder
        self._clock = clock
        self._random_hex = random_hex
        self._on_server: bytes | None = None  # the path of the check's file, while it is there

    def run(self, work: Coroutine[Any, Any, None], cancel: CancelToken, threads: Threads) -> None:
        """Do one of the stages; one that is cancelled leaves no file behind.

        Raises:
            Cancelled, ConnectionLostError: as :meth:`SftpChannel.run`.
        """
        channel = self._files.channel
        try:
            channel.run(work, cancel)
        except Cancelled:
            with suppress(FerrygateError):  # the connection may have ended meanwhile
                channel.run(self.clear_away(), CancelToken(threads))
            raise

    # ------------------------------------------------------------ the start folder

    async def home_folder(self) -> None:
        """Tell whether the start folder is there, and can be listed."""
        stage = Stage.HOME_FOLDER
        detail = f"folder: {self._folder.decode('utf-8', 'backslashreplace')}"
        try:
            is_empty = await self._is_empty(self._folder)
        except (Cancelled, ConnectionLostError):
            raise
        except PermissionDeniedError as refusal:
            await self._tell_not_listed(refusal, detail)
        except NotFoundError as error:
            problem = error.problem
            if self._folder == remote_path.ROOT:
                problem = no_home(problem).problem
            self._teller.failed(stage, problem, Party.CONTACT, detail)
        except FerrygateError as error:
            self._failed(stage, error, detail)
        else:
            detail += "\nempty" if is_empty else "\nnot empty"
            sentence = message("The start folder is there, and can be listed.")
            self._teller.passed(stage, sentence, detail)

    async def _is_empty(self, folder: bytes) -> bool:
        """Open a folder, and read its first entries."""
        handle = await self._files.open_folder(folder)
        try:
            reply = await self._files.channel.request(Type.READDIR, wire.string(handle))
        finally:
            self._files.close_later(handle)
        if isinstance(reply, StatusReply) and reply.code == Status.EOF:
            return True
        return not expect(NameReply, reply, folder).entries

    async def _tell_not_listed(self, refusal: PermissionDeniedError, detail: str) -> None:
        """Tell of a folder that may not be listed: a drop box takes files nevertheless."""
        stage = Stage.HOME_FOLDER
        try:
            await self._files.stat(self._folder)
        except NotFoundError as error:
            self._teller.failed(stage, error.problem, Party.CONTACT, detail)
        except STAT_NOT_ALLOWED:
            self._failed(stage, refusal, detail)
        else:
            self._teller.warned(
                stage,
                message("The start folder is there, and this account may not list it."),
                Party.CONTACT,
                next_step=message("Files can be sent into it nevertheless, if that is allowed."),
                detail=f"{detail}\n{refusal.problem.detail}",
            )

    # ------------------------------------------------------------ one byte

    async def write_probe(self, folder: bytes) -> None:
        """Write one byte into a folder, ask for its size, and remove it."""
        stage = Stage.WRITE_PROBE
        path = self._new_path(folder)
        detail = f"file: {path.decode('utf-8', 'backslashreplace')}"
        try:
            await self._write(path, b".")
            size = await self._size(path)
            detail += f"\nsize on the server: {'not told' if size is None else size}"
        except (Cancelled, ConnectionLostError):
            raise
        except FerrygateError as error:
            self._failed(stage, error, detail + _not_removed(await self.clear_away()))
            return
        refusal = await self.clear_away()
        if refusal is None:
            sentence = message("A file can be written and removed.")
            self._teller.passed(stage, sentence, detail)
        elif isinstance(refusal, NotFoundError):
            sentence = message("A file can be written, and is taken from the folder at once.")
            self._teller.passed(stage, sentence, detail)
        else:
            sentence = message(
                "A file can be written, and not removed: “{path}” is left.", path=path
            )
            self._tell_leftover(stage, sentence, detail + _not_removed(refusal))

    async def _write(self, path: bytes, content: bytes) -> None:
        """Write a file that is not there yet, which :meth:`clear_away` removes then."""
        handle = await self._open_new(path)
        self._on_server = path
        try:
            step = self._files.write_size(handle)
            writes = [
                self._files.write(handle, at, content[at : at + step])
                for at in range(0, len(content), step)
            ]
            for write in writes:
                check_ok(await write, path)
        except FerrygateError:  # or cancelled
            self._files.close_later(handle)
            raise
        check_ok(await self._files.request_close(handle), path)

    async def _open_new(self, path: bytes) -> bytes:
        """Open a file for writing that is not there; a server may know no exclusive OPEN."""
        is_free = False
        try:
            await self._files.lstat(path)
        except NotFoundError:
            is_free = True
        except STAT_NOT_ALLOWED:  # a drop box: the exclusive OPEN decides
            pass
        else:
            raise ConflictError(message("“{name}” is already there.", name=path))
        try:
            return await self._files.open_for_writing(path, replace=False)
        except UnsupportedError:
            if not is_free:
                raise
            return await self._files.open_for_writing(path, replace=True)

    async def _size(self, path: bytes) -> int | None:
        try:
            return (await self._files.stat(path)).size
        except (NotFoundError, *STAT_NOT_ALLOWED):
            return None

    async def clear_away(self) -> FerrygateError | None:
        """Remove the file of the check that is on the server, if one is; return why it is left."""
        path, self._on_server = self._on_server, None
        if path is None:
            return None
        try:
            await self._files.remove_file(path)
        except (Cancelled, ConnectionLostError):
            self._on_server = path
            raise
        except FerrygateError as error:
            return error
        return None

    def _tell_leftover(self, stage: Stage, sentence: Message, detail: str) -> None:
        step = message("Ask your contact to remove it, if it is in the way.")
        self._teller.warned(stage, sentence, Party.CONTACT, next_step=step, detail=detail)

    # ------------------------------------------------------------ speed

    async def speed(self, folder: bytes) -> None:
        """Measure the round trip, and 4 MiB each way over one channel."""
        stage = Stage.SPEED
        trips = [await self._round_trip() for _ in range(_ROUND_TRIPS)]
        detail = f"round trips, ms: {', '.join(f'{1000 * trip:.1f}' for trip in trips)}"
        path = self._new_path(folder)
        pattern = bytes.fromhex(self._random_hex(_PATTERN_BYTES))
        content = pattern * (_SPEED_BYTES // _PATTERN_BYTES)
        times = [self._clock.monotonic()]
        error = await self._send_and_fetch(path, content, times)
        refusal = await self.clear_away()
        if error is not None:
            detail += f"\n{error.problem.detail}"
        if not (refusal is None or isinstance(refusal, NotFoundError)):
            sentence = message("The file that measured the speed is left: “{path}”.", path=path)
            self._tell_leftover(stage, sentence, detail + _not_removed(refusal))
        elif error is not None:
            sentence = _UNWRITTEN if len(times) == 1 else _UNREAD
            self._teller.warned(stage, sentence, Party.CONTACT, detail=detail)
        else:
            self._tell_speed(detail, trips, times)

    async def _send_and_fetch(
        self, path: bytes, content: bytes, times: list[float]
    ) -> FerrygateError | None:
        """Write a file and read it, adding the time of each; return the error that stopped this."""
        try:
            await self._write(path, content)
            times.append(self._clock.monotonic())
            await self._read(path)
            times.append(self._clock.monotonic())
        except (Cancelled, ConnectionLostError):
            raise
        except FerrygateError as error:
            return error
        return None

    def _tell_speed(self, detail: str, trips: list[float], times: list[float]) -> None:
        began, sent, received = times
        up, down = (_rate(took) for took in (sent - began, received - sent))
        detail += f"\nto the server: {up} bytes a second; from it: {down}"
        sentence = plural_message(
            "{up} a second to the server, {down} a second from it; {count} millisecond there and"
            " back.",
            "{up} a second to the server, {down} a second from it; {count} milliseconds there and"
            " back.",
            max(1, round(1000 * sorted(trips)[_ROUND_TRIPS // 2])),
            up=Size(up),
            down=Size(down),
        )
        self._teller.passed(Stage.SPEED, sentence, detail)

    async def _round_trip(self) -> float:
        """Ask for the start folder, and return the seconds until any answer came."""
        began = self._clock.monotonic()
        await self._files.request_stat(self._folder)
        return self._clock.monotonic() - began

    async def _read(self, path: bytes) -> None:
        handle = await self._files.open_for_reading(path)
        try:
            step = self._files.read_size
            reads = [self._files.read(handle, at, step) for at in range(0, _SPEED_BYTES, step)]
            for read in reads:
                data_read(await read, path)
        finally:
            self._files.close_later(handle)

    # ------------------------------------------------------------ inside

    def _new_path(self, folder: bytes) -> bytes:
        name = _NAME.format(self._random_hex(_NAME_BYTES))
        return remote_path.join(folder, name.encode())

    def _failed(self, stage: Stage, error: FerrygateError, detail: str) -> None:
        problem = error.problem
        who = party_for(problem.kind, stage, Evidence())
        self._teller.failed(stage, problem, who, detail)


def _not_removed(refusal: FerrygateError | None) -> str:
    """Say for support why a file was not removed; empty where it was, or had gone before."""
    if refusal is None or isinstance(refusal, NotFoundError):
        return ""
    return f"\nnot removed: {refusal.problem.detail}"


def _rate(seconds: float) -> int:
    """Return the bytes a second at which the file of the speed went in these seconds."""
    return round(_SPEED_BYTES / max(seconds, 1e-6))
