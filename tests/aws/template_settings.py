"""The value of every setting, for every deploy of ``template_deploys.py``.

``template_settings.json`` has all resources and outputs of the deploy "least", and of the others
what differs. A change of the template that is meant is taken over by
``PYTHONPATH=tests python -m aws.template_settings``, and read in the change of that file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws.template_deploys import DEPLOYS, LEAST
from aws.template_model import deploy, load

SETTINGS = Path(__file__).with_name("template_settings.json")

# A setting's path in a deploy, such as "Bucket.Properties.VersioningConfiguration.Status".
Settings = dict[str, Any]


def settings_of(template: dict[str, Any]) -> dict[str, Settings]:
    """List all settings of all deploys; those of others than "least" only where they differ."""
    every = {name: _settings(template, parameters) for name, parameters in DEPLOYS.items()}
    least = every["least"]
    return {
        name: found if name == "least" else _difference(least, found)
        for name, found in every.items()
    }


def wrong_settings(template: dict[str, Any]) -> list[str]:
    """Find the settings that are not as expected, as "deploy: path"."""
    expected = json.loads(SETTINGS.read_text("utf-8"))
    try:
        found = settings_of(template)
    except (KeyError, ValueError) as error:
        return [f"cannot be deployed: {error}"]
    return [
        f"{name}: {path}"
        for name in expected.keys() | found.keys()
        for path in _difference(expected.get(name, {}), found.get(name, {}))
    ]


def _settings(template: dict[str, Any], parameters: Mapping[str, str]) -> Settings:
    stack = deploy(template, {**LEAST, **parameters})
    outputs = {f"Outputs.{name}": value for name, value in stack.outputs.items()}
    return {**_flat("", dict(stack.resources)), **outputs}


def _flat(path: str, value: Any) -> Settings:
    if isinstance(value, dict) and value:
        pairs = [(f"{path}.{key}" if path else key, each) for key, each in value.items()]
    elif isinstance(value, list) and value:
        pairs = [(f"{path}[{at}]", each) for at, each in enumerate(value)]
    else:
        return {path: value}
    return {path: leaf for at, each in pairs for path, leaf in _flat(at, each).items()}


def _difference(least: Settings, found: Settings) -> Settings:
    """Give what is new or another; what is not there any more has no value."""
    return {
        path: found.get(path)
        for path in sorted(least.keys() | found.keys())
        if (path in least, least.get(path)) != (path in found, found.get(path))
    }


if __name__ == "__main__":
    text = json.dumps(settings_of(load()), indent=1, ensure_ascii=False)
    SETTINGS.write_text(f"{text}\n", "utf-8")
