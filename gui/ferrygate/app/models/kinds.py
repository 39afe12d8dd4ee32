"""Says in words what a file is, from its name alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ferrygate.common.entry import EntryKind
from ferrygate.common.i18n import _

_MAX_EXTENSION = 8  # characters; longer ones are parts of names


def kind_text(name: bytes, kind: EntryKind) -> str:
    """Say what a name is of, such as ``Folder``, ``CSV document`` or ``Archive``.

    Args:
        name: the server's bytes.
        kind: what the server says it is.
    """
    match kind:
        case EntryKind.FOLDER:
            return _("Folder")
        case EntryKind.LINK:
            return _("Link")
        case EntryKind.OTHER:
            return _("Special file")
        case EntryKind.UNKNOWN:
            return _("Not known")
        case EntryKind.FILE:
            stem, _dot, extension = name.rpartition(b".")
            return _file_text(extension.lower() if stem else b"")


@lru_cache(maxsize=256)  # a folder has 100,000 files of five kinds, and gettext takes its time
def _file_text(raw_extension: bytes) -> str:
    extension = raw_extension.decode("utf-8", "replace")
    if extension in {"csv", "html", "json", "parquet", "pdf", "toml", "tsv", "xml", "yaml"}:
        return _("{extension} document").format(extension=extension.upper())
    for words, extensions in _groups():
        if extension in extensions.split():
            return words
    if extension.isascii() and extension.isalnum() and len(extension) <= _MAX_EXTENSION:
        return _("{extension} file").format(extension=extension.upper())
    return _("File")


def _groups() -> Iterator[tuple[str, str]]:
    """Holds words with the extensions that they describe."""
    yield _("Archive"), "7z bz2 gz rar tar tgz xz zip zst"
    yield _("Picture"), "avif bmp gif heic jpeg jpg png svg tif tiff webp"
    yield _("Plain text"), "log md txt"
    yield _("Presentation"), "odp ppt pptx"
    yield _("Program"), "bat cmd com exe msi ps1 sh"
    yield _("Sound"), "aac flac m4a mp3 ogg wav"
    yield _("Spreadsheet"), "ods xls xlsm xlsx"
    yield _("Text document"), "doc docx odt rtf"
    yield _("Video"), "avi mkv mov mp4 webm"
