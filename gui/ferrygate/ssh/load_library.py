"""Loads the SSH library in two thirds of its usual time."""

from __future__ import annotations

import importlib

from ferrygate.common.lean_imports import Versions, replaced


def load_library() -> None:
    """Load paramiko without two modules that it would load, and that nothing here uses.

    They are ``invoke``, which runs the programs that an ssh_config names, and
    ``importlib.metadata`` for its own version, which loads a mail reader. Called before anything
    else imports paramiko; later it changes nothing.
    """
    with replaced("invoke", None), replaced("importlib.metadata", Versions()):
        importlib.import_module("paramiko")
