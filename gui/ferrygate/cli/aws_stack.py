"""Reads from AWS how to reach a server that ``packaging/aws/template.yaml`` put up.

The fingerprint of a host key is no attribute that CloudFormation knows, so the server is asked for
it, and for the methods that it really takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ferrygate.common.errors import ConnectionFileError, UsageError
from ferrygate.common.message import message
from ferrygate.sites.connection_file import format_connection_file, parse_connection_file
from ferrygate.sites.site import SignInSettings, Site

SERVER_ID = "ServerId"
HOST = "Host"
OKTA_ADDRESS = "OktaAddress"
CODE_DIGITS = "CodeDigits"
OUTPUTS = (SERVER_ID, HOST, OKTA_ADDRESS, CODE_DIGITS)
"""The stack's outputs that are read; a test holds them against the template."""
SIGN_IN_METHODS = "SignInMethods"
"""The stack's parameter that is read; the same test."""

UNKNOWN_METHODS = "unknown"
"""Stands for the methods of a server of which DescribeServer names none."""

_PREFIX = "SHA256:"
_DIGITS = {"6", "7", "8"}

# The server's methods, as DescribeServer names them, and the steps of a sign-in.
_STEPS = {
    "PASSWORD": ("password",),
    "PUBLIC_KEY_AND_PASSWORD": ("publickey", "password"),
}


@dataclass(frozen=True)
class AwsClients:
    """Holds boto3's clients of the services that are asked, all of one region."""

    cloudformation: Any
    transfer: Any
    sts: Any
    region: str


@dataclass(frozen=True)
class StackSite:
    """Holds a stack's site, and where it was found.

    Attributes:
        site: as a connection file holds it.
        account: number of the account that was asked.
        region: the region that was asked.
        methods: the server's methods where the stack was made for others, or empty;
            :data:`UNKNOWN_METHODS` where AWS names none.
    """

    site: Site
    account: str
    region: str
    methods: str


ConnectToAws = Callable[[str | None], AwsClients]


def connect_to_aws(region: str | None) -> AwsClients:
    """Make clients with the credentials that AWS's own programs would take.

    Raises:
        UsageError: boto3 is not installed, or there is no region or no credentials.
    """
    try:
        import boto3  # noqa: PLC0415  an extra, and slow
    except ImportError:
        raise UsageError(
            message("This needs boto3, which is not installed."),
            next_step=message("Install Ferrygate with its extra “aws”."),
        ) from None
    with _asking():
        session = boto3.Session(region_name=region)
        return AwsClients(
            cloudformation=session.client("cloudformation"),
            transfer=session.client("transfer"),
            sts=session.client("sts"),
            region=session.region_name,
        )


def read_stack_site(clients: AwsClients, stack: str) -> StackSite:
    """Read the site of a stack; each host key of its server is pinned.

    Raises:
        UsageError: AWS refuses or cannot be reached, the stack is another template's or its outputs
            make no connection file, or the server has no host key, or one without a fingerprint.
    """
    with _asking():
        account = clients.sts.get_caller_identity()["Account"]
        found = clients.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        outputs = _outputs(found)
        server_id = outputs[SERVER_ID]
        described = clients.transfer.describe_server(ServerId=server_id)["Server"]
        fingerprints = tuple(_fingerprints(clients, server_id))
    methods = described.get("IdentityProviderDetails", {}).get("SftpAuthenticationMethods", "")
    site = Site(
        name=found["StackName"],  # STACK may be an ARN
        host=outputs[HOST],
        host_key_fingerprints=fingerprints,
        sign_in=SignInSettings(
            steps=_STEPS.get(methods, _STEPS["PASSWORD"]),
            digits=int(outputs[CODE_DIGITS]) if outputs[CODE_DIGITS] in _DIGITS else 0,
            okta_address=outputs[OKTA_ADDRESS],
        ),
    )
    _check(site)
    others = "" if methods == _wanted_methods(found) else methods or UNKNOWN_METHODS
    return StackSite(site, account, clients.region, others)


def _check(site: Site) -> None:
    """Reject a site that no connection file may hold: any stack can have outputs of these names."""
    if not site.host_key_fingerprints:
        raise UsageError(message("The server has no host key."))
    try:
        parse_connection_file(format_connection_file(site), "")
    except ConnectionFileError as error:
        raise UsageError(
            message("The stack “{stack}” makes no connection file.", stack=site.name),
            next_step=message("Name a stack that was made with Ferrygate's template."),
            detail=str(error),
        ) from None


def _wanted_methods(found: dict[str, Any]) -> str:
    """Return the methods that the stack asks its server for; a server given has a password's."""
    given = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}
    wanted: str = given.get(SIGN_IN_METHODS, "PASSWORD")
    return wanted


def _outputs(found: dict[str, Any]) -> dict[str, str]:
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
    missing = [name for name in OUTPUTS if name not in outputs]
    if missing:
        raise UsageError(
            message(
                "The stack “{stack}” has no output {names}.",
                stack=found["StackName"],
                names=", ".join(missing),
            ),
            next_step=message("Name a stack that was made with Ferrygate's template."),
        )
    return outputs


def _fingerprints(clients: AwsClients, server_id: str) -> Iterator[str]:
    """List the fingerprints of all of a server's host keys, in OpenSSH's form."""
    page: dict[str, str] = {}
    while True:
        listed = clients.transfer.list_host_keys(ServerId=server_id, **page)
        for key in listed["HostKeys"]:
            described = clients.transfer.describe_host_key(
                ServerId=server_id, HostKeyId=key["HostKeyId"]
            )
            yield _fingerprint(described["HostKey"])
        if "NextToken" not in listed:
            return
        page = {"NextToken": listed["NextToken"]}


def _fingerprint(key: dict[str, str]) -> str:
    text = key.get("HostKeyFingerprint", "")
    if not text:
        raise UsageError(
            message("The server's host key {name} has no fingerprint.", name=key["Arn"])
        )
    return _PREFIX + text.removeprefix(_PREFIX).rstrip("=")  # OpenSSH leaves the padding out


@contextmanager
def _asking() -> Iterator[None]:
    """Turn boto3's errors into sentences that name a next step."""
    from botocore.exceptions import (  # noqa: PLC0415  an extra
        BotoCoreError,
        ClientError,
        NoCredentialsError,
        NoRegionError,
    )

    try:
        yield
    except NoRegionError as error:
        raise UsageError(
            message("No AWS region is set."),
            next_step=message("Give --region."),
            detail=str(error),
        ) from None
    except NoCredentialsError as error:
        raise UsageError(
            message("There are no AWS credentials here."),
            next_step=message("Sign in as for AWS's own command line, and try again."),
            detail=str(error),
        ) from None
    except (BotoCoreError, ClientError) as error:
        raise UsageError(
            message("AWS did not answer as asked."),
            next_step=message("Check stack, region and credentials; -v tells AWS's own words."),
            detail=str(error),
        ) from None
