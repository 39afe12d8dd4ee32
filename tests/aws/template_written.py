"""Writes each deploy of ``template_deploys.py`` as a template of its own, for ``make check-aws``.

Scanners skip what a condition of the template switches off; here nothing is conditional.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from aws.template_deploys import DEPLOYS, LEAST
from aws.template_model import deploy, load


def write_deploys(folder: Path) -> None:
    """Write one JSON template a deploy, named after it."""
    template = load()
    folder.mkdir(parents=True, exist_ok=True)
    for name, parameters in DEPLOYS.items():
        resources = {
            resource: {key: value for key, value in made.items() if key != "Condition"}
            for resource, made in deploy(template, {**LEAST, **parameters}).resources.items()
        }
        text = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
        file = folder / f"{name.replace(',', '').replace(' ', '-')}.json"
        file.write_text(text, "utf-8")


if __name__ == "__main__":
    write_deploys(Path(sys.argv[1]))
