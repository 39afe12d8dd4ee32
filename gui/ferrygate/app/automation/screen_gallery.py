"""Pictures of every screen of setting up and signing in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ferrygate.app.automation.scene_window import SceneEngine, SceneWindow
from ferrygate.app.automation.scenes.every_scene import SCENES
from ferrygate.app.automation.scenes.scene import Scene
from ferrygate.app.automation.window_driver import WindowDriver, driven
from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions
from ferrygate.common.clock import Clock
from ferrygate.common.paths import Home
from ferrygate.engine.messages.event import Event


def take_screens(clock: Clock, folder: Path, scenes: Mapping[str, Scene] = SCENES) -> list[Path]:
    """Take a picture of each scene, light and dark, named ``enrol-light.png`` and so on.

    Each scene has a home of its own: a site that was saved by one would open itself in the next.

    Raises:
        DriverError: a scene does not show what it is to show.
    """
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    for name, scene in scenes.items():
        with TemporaryDirectory() as empty:
            taken += _take(name, scene, clock, Path(empty), folder)
    return taken


def _take(name: str, scene: Scene, clock: Clock, empty: Path, folder: Path) -> list[Path]:
    with open_scene_window(clock, empty) as (desktop, window):
        words = scene(window)
        return WindowDriver(desktop, clock).pictures(folder, name, showing=words)


@contextmanager
def open_scene_window(clock: Clock, empty: Path) -> Iterator[tuple[Desktop, SceneWindow]]:
    """Open a window for one scene; its files are in an empty folder."""
    downloads = empty / "Downloads"
    downloads.mkdir()
    engines: list[SceneEngine] = []

    def make(listener: Callable[[Event], None]) -> SceneEngine:
        engines.append(SceneEngine(listener))
        return engines[0]

    options = AppOptions(
        home=Home(empty / "home").prepare(),
        arrivals=(downloads,),
        make_engine=make,
        clock=clock,
    )
    with driven(options) as (desktop, driver):
        driver.wait_for("engine", lambda: bool(engines))
        yield desktop, SceneWindow(desktop.workspace, driver, clock, engines[0], downloads)
