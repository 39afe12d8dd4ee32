"""Deploys that tests resolve the template for: each parameter that gates something, both ways."""

from __future__ import annotations

from aws.template_model import ACCOUNT, REGION

LEAST = {"OktaAddress": "https://example.okta.com", "SignOnDomain": "example.com"}
VPC = {
    "EndpointType": "VPC",
    "VpcId": "vpc-0123456789abcdef0",
    "SubnetIds": "subnet-1,subnet-2",
    "AllowedNetwork": "203.0.113.0/24",
}
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/given"
PUBLIC_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # of nobody
)
SERVER = "s-00000000000000000"

# The parameters beside LEAST; all of them can be deployed.
DEPLOYS = {
    "least": {},
    "server given": {"ExistingServerId": SERVER},
    "bucket given": {"ExistingBucket": "given-bucket", "EncryptionKey": "none"},
    "bucket and key given": {"ExistingBucket": "given-bucket", "EncryptionKey": KEY_ARN},
    "key given": {"EncryptionKey": KEY_ARN},
    "no key": {"EncryptionKey": "none"},
    "by API": {"IdentityProvider": "API_GATEWAY"},
    "by API, server given": {"IdentityProvider": "API_GATEWAY", "ExistingServerId": SERVER},
    "in a VPC": VPC,
    "in a VPC, with addresses and lists": {
        **VPC,
        "AddressAllocationIds": "eipalloc-1,eipalloc-2",
        "AllowedNetwork": "",
        "AllowedPrefixList": "pl-0123",
        "Port2222": "yes",
    },
    "in a VPC, on two ports": {**VPC, "Port2222": "yes"},
    "on two ports": {"Port2222": "yes"},
    "with IPv6": {"Ipv6": "yes"},
    "with a banner": {"Banner": "Welcome"},
    "with a name": {"CustomName": "sftp.example.com"},
    "with a name and its zone": {"CustomName": "sftp.example.com", "HostedZoneId": "Z0123"},
    "with an access log": {"AccessLogBucket": "log-bucket"},
    "with alarms by mail": {"AlarmEmail": "ops@example.com"},
    "with reserved concurrency": {"ReservedConcurrency": "50"},
    "with keys": {
        "SignInMethods": "PUBLIC_KEY_AND_PASSWORD",
        "Keys": f'{{"dade@example.com":["{PUBLIC_KEY}"]}}',
    },
}
