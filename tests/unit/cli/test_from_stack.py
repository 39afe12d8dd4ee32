"""``ferrygate sites from-stack``, with answers of AWS that botocore checks against its model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError, NoCredentialsError, NoRegionError
from botocore.stub import Stubber

from aws.template_model import load
from ferrygate.cli.aws_stack import OUTPUTS, SIGN_IN_METHODS, AwsClients
from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.main import run
from ferrygate.sites.connection_file import read_connection_file

ARN = "arn:aws:transfer:eu-central-1:111122223333:host-key/s-0123456789abcdef0/hostkey-"
SERVER = {"ServerId": "s-0123456789abcdef0"}
VALUES = {
    **SERVER,
    "Host": "sftp.example.com",
    "OktaAddress": "https://example.okta.com",
    "CodeDigits": "6",
}


@dataclass(frozen=True)
class WithoutSettings:
    """Plays a client that lacks what only this computer can give."""

    error: BotoCoreError

    def get_caller_identity(self) -> None:
        raise self.error


@dataclass
class StubbedAws:
    """Answers what tests line up, and knows the region that was asked for."""

    clients: AwsClients
    stubs: dict[str, Stubber]
    region: str | None = None
    wanted: str = "PASSWORD"  # methods that the stack asks its server for

    def connect(self, region: str | None) -> AwsClients:
        self.region = region
        return self.clients

    def stack(self, **values: str) -> None:
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in values.items()]
        self.stubs["sts"].add_response("get_caller_identity", {"Account": "111122223333"}, {})
        stack: dict[str, Any] = {"StackName": "sftp", "StackStatus": "CREATE_COMPLETE"}
        wanted = [{"ParameterKey": SIGN_IN_METHODS, "ParameterValue": self.wanted}]
        stack |= {"CreationTime": 0, "Outputs": outputs, "Parameters": wanted}
        self.stubs["cloudformation"].add_response("describe_stacks", {"Stacks": [stack]})

    def server(self, methods: str, *pages: list[str]) -> None:
        """Lines up a server, and its host keys page by page."""
        transfer = self.stubs["transfer"]
        details = {"Function": "arn:aws:lambda:f", "SftpAuthenticationMethods": methods}
        described = {"Server": {"Arn": ARN, "IdentityProviderDetails": details}}
        transfer.add_response("describe_server", described, SERVER)
        for at, page in enumerate(pages):
            keys = [{"Arn": ARN, "HostKeyId": f"hostkey-{name * 17}"} for name in page]
            listed: dict[str, Any] = {**SERVER, "HostKeys": keys}
            if at + 1 < len(pages):
                listed["NextToken"] = f"page-{at + 1}"
            asked = {**SERVER, **({"NextToken": f"page-{at}"} if at else {})}
            transfer.add_response("list_host_keys", listed, asked)
            for name in page:
                print_ = f"SHA256:{name * 43}="
                key = {"Arn": f"{ARN}{name}", "HostKeyFingerprint": print_}
                asked_key = {**SERVER, "HostKeyId": f"hostkey-{name * 17}"}
                transfer.add_response("describe_host_key", {"HostKey": key}, asked_key)


@pytest.fixture
def aws() -> Iterator[StubbedAws]:
    made = {
        name: boto3.client(
            name,
            region_name="eu-central-1",
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",
        )
        for name in ("cloudformation", "transfer", "sts")
    }
    stubs = {name: Stubber(client) for name, client in made.items()}
    with ExitStack() as active:
        for stub in stubs.values():
            active.enter_context(stub)
        yield StubbedAws(AwsClients(**made, region="eu-central-1"), stubs)
    for client in made.values():
        client.close()


@pytest.fixture
def from_stack(
    make_context: Callable[..., CommandContext], aws: StubbedAws, tmp_path: Path
) -> Callable[..., int]:
    """Runs the command for the stack "sftp", with a file in the test's folder."""
    context = replace(make_context(), connect_to_aws=aws.connect)

    def run_command(*options: str) -> int:
        words = ["sites", "from-stack", "sftp", "--out", str(tmp_path / "x.ferrygate"), *options]
        return run(words, context)

    return run_command


def test_the_file_has_all_that_people_need(
    aws: StubbedAws, from_stack: Callable[..., int], tmp_path: Path
) -> None:
    aws.stack(**VALUES)
    aws.server("PASSWORD", ["a", "b"], ["c"])
    assert from_stack("--region", "eu-central-1") == 0
    site = read_connection_file(tmp_path / "x.ferrygate")
    assert (site.name, site.host, site.port) == ("sftp", "sftp.example.com", 22)
    assert site.host_key_fingerprints == tuple(f"SHA256:{name * 43}" for name in "abc")
    assert site.sign_in.okta_address == "https://example.okta.com"
    assert (site.sign_in.digits, site.sign_in.steps) == (6, ("password",))
    assert aws.region == "eu-central-1"
    for stub in aws.stubs.values():
        stub.assert_no_pending_responses()


def test_account_and_region_that_were_asked_are_said(
    aws: StubbedAws, from_stack: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    aws.stack(**VALUES)
    aws.server("PASSWORD", ["a"])
    assert from_stack() == 0
    said = capsys.readouterr().err
    assert "Asked account 111122223333 in eu-central-1." in said
    assert "with 1 host key." in said


def test_a_program_gets_the_site_account_and_region(
    aws: StubbedAws, from_stack: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    aws.stack(**VALUES)
    aws.server("PASSWORD", ["a"])
    assert from_stack("--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["event"], record["account"]) == ("entry", "111122223333")
    assert (record["region"], record["host"]) == ("eu-central-1", "sftp.example.com")


def test_a_file_that_is_there_is_kept_without_replace(
    aws: StubbedAws, from_stack: Callable[..., int], tmp_path: Path
) -> None:
    file = tmp_path / "x.ferrygate"
    file.write_text("mine", "utf-8")
    aws.stack(**VALUES)
    aws.server("PASSWORD", ["a"])
    assert from_stack() == 2
    assert file.read_text("utf-8") == "mine"
    aws.stack(**VALUES)
    aws.server("PASSWORD", ["a"])
    assert from_stack("--replace") == 0
    assert read_connection_file(file).name == "sftp"


def test_a_server_that_wants_keys_as_well_gets_both_steps(
    aws: StubbedAws,
    from_stack: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws.wanted = "PUBLIC_KEY_AND_PASSWORD"
    aws.stack(**VALUES)
    aws.server("PUBLIC_KEY_AND_PASSWORD", ["a"])
    assert from_stack() == 0
    assert "other methods" not in capsys.readouterr().err
    assert read_connection_file(tmp_path / "x.ferrygate").sign_in.steps == (
        "publickey",
        "password",
    )


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ("PASSWORD", "PUBLIC_KEY_OR_PASSWORD"),  # a key instead of the code
        ("PASSWORD", "PUBLIC_KEY_AND_PASSWORD"),
        ("PUBLIC_KEY_AND_PASSWORD", "PUBLIC_KEY_OR_PASSWORD"),
        ("PUBLIC_KEY_AND_PASSWORD", "PASSWORD"),
    ],
)
def test_a_server_that_takes_other_methods_than_the_stack_was_made_for_is_said(
    aws: StubbedAws,
    from_stack: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    wanted: str,
    taken: str,
) -> None:
    aws.wanted = wanted
    aws.stack(**VALUES)
    aws.server(taken, ["a"])
    assert from_stack() == 0
    assert f"other methods than the stack was made for: {taken}." in capsys.readouterr().err


def test_a_server_of_unknown_methods_is_said(
    aws: StubbedAws, from_stack: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    aws.stack(**VALUES)
    aws.server("", ["a"])
    assert from_stack() == 0
    assert "AWS does not tell how this server lets people sign in." in capsys.readouterr().err


def test_a_stack_of_another_template_is_refused(
    aws: StubbedAws, from_stack: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    aws.stack(ServerId="s-0123456789abcdef0")
    assert from_stack() == 2
    assert "Host, OktaAddress, CodeDigits" in capsys.readouterr().err


@pytest.mark.parametrize(
    "odd",
    [
        {"CodeDigits": "six"},
        {"CodeDigits": "9"},
        {"CodeDigits": "٦"},
        {"Host": ""},
        {"Host": "sftp.example.com\nport = 23"},
        {"OktaAddress": "http://example.okta.com"},
    ],
)
def test_outputs_that_make_no_connection_file_are_a_sentence(
    aws: StubbedAws,
    from_stack: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    odd: dict[str, str],
) -> None:
    file = tmp_path / "x.ferrygate"
    file.write_text("mine", "utf-8")
    aws.stack(**VALUES | odd)
    aws.server("PASSWORD", ["a"])
    assert from_stack("--replace") == 2
    assert "The stack “sftp” makes no connection file." in capsys.readouterr().err
    assert file.read_text("utf-8") == "mine"


def test_no_file_is_written_without_a_host_key_to_pin(
    aws: StubbedAws,
    from_stack: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws.stack(**VALUES)
    aws.server("PASSWORD", [])
    assert from_stack() == 2
    assert "The server has no host key." in capsys.readouterr().err
    assert not (tmp_path / "x.ferrygate").exists()


def test_a_refusal_of_aws_is_a_sentence(
    aws: StubbedAws, from_stack: Callable[..., int], tmp_path: Path
) -> None:
    aws.stubs["sts"].add_client_error("get_caller_identity", "ExpiredToken", "expired")
    assert from_stack() == 2
    assert not (tmp_path / "x.ferrygate").exists()


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        (NoCredentialsError(), "There are no AWS credentials here. Sign in as for"),
        (NoRegionError(), "No AWS region is set. Give --region."),
    ],
)
def test_what_is_missing_on_this_computer_is_named(
    from_stack: Callable[..., int],
    aws: StubbedAws,
    capsys: pytest.CaptureFixture[str],
    missing: BotoCoreError,
    sentence: str,
) -> None:
    aws.clients = replace(aws.clients, sts=WithoutSettings(missing))
    assert from_stack() == 2
    assert sentence in capsys.readouterr().err


def test_each_output_that_is_read_is_one_of_the_template_in_every_deploy() -> None:
    outputs = load()["Outputs"]
    assert [name for name in OUTPUTS if "Condition" in outputs[name]] == []
    assert SIGN_IN_METHODS in load()["Parameters"]
