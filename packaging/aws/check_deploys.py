"""Scans the deploys that ``aws.template_written`` wrote, with checkov and CloudFormation Guard.

Runs in the environment of ``check.sh``: ``python check_deploys.py FOLDER``. Ends with 1 where
something was found that ``accepted-findings.toml`` does not name, or if that file names more.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import cfn_guard_rs

HERE = Path(__file__).parent


def main(folder: Path) -> int:
    """Print what was found, and return the exit code."""
    deploys = sorted(folder.glob("*.json"))
    complaints = [*by_checkov(folder, len(deploys)), *by_guard(deploys)]
    count = f"{len(deploys)} deploys scanned, {len(complaints)} complaints"
    sys.stdout.write("".join(f"{line}\n" for line in [*complaints, count]))
    return 1 if complaints or not deploys else 0


def by_checkov(folder: Path, deploys: int) -> list[str]:
    """Return checkov's findings that are not accepted, and accepted ones that it did not make."""
    program = Path(sys.executable).with_name("checkov")
    options = ["--skip-download", "--framework", "cloudformation", "--output", "json", "--quiet"]
    ended = subprocess.run(  # noqa: S603  the scanner beside this Python
        [program, *options, "--directory", folder], capture_output=True, text=True, check=False
    )
    try:
        report = json.loads(ended.stdout)
        failed: list[dict[str, Any]] = report["results"]["failed_checks"]
    except (ValueError, KeyError, TypeError):
        return [f"checkov did not report: {ended.stdout}{ended.stderr}"]
    summary = report["summary"]
    unread = summary["parsing_errors"] or len({each["file_path"] for each in failed}) < deploys
    accepted = {
        (check, resource)
        for check, entry in tomllib.loads((HERE / "accepted-findings.toml").read_text()).items()
        for resource in entry["resource"].split(", ")
    }
    found = {(each["check_id"], each["resource"].rpartition(".")[2]): each for each in failed}
    return [
        *(["checkov could not read every deploy"] if unread else []),
        *(
            f"{check} {resource}: {found[check, resource]['check_name']}"
            for check, resource in sorted(found.keys() - accepted)
        ),
        *(
            f"{check} {resource} is accepted, and not found any more"
            for check, resource in sorted(accepted - found.keys())
        ),
    ]


def by_guard(deploys: list[Path]) -> list[str]:
    """Return the rules of ``template.guard`` that a deploy breaks, as "deploy: rule"."""
    rules = (HERE / "template.guard").read_text("utf-8")
    complaints = []
    for deploy in deploys:
        report = cfn_guard_rs.run_checks(json.loads(deploy.read_text("utf-8")), rules)
        complaints += [f"{deploy.stem}: {each.Rule.name}" for each in report.not_compliant]
        if not report.compliant:
            complaints.append(f"{deploy.stem}: no rule was checked")
    return complaints


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
