"""PySide6 6.12.0 drops a reference with every emission and aborts after some 600 of them."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

class Sender(QObject):
    sent = Signal(int)

class Receiver(QObject):
    count = 0

    @Slot(int)
    def take(self, number):
        self.count += 1

application = QCoreApplication([])
sender, receiver = Sender(), Receiver()
sender.sent.connect(receiver.take)
for number in range(100_000):
    sender.sent.emit(number)
print(receiver.count, True, None)
"""


def test_a_signal_can_be_emitted_a_hundred_thousand_times() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=50
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "100000 True None\n", "")
