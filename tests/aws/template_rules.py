"""Rules that every deploy of the template keeps, whichever its parameters.

``template_settings.json`` has the values; a setting that is lost breaks both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from aws.policies import Call, Decision, decide
from aws.state_machine import run
from aws.template_deploys import DEPLOYS, LEAST
from aws.template_model import ACCOUNT, REGION, STACK, Stack, deploy

# Where a fixed name would stand: of a retained resource, the name blocks the next deploy.
_NAMES = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::MetricFilter": "FilterName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
_RETAINED = {"AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"}
_BOTH = "PUBLIC_KEY_AND_PASSWORD"
_LOCKS = {"locked-out", "factor-locked", "account-locked"}
# Resources that the metrics of each namespace are about.
_RUNS = {"AWS/Lambda": "sftp-function", "AWS/States": "sftp-methodscheck", "Ferrygate/sftp": None}


def broken_rules(template: dict[str, Any]) -> list[str]:
    """Find what no deploy of a template may have, as "deploy: what"."""
    found = []
    for name, parameters in DEPLOYS.items():
        try:
            stack = deploy(template, {**LEAST, **parameters})
        except (KeyError, ValueError) as error:
            found.append(f"{name}: cannot be deployed: {error}")
            continue
        found += [f"{name}: {what}" for rule in RULES for what in rule(stack)]
    return found


def _statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _role_policies(stack: Stack) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in stack.of_type("AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            yield name, policy["PolicyDocument"]
    for name, policy in stack.of_type("AWS::IAM::RolePolicy").items():
        yield name, policy["PolicyDocument"]


def services_come_from_this_account(stack: Stack) -> Iterator[str]:
    """Hold roles and permissions to requests that this account makes."""
    for name, role in stack.of_type("AWS::IAM::Role").items():
        for statement in _statements(role["AssumeRolePolicyDocument"]):
            wanted = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
            if "Service" in statement["Principal"] and statement.get("Condition") != wanted:
                yield f"{name} can be assumed for another account"
    for name, permission in stack.of_type("AWS::Lambda::Permission").items():
        if permission.get("SourceAccount") != ACCOUNT:
            yield f"{name} lets another account ask"
        if ACCOUNT not in permission.get("SourceArn", ""):
            yield f"{name} does not say who asks"


def rights_are_narrow(stack: Stack) -> Iterator[str]:
    """Refuse wildcards in what roles may do, and on what."""
    for name, policy in _role_policies(stack):
        for statement in _statements(policy):
            if "*" in _values(statement["Resource"]):
                yield f"{name} has rights on everything"
            wild = [each for each in _values(statement["Action"]) if "*" in each]
            if wild or "Version" in "".join(_values(statement["Action"])):
                yield f"{name} has broad rights"


def function_writes_its_own_log_alone(stack: Stack) -> Iterator[str]:
    role = stack.resources["FunctionRole"]["Properties"]
    first = _statements(role["Policies"][0]["PolicyDocument"])[0]
    if first["Action"] != ["logs:CreateLogStream", "logs:PutLogEvents"]:
        yield "the function does more than write a log"
    if not first["Resource"].endswith(":log-group:sftp-functionlogs:*"):
        yield "the function writes other logs"
    if stack.resources["Function"]["Properties"].get("LoggingConfig", {}) != {
        "LogGroup": "sftp-functionlogs",
        "LogFormat": "Text",
    }:
        yield "the function's log is not its own group of plain lines"


def nothing_has_a_fixed_name(stack: Stack) -> Iterator[str]:
    for kind, key in _NAMES.items():
        yield from (
            f"{name} has a {key}" for name, each in stack.of_type(kind).items() if key in each
        )


def what_people_stored_is_retained(stack: Stack) -> Iterator[str]:
    for name, resource in stack.resources.items():
        policies = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        is_retained = resource["Type"] in _RETAINED
        # A first deploy that fails leaves nothing behind.
        if policies != (("RetainExceptOnCreate", "Retain") if is_retained else (None, None)):
            yield f"{name} is retained, or lost, against the rule"


def key_is_used_everywhere(stack: Stack) -> Iterator[str]:
    """Hold bucket, logs, settings and roles to the key, where there is one."""
    environment = stack.resources["Function"]["Properties"]["Environment"]["Variables"]
    key = environment["KMS_KEY_ARN"]
    users = [*stack.of_type("AWS::Logs::LogGroup").values()]
    used = [each.get("KmsKeyId", "") for each in users]
    used.append(stack.resources["Function"]["Properties"].get("KmsKeyArn", ""))
    for bucket in stack.of_type("AWS::S3::Bucket").values():
        rule = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
        by_default = rule["ServerSideEncryptionByDefault"]
        used.append(by_default.get("KMSMasterKeyID", ""))
        if by_default["SSEAlgorithm"] != ("aws:kms" if key else "AES256"):
            yield "the bucket is encrypted in another way"
    if set(used) != {key}:
        yield "something is not encrypted with the key"
    for role, action in (("PersonRole", "kms:GenerateDataKey"), ("FunctionRole", "kms:Decrypt")):
        policies = [policy for name, policy in _role_policies(stack) if name == role]
        call = Call(action=action, resource=key or "any key")
        if (decide(call, identity=policies) is Decision.ALLOWED) != bool(key):
            yield f"{role} may not use the key, or uses one that is not there"
    for made in stack.of_type("AWS::KMS::Key").values():
        if not made.get("EnableKeyRotation"):
            yield "the key is never rotated"


def bucket_is_private(stack: Stack) -> Iterator[str]:
    for bucket in stack.of_type("AWS::S3::Bucket").values():
        if list(bucket.get("PublicAccessBlockConfiguration", {}).values()) != [True] * 4:
            yield "the bucket can be made public"
        if bucket.get("OwnershipControls") != {
            "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
        }:
            yield "the bucket knows ACLs"
        if bucket.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield "the bucket keeps no versions"
        rules = {key: each for each in bucket["LifecycleConfiguration"]["Rules"] for key in each}
        if {"NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"} - rules.keys():
            yield "the bucket keeps what nobody needs"
        policies = [
            each["PolicyDocument"] for each in stack.of_type("AWS::S3::BucketPolicy").values()
        ]
        for resource in ("arn:aws:s3:::sftp-bucket", "arn:aws:s3:::sftp-bucket/a"):
            plain = Call(
                action="s3:GetObject", resource=resource, context={"aws:SecureTransport": "false"}
            )
            if not policies or decide(plain, resource=policies[0]) is not Decision.EXPLICIT_DENY:
                yield "the bucket answers without TLS"


def api_is_closed(stack: Stack) -> Iterator[str]:
    """Let the invocation role alone call the API, and have it always answer with 200."""
    for method in stack.of_type("AWS::ApiGateway::Method").values():
        if method["AuthorizationType"] != "AWS_IAM":
            yield "the API can be called without a signature"
        answers = method["Integration"]["IntegrationResponses"]
        if [each["StatusCode"] for each in answers] != ["200"] or "SelectionPattern" in answers[0]:
            yield "the API answers with another status than 200"
    answered = stack.of_type("AWS::ApiGateway::GatewayResponse").values()
    wrong = [each["ResponseType"] for each in answered if each["StatusCode"] != "200"]
    if wrong or len(answered) != (2 if stack.conditions["ByApi"] else 0):
        yield "the API fails with another status than 200"
    for api in stack.of_type("AWS::ApiGateway::RestApi").values():
        yield from _callers(api["Policy"])


def api_keeps_nothing(stack: Stack) -> Iterator[str]:
    """Refuse caches, which would let spent codes in, and logs of what is handed on."""
    for stage in stack.of_type("AWS::ApiGateway::Stage").values():
        if stage.get("CacheClusterEnabled") is not False:
            yield "the API has a cache"
        for settings in stage["MethodSettings"]:
            if settings.get("CachingEnabled") is not False:
                yield "the API keeps answers"
            if settings.get("DataTraceEnabled") is not False or settings["LoggingLevel"] != "OFF":
                yield "the API logs passwords"
            if not settings.get("ThrottlingRateLimit") or not settings.get("ThrottlingBurstLimit"):
                yield "the API is not throttled"


def _callers(policy: dict[str, Any]) -> Iterator[str]:
    mine = f"arn:aws:iam::{ACCOUNT}:role/sftp-invocationrole"
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    for caller, expected in (
        (mine, Decision.ALLOWED),
        (f"arn:aws:iam::{ACCOUNT}:role/admin", Decision.EXPLICIT_DENY),
    ):
        call = Call(
            action="execute-api:Invoke",
            resource="execute-api:/prod/GET/servers/s-1/users/dade/config",
            principal=caller,
            context={"aws:PrincipalArn": caller},
        )
        identity = [] if caller == mine else [everything]
        if decide(call, identity=identity, resource=policy) is not expected:
            yield f"the API is not called by whom it should be: {caller}"


def server_is_set_up_explicitly(stack: Stack) -> Iterator[str]:
    """Leave none of the settings to Transfer whose defaults bite."""
    for server in stack.of_type("AWS::Transfer::Server").values():
        if not re.search(r"20(2[4-9])-", server.get("SecurityPolicyName", "")):
            yield "the server has ciphers of long ago"
        if server["Protocols"] != ["SFTP"] or server["Domain"] != "S3":
            yield "the server has another protocol than SFTP over S3"
        if server.get("S3StorageOptions") != {"DirectoryListingOptimization": "ENABLED"}:
            yield "listings take minutes"
        if server.get("ProtocolDetails", {}).get("SetStatOption") != "ENABLE_NO_OP":
            yield "uploads end in an error"
        methods = server["IdentityProviderDetails"].get("SftpAuthenticationMethods", "")
        told = stack.resources["Function"]["Properties"]["Environment"]["Variables"]["METHODS"]
        if methods not in {"PASSWORD", "PUBLIC_KEY_AND_PASSWORD"} or methods != told:
            yield "server and function do not ask for the same"
        if len(server.get("StructuredLogDestinations", [])) != 1 or "LoggingRole" not in server:
            yield "the server keeps no log"
        if (server["EndpointType"] == "VPC") != ("EndpointDetails" in server):
            yield "the endpoint is not where its details are"


def network_reaches_sftp_alone(stack: Stack) -> Iterator[str]:
    for group in stack.of_type("AWS::EC2::SecurityGroup").values():
        opened = [
            each for each in group["SecurityGroupIngress"] if each.get("CidrIp", "")[-2:] == "/0"
        ]
        ports = {(each["FromPort"], each["ToPort"]) for each in group["SecurityGroupIngress"]}
        if opened or not ports or not ports <= {(22, 22), (2222, 2222)}:
            yield "the network reaches more than SFTP"
        if group.get("SecurityGroupEgress", [{}])[0].get("CidrIp") != "127.0.0.1/32":
            yield "the server may begin connections"


def function_has_time_and_its_caller_alone(stack: Stack) -> Iterator[str]:
    function = stack.resources["Function"]["Properties"]
    if function.get("Timeout") != 15:
        yield "the function has another time than Okta's 12 s and some"
    callers = {each["Principal"] for each in stack.of_type("AWS::Lambda::Permission").values()}
    by_api = stack.conditions["ByApi"]
    if callers != {"apigateway.amazonaws.com" if by_api else "transfer.amazonaws.com"}:
        yield "the function is called by others"


def alarms_cover_what_can_go_wrong(stack: Stack) -> Iterator[str]:
    alarms = stack.of_type("AWS::CloudWatch::Alarm")
    metrics = {each["MetricName"] for each in alarms.values()}
    wanted = {"Refusals", "Locks", "Errors", "Duration", "Throttles"}
    if metrics != wanted | ({"ExecutionsFailed"} if stack.conditions["AsksForKey"] else set()):
        yield "an alarm is missing"
    filters = stack.of_type("AWS::Logs::MetricFilter")
    made = {
        (change["MetricNamespace"], change["MetricName"]): each["FilterPattern"]
        for each in filters.values()
        for change in each["MetricTransformations"]
    }
    for name, alarm in alarms.items():
        counted = (alarm["Namespace"], alarm["MetricName"])
        counts_runs = alarm.get("Dimensions", [{}])[0].get("Value") == _RUNS[alarm["Namespace"]]
        if not (counted in made or counts_runs):
            yield f"{name} counts nothing"
        if alarm.get("TreatMissingData") != "notBreaching":
            yield f"{name} rings while nobody signs in"
        if bool(alarm.get("AlarmActions")) != stack.conditions["HasAlarmEmail"]:
            yield f"{name} is not sent"
    locks = made.get(("Ferrygate/sftp", "Locks"), "")
    if set(re.findall(r'"([\w-]+)"', locks)) != _LOCKS:
        yield "the alarm of locks knows other reasons"


def server_that_asks_for_keys_is_watched(stack: Stack) -> Iterator[str]:
    """Hold the check to the server's real methods, to its rights, and to its clock and alarm."""
    checks = stack.of_type("AWS::StepFunctions::StateMachine")
    if len(checks) != stack.conditions["AsksForKey"]:
        yield "the server's methods are checked where nobody needs it, or not at all"
    for name, check in checks.items():
        arn = f"{STACK}-{name.lower()}"
        for methods in (_BOTH, "PUBLIC_KEY_OR_PASSWORD", "PUBLIC_KEY", "PASSWORD", None):
            if run(check["Definition"], methods) != (methods == _BOTH):
                yield f"the check is wrong about {methods}"
        asked = check["Definition"]["States"]["Ask"]
        server = f"arn:aws:transfer:{REGION}:{ACCOUNT}:server/{asked['Parameters']['ServerId']}"
        policies = [each for role, each in _role_policies(stack) if role.startswith(name)]
        for action, resource in (
            ("transfer:DescribeServer", server),
            ("states:StartExecution", arn),
        ):
            call = Call(action=action, resource=resource)
            if decide(call, identity=policies) is not Decision.ALLOWED:
                yield f"the check lacks {action}"
        clocks = stack.of_type("AWS::Events::Rule").values()
        targets = [(clock["ScheduleExpression"], clock["Targets"][0]["Arn"]) for clock in clocks]
        if targets != [("rate(1 hour)", arn)]:
            yield "the check is not made each hour"
        periods = [
            alarm["Period"]
            for alarm in stack.of_type("AWS::CloudWatch::Alarm").values()
            if alarm["Namespace"] == "AWS/States"
        ]
        if periods != [3600]:
            yield "the alarm of the check forgets it before the next one"


RULES: list[Callable[[Stack], Iterator[str]]] = [
    services_come_from_this_account,
    rights_are_narrow,
    function_writes_its_own_log_alone,
    nothing_has_a_fixed_name,
    what_people_stored_is_retained,
    key_is_used_everywhere,
    bucket_is_private,
    api_is_closed,
    api_keeps_nothing,
    server_is_set_up_explicitly,
    network_reaches_sftp_alone,
    function_has_time_and_its_caller_alone,
    alarms_cover_what_can_go_wrong,
    server_that_asks_for_keys_is_watched,
]
