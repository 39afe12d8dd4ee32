"""Pictures of every screen of setting up and signing in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from ferrygate.app.driver import driven
from ferrygate.app.options import AppOptions
from ferrygate.app.scenes import SCENES, Scene
from ferrygate.app.stage import SceneEngine, Stage
from ferrygate.common.clock import Clock
from ferrygate.common.paths import Home
from ferrygate.engine import messages as m


def take_screens(clock: Clock, folder: Path) -> list[Path]:
    """Take a picture of each scene, light and dark, named ``enrol-light.png`` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as empty:
        return [
            path
            for name, scene in SCENES.items()
            for path in _take(name, scene, clock, Home(Path(empty)), folder)
        ]


def _take(name: str, scene: Scene, clock: Clock, home: Home, folder: Path) -> list[Path]:
    engines: list[SceneEngine] = []

    def make(listener: Callable[[m.Event], None]) -> SceneEngine:
        engines.append(SceneEngine(listener))
        return engines[0]

    options = AppOptions(home=home.prepare(), make_engine=make, clock=clock)
    with driven(options) as (desktop, driver):
        driver.wait_for("engine", lambda: bool(engines))
        scene(Stage(desktop.workspace, driver, clock, engines[0]))
        return driver.pictures(folder, name)
