"""Makes fetched files outlast a power cut, many at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.common.disk import CANNOT_SYNC_FOLDER, Disk, Identity, OpenFile, identity_of
from ferrygate.common.errors import FerrygateError, error_for, problem_of
from ferrygate.common.local_disk import TooManyOpenFilesError, writing
from ferrygate.common.threads import Mailbox, RunningThread, Threads
from ferrygate.common.unforeseen import logged
from ferrygate.transfers.local_folder import LocalFile, LocalFolder
from ferrygate.transfers.parts import sweep

_MAX_GROUP = 256  # files flushed together: the disk's journal is written once for them
_MAX_OPEN = 256  # items that may wait, for a file to wait with its descriptor open
_MAX_BEGUN = 64  # items that may wait, for the bytes of a large file to be added
_TRIES, _POLL_SECONDS = 100, 0.05  # 5 s until one of too many open files is closed
_JOIN_SECONDS = 10.0  # that the disk may take at the end
# Not blocking, since a pipe may have come in the file's place.
_TO_FLUSH = os.O_RDONLY | os.O_NONBLOCK if os.name == "posix" else os.O_RDWR

Done = Callable[[FerrygateError | None], None]


class _Finished(msgspec.Struct, frozen=True):
    """Holds a file that has its place, and the callback for when it is safe there.

    Attributes:
        file: where it is.
        done: told once it is safe there.
        opened: the same, where it is still open.
        failed: what the disk said when it was closed before.
    """

    file: LocalFile
    done: Done
    opened: OpenFile | None
    failed: FerrygateError | None = None


class _ToClear(msgspec.Struct, frozen=True):
    """Holds a folder in which dead runs may have left parts."""

    folder: LocalFolder


class _Begun(msgspec.Struct, frozen=True):
    """Holds a large file under way, flushed in its own time so that its end is not late."""

    descriptor: int


class _Stop(msgspec.Struct, frozen=True):
    """Ends the thread after what came before."""


class Flusher:
    """Flushes files on a thread of its own, which starts with the first file.

    All that wait are flushed together, and then each file's ``done`` is called there.
    """

    def __init__(
        self,
        clock: Clock,
        machine: str,
        disk: Disk,
        threads: Threads,
    ) -> None:
        """Begin without a thread.

        Args:
            clock: the time, for the age of parts.
            machine: this computer's name in the names of parts.
            disk: where the files are.
            threads: starts the thread.
        """
        self._clock = clock
        self._threads = threads
        self._machine = machine
        self._cleared: set[LocalFolder] = set()
        self._names_synced: set[LocalFolder] = set()  # whose names are safe; the thread's own
        self._disk = disk
        self._work: Mailbox[_Finished | _Begun | _ToClear | _Stop] = threads.mailbox()
        self._thread: RunningThread | None = None
        self._starting = threads.lock()
        self._failed: dict[Identity, OSError] = {}  # by the file; the thread's own

    def clear(self, folder: LocalFolder) -> None:
        """Have parts taken away that dead runs left in a folder; looks once."""
        if folder not in self._cleared:
            self._cleared.add(folder)
            self._put(_ToClear(folder))

    def write_back(self, file: OpenFile) -> None:
        """Have what was written so far flushed in its own time.

        Nothing is queued for a disk that does not keep up: each holds a descriptor.
        """
        if self._work.qsize() < _MAX_BEGUN:
            self._put(_Begun(self._disk.duplicate(file.fileno())))

    def flush(
        self,
        file: LocalFile,
        done: Done,
        opened: OpenFile | None = None,
        *,
        may_wait_open: bool = True,
    ) -> None:
        """Have a file and its name flushed; ``done`` is told the error, if there is one.

        Args:
            file: where it is.
            done: called on the flusher's thread.
            opened: the same file, if it is still open; it is closed here, before ``done``. Where
                many wait, it is closed at once, and opened again by its name.
            may_wait_open: where not, it is closed at once as well.
        """
        finished = _Finished(file, done, opened)
        if opened is not None and not (may_wait_open and self._work.qsize() < _MAX_OPEN):
            # A network disk may tell only now that it is full, and it tells that once.
            finished = _Finished(file, done, None, _error_of(partial(_close, finished), file.name))
        self._put(finished)

    def stop(self) -> None:
        """End the thread after what is queued."""
        if self._thread is not None:
            self._work.put(_Stop())

    def join(self) -> None:
        """Wait for the thread's end after :meth:`stop`."""
        if self._thread is not None:
            self._thread.join(_JOIN_SECONDS)

    def _put(self, item: _Finished | _Begun | _ToClear) -> None:
        self._work.put(item)
        if self._thread is None:
            with self._starting:  # lanes come from several threads
                if self._thread is None:
                    self._thread = self._threads.spawn(self._run, "flush")

    def _run(self) -> None:
        going = True
        while going:
            group = [self._work.take()]
            while len(group) < _MAX_GROUP and (more := self._work.take_within(0)) is not None:
                group.append(more)
            for item in group:
                with logged():
                    if isinstance(item, _Begun):
                        self._write_back(item.descriptor)
                    elif isinstance(item, _ToClear):
                        sweep(self._disk, item.folder, self._machine, self._clock)
                    elif isinstance(item, _Stop):
                        going = False
            self._flush([item for item in group if isinstance(item, _Finished)])

    def _write_back(self, descriptor: int) -> None:
        """Flush a file under way, and keep an error for its end: the system tells of it once."""
        try:
            identity = self._identity(descriptor)
            self._failed.pop(identity, None)  # of a file that is gone, and whose number came back
            try:
                self._disk.sync(descriptor)
            except OSError as error:
                self._failed[identity] = error
        except OSError:
            return  # a drive that is gone; opening the file again at its end will say so
        finally:
            self._disk.close(descriptor)

    def _flush(self, files: list[_Finished]) -> None:
        """Flush a group; the disk may write it in any order before the first is waited for."""
        for finished in files if self._disk.begins_to_write and len(files) > 1 else ():
            # An error comes again when the file is synced.
            _error_of(partial(self._begin_to_write, finished), finished.file.name)
        ends = [
            (item, item.failed or self._patiently(partial(self._sync_file, item), item.file.name))
            for item in files
        ]
        errors = self._sync_folders(files) if self._disk.syncs_folders else {}
        for item, error in ends:
            with logged():
                item.done(error or errors.get(item.file.folder))

    def _sync_folders(self, files: list[_Finished]) -> dict[LocalFolder, FerrygateError | None]:
        """Sync the files' folders, and those above that may have a new name of theirs, once each.

        A folder's own name is safe once the folder above it was synced. The chosen one's is
        already, as the disk made it.
        """
        synced: dict[LocalFolder, FerrygateError | None] = {}
        errors: dict[LocalFolder, FerrygateError | None] = {}
        for item in files:
            folder = item.file.folder
            if folder in errors:
                continue
            errors[folder] = None
            for each in (folder,) if folder in self._names_synced else folder.with_ancestors:
                if each not in synced:
                    sync = partial(self._sync_folder, each)
                    synced[each] = self._patiently(sync, item.file.name)
                errors[folder] = synced[each]
                if errors[folder] is not None:
                    break
            else:
                self._names_synced.add(folder)
        return errors

    def _patiently(self, sync: Callable[[], None], name: str) -> FerrygateError | None:
        """Sync, and wait for a moment where too many files are open: others are about to close.

        Args:
            sync: syncs a file or a folder.
            name: the file's, for the error.
        """
        error = _error_of(sync, name)
        for _try in range(_TRIES):
            if not isinstance(error, TooManyOpenFilesError):
                break
            self._clock.wait(self._threads.event(), _POLL_SECONDS)
            error = _error_of(sync, name)
        return error

    def _sync_file(self, finished: _Finished) -> None:
        if finished.opened is None:
            self._with_descriptor(finished.file.folder, finished.file.name, self._sync)
            return
        try:
            self._sync(finished.opened.fileno())
        finally:
            finished.opened.close()

    def _sync(self, descriptor: int) -> None:
        self._disk.sync(descriptor)
        if not self._failed:
            return
        error = self._failed.pop(self._identity(descriptor), None)
        if error is not None:
            raise error

    def _sync_folder(self, folder: LocalFolder) -> None:
        try:
            self._with_descriptor(folder, ".", self._disk.sync)
        except OSError as error:
            if error.errno not in CANNOT_SYNC_FOLDER:
                raise

    def _begin_to_write(self, finished: _Finished) -> None:
        begin = self._disk.begin_to_write
        if finished.opened is not None:
            begin(finished.opened.fileno())
        else:
            self._with_descriptor(finished.file.folder, finished.file.name, begin)

    def _identity(self, descriptor: int) -> Identity:
        return identity_of(self._disk.status_of(descriptor))

    def _with_descriptor(self, folder: LocalFolder, name: str, act: Callable[[int], None]) -> None:
        """Act on a file, or on its folder by the name ``.``, reached without following links."""
        try:
            with folder.opened(self._disk) as opened:
                descriptor = opened.open(name, _TO_FLUSH)
        except FileNotFoundError:
            return  # taken away by now, but it was there
        try:
            act(descriptor)
        finally:
            self._disk.close(descriptor)


def _error_of(act: Callable[[], None], name: str) -> FerrygateError | None:
    try:
        with writing(name):
            act()
    except FerrygateError as error:
        return error
    except Exception as error:  # noqa: BLE001  told by ``done``
        return error_for(problem_of(error))
    return None


def _close(finished: _Finished) -> None:
    if finished.opened is not None:
        finished.opened.close()
