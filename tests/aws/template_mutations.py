"""Changes that would make the template worse: what each replaces, and by what."""

from __future__ import annotations

_ACCOUNT = 'Condition: {StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}'
_LAMBDA = "Principal: {Service: lambda.amazonaws.com}\n            Action: sts:AssumeRole"
_PERSON_FILES = "s3:DeleteObject, s3:AbortMultipartUpload]"

# Name: (text of the template, text in its place). Where a text is there several times, its first
# place is changed.
MUTATIONS = {
    "anybody may call the API": ("AuthorizationType: AWS_IAM", "AuthorizationType: NONE"),
    "passwords in API Gateway's log": ("DataTraceEnabled: false", "DataTraceEnabled: true"),
    "requests in API Gateway's log": ('LoggingLevel: "OFF"', "LoggingLevel: INFO"),
    "a cache of answers": ("CacheClusterEnabled: false", "CacheClusterEnabled: true"),
    "cached answers": ("CachingEnabled: false", "CachingEnabled: true"),
    "no throttle": ("ThrottlingRateLimit: 20", "ThrottlingRateLimit: 0"),
    "the account's other roles may call": ("- Effect: Deny", "- Effect: Allow"),
    "another status for errors": (
        'IntegrationResponses: [{StatusCode: "200"}]',
        'IntegrationResponses: [{StatusCode: "500"}]',
    ),
    "a failed API answers with 5xx": (
        'ResponseType: DEFAULT_5XX, StatusCode: "200"',
        'ResponseType: DEFAULT_5XX, StatusCode: "502"',
    ),
    "public ACLs": ("BlockPublicAcls: true", "BlockPublicAcls: false"),
    "a public bucket": ("RestrictPublicBuckets: true", "RestrictPublicBuckets: false"),
    "ACLs": ("BucketOwnerEnforced", "ObjectWriter"),
    "no versions": ("VersioningConfiguration: {Status: Enabled}", ""),
    "unfinished uploads stay": (
        "AbortIncompleteMultipartUpload: {DaysAfterInitiation: 7}",
        "ExpiredObjectDeleteMarker: true",
    ),
    "plain HTTP to the bucket": (
        'Resource: [!GetAtt Bucket.Arn, !Sub "${Bucket.Arn}/*"]',
        "Resource: [!GetAtt Bucket.Arn]",
    ),
    "TLS demanded by nothing": ('"aws:SecureTransport": "false"', '"aws:SecureTransport": "true"'),
    "a bucket that goes with the stack": (
        "Condition: CreateBucket\n    DeletionPolicy: RetainExceptOnCreate",
        "Condition: CreateBucket\n    DeletionPolicy: Delete",
    ),
    "a key that goes with the stack": (
        "DeletionPolicy: RetainExceptOnCreate  # without it",
        "# without it",
    ),
    "a bucket that a failed first deploy leaves behind": (
        "Condition: CreateBucket\n    DeletionPolicy: RetainExceptOnCreate",
        "Condition: CreateBucket\n    DeletionPolicy: Retain",
    ),
    "a bucket without the key": ("SSEAlgorithm: aws:kms", "SSEAlgorithm: AES256"),
    "settings without the key": ("      KmsKeyArn: !If", "      # KmsKeyArn: !If"),
    "logs without the key": ("      KmsKeyId: !If", "      # KmsKeyId: !If"),
    "a key that is never rotated": ("EnableKeyRotation: true", "EnableKeyRotation: false"),
    "a role for other accounts": (_ACCOUNT, ""),
    "the function's role for other accounts": (
        f"{_LAMBDA}\n            {_ACCOUNT}",
        _LAMBDA,
    ),
    "a role with all rights on objects": (_PERSON_FILES, 's3:DeleteObject, "s3:*"]'),
    "a role that removes versions": (_PERSON_FILES, "s3:DeleteObject, s3:DeleteObjectVersion]"),
    "a role for all buckets": (
        "Resource: !If [CreateBucket, !GetAtt Bucket.Arn,",
        'Resource: !If [CreateBucket, "*",',
    ),
    "a role that cannot remove": ("s3:DeleteObject, s3:Abort", "s3:Abort"),
    "a person without the key": (
        "Action: [kms:Decrypt, kms:GenerateDataKey]",
        "Action: [kms:Decrypt]",
    ),
    "the function writes any log": ("Resource: !GetAtt FunctionLogs.Arn", 'Resource: "*"'),
    "the function makes log groups": (
        "Action: [logs:CreateLogStream, logs:PutLogEvents]",
        "Action: [logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents]",
    ),
    "a log group of Lambda's own": ("      LoggingConfig: {", "      # LoggingConfig: {"),
    "any account lets the function be asked": ("      SourceAccount: !Ref AWS::AccountId\n", ""),
    "any server lets the function be asked": (
        "      SourceArn: !If [CreateServer",
        "      # SourceArn: !If [CreateServer",
    ),
    "three seconds for the function": ("      Timeout: 15", "      # Timeout: 15"),
    "ciphers of 2018": ("      SecurityPolicyName: !Sub", "      # SecurityPolicyName: !Sub"),
    "keys or password": (
        "          SftpAuthenticationMethods: !Ref SignInMethods\n      Sec",
        "      Sec",
    ),
    "slow listings": (
        "DirectoryListingOptimization: ENABLED",
        "DirectoryListingOptimization: DISABLED",
    ),
    "refused setstat": ("SetStatOption: ENABLE_NO_OP}  #", "SetStatOption: DEFAULT}  #"),
    "no log of the server": (
        "      StructuredLogDestinations:",
        "      # StructuredLogDestinations:",
    ),
    "FTP": ("Protocols: [SFTP]", "Protocols: [SFTP, FTP]"),
    "a VPC server for the whole world": ("CidrIp: !Ref AllowedNetwork", "CidrIp: 0.0.0.0/0"),
    "all ports": ("FromPort: 22, ToPort: 22", "FromPort: 0, ToPort: 65535"),
    "a server that begins connections": ("CidrIp: 127.0.0.1/32", "CidrIp: 0.0.0.0/0"),
    "a role with a name": (
        "  FunctionRole:\n    Type: AWS::IAM::Role\n    Properties:",
        "  FunctionRole:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: ferrygate",
    ),
    "an alarm that rings at night": (
        "TreatMissingData: notBreaching",
        "TreatMissingData: breaching",
    ),
    "an alarm that counts nothing": ("MetricName: Locks, ", "MetricName: Lock, "),
    "an alarm without accounts": (' || $.reason = "account-locked"', ""),
    "an alarm that is not sent": ("      AlarmActions:", "      # AlarmActions:"),
    "a check that takes any answer": ("Next: Both\n", "Next: Both\n            Default: Both\n"),
    "a check that takes a key alone": (
        "StringEquals: PUBLIC_KEY_AND_PASSWORD",
        "StringEquals: PUBLIC_KEY_OR_PASSWORD",
    ),
    "a check that asks nobody": ("aws-sdk:transfer:describeServer", "aws-sdk:transfer:listServers"),
    "a check without its right": ("transfer:DescribeServer", "transfer:DescribeUser"),
    "a check that nobody may start": ("states:StartExecution", "states:StopExecution"),
    "a check once a day": ("rate(1 hour)", "rate(1 day)"),
    "an alarm about other checks": (
        "Name: StateMachineArn, Value: !Ref MethodsCheck",
        "Name: StateMachineArn, Value: !Ref MethodsCheckRole",
    ),
    "a password in the mapping's clear": (
        '"passwordBase64": "$util.escapeJavaScript($input.params(\'PasswordBase64\'))"',
        '"password": "$util.base64Decode($input.params(\'PasswordBase64\'))"',
    ),
    "a name that is not percent-encoded": (
        "$util.escapeJavaScript($input.params('username'))",
        "$util.urlDecode($input.params('username'))",
    ),
}


def mutated(text: str, name: str) -> str:
    """Change a template.

    Raises:
        ValueError: the template does not have what the mutation replaces.
    """
    old, new = MUTATIONS[name]
    if old not in text:
        raise ValueError(f"{name}: the template does not have {old!r}")
    return text.replace(old, new, 1)
