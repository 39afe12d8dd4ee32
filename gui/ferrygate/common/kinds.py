"""What a file is, in words, from its name alone."""

from __future__ import annotations

from ferrygate.common.entry import EntryKind
from ferrygate.common.i18n import _

_PICTURES = frozenset(
    {"avif", "bmp", "gif", "heic", "jpeg", "jpg", "png", "svg", "tif", "tiff", "webp"}
)
_ARCHIVES = frozenset({"7z", "bz2", "gz", "rar", "tar", "tgz", "xz", "zip", "zst"})
_SOUNDS = frozenset({"aac", "flac", "m4a", "mp3", "ogg", "wav"})
_FILMS = frozenset({"avi", "mkv", "mov", "mp4", "webm"})
_SHEETS = frozenset({"ods", "xls", "xlsm", "xlsx"})
_SLIDES = frozenset({"odp", "ppt", "pptx"})
_TEXTS = frozenset({"doc", "docx", "odt", "rtf"})
_PROGRAMS = frozenset({"bat", "cmd", "com", "exe", "msi", "ps1", "sh"})
_DOCUMENTS = frozenset({"csv", "html", "json", "parquet", "pdf", "toml", "tsv", "xml", "yaml"})
_MAX_EXTENSION = 8


def kind_text(name: bytes, kind: EntryKind) -> str:
    """What stands under a name, such as ``Folder``, ``CSV document`` or ``Archive``.

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
        case EntryKind.FILE:
            return _file_text(name)


def _file_text(name: bytes) -> str:
    stem, _dot, last = name.rpartition(b".")
    extension = last.lower().decode("utf-8", "replace") if stem else ""
    if extension in _DOCUMENTS:
        return _("{extension} document").format(extension=extension.upper())
    for extensions, words in (
        (_ARCHIVES, _("Archive")),
        (_PICTURES, _("Picture")),
        (_SHEETS, _("Spreadsheet")),
        (_TEXTS, _("Text document")),
        (_SLIDES, _("Presentation")),
        (_SOUNDS, _("Sound")),
        (_FILMS, _("Video")),
        (_PROGRAMS, _("Program")),
        (frozenset({"log", "md", "txt"}), _("Plain text")),
    ):
        if extension in extensions:
            return words
    if extension.isascii() and extension.isalnum() and len(extension) <= _MAX_EXTENSION:
        return _("{extension} file").format(extension=extension.upper())
    return _("File")
