"""Flags of the cells of a folder's rows: to be selected, dragged, dropped on, edited."""

from __future__ import annotations

from PySide6.QtCore import Qt

_flag = Qt.ItemFlag
_ANY = _flag.ItemIsEnabled | _flag.ItemIsSelectable | _flag.ItemIsDragEnabled
# Made once: Qt asks for those of each cell, and to join them takes longer than to look them up.
ROW_FLAGS = {
    (is_folder, is_name): _ANY
    | (_flag.ItemIsDropEnabled if is_folder else _flag.NoItemFlags)
    | (_flag.ItemIsEditable if is_name else _flag.NoItemFlags)
    for is_folder in (False, True)
    for is_name in (False, True)
}
