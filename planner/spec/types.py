"""Types that spec fields are made of: CIDR blocks, names, quantities, ids."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from planner.spec.quantity import cpu_millicores, memory_bytes


@dataclass(frozen=True, slots=True)
class Or:
    """Says in the JSON Schema that a shorter form may stand instead of the object: text or number."""

    short: str

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": self.short}, handler(core)]}


@dataclass(frozen=True, slots=True)
class OrOne:
    """Says in the JSON Schema that one item may stand instead of a list of it, and null for none."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        many = handler(core)
        return {"anyOf": [many["items"], many, {"type": "null"}]}


class SpecModel(BaseModel):
    """Base of every part of a spec: frozen, camelCase keys, unknown keys refused, no coercion."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


def problem(code: str, summary: str, *, limit: str = "", fix: str = "", source: str = "") -> PydanticCustomError:
    """An error of a field type, carrying what a diagnostic shows."""
    # braces would be read as placeholders of the message template
    context = {"summary": summary, "limit": limit, "fix": fix, "source": source}
    return PydanticCustomError(code, "{summary}", context)


def _network(value: Any, version: int) -> IPv4Network | IPv6Network:
    family = f"IPv{version}"
    example = "10.0.0.0/16" if version == 4 else "2001:db8::/32"
    if not isinstance(value, str):
        raise problem(
            "cidr", f"not {family} CIDR text", limit=f"text such as {example}", fix=f'write it in quotes: "{example}"'
        )
    address, slash, length = value.partition("/")
    if slash and (not length.isascii() or not length.isdecimal() or length != str(int(length[:4]))):
        raise problem(
            "cidr",
            "not a prefix length behind the slash",
            limit=f"a length of 0 to {32 if version == 4 else 128} without leading zeros, such as {example}",
            fix=f"write it as {example}",
        )
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise problem(
            "cidr",
            f"not an {family} CIDR block",
            limit=f"an address and a length such as {example}",
            fix=f"write it as {example}",
        ) from None
    if not slash:
        raise problem(
            "cidr",
            "no prefix length",
            limit=f"an address and a length such as {example}",
            fix=f"write {address}/16, or the length that you mean",
        )
    if network.version != version:
        raise problem(
            "cidr",
            f"an IPv{network.version} block where IPv{version} is needed",
            limit=f"an {family} block such as {example}",
            fix=f"give an {family} block",
        )
    if str(network.network_address) != address:
        raise problem(
            "cidr",
            f"has address bits set beyond /{length}",
            limit=f"the /{length} that holds this address begins at {network.network_address}",
            fix=f"write {network}",
        )
    return network


def ipv4_cidr(value: Any) -> IPv4Network:
    """Read an IPv4 CIDR block. Raises PydanticCustomError with the fix."""
    network = _network(value, 4)
    assert isinstance(network, IPv4Network)  # noqa: S101 - _network checked it
    return network


_CIDR_SCHEMA = {"type": "string", "pattern": r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", "examples": ["10.0.0.0/16"]}

Ipv4Cidr = Annotated[IPv4Network, PlainValidator(ipv4_cidr), PlainSerializer(str), WithJsonSchema(_CIDR_SCHEMA)]
"""An IPv4 CIDR block without host bits."""


def one_or_many(value: Any) -> Any:
    """A single text stands for a list of one."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _any_cidr(value: Any) -> str:
    if isinstance(value, str) and ":" in value:
        return str(_network(value, 6))
    return str(ipv4_cidr(value))


AnyCidr = Annotated[str, PlainValidator(_any_cidr), WithJsonSchema({"type": "string", "examples": ["203.0.113.0/24"]})]
"""An IPv4 or IPv6 CIDR block, kept as text."""


def _matching(pattern: str, what: str, fix: str) -> PlainValidator:
    compiled = re.compile(pattern)

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise problem("text", f"not text but {type(value).__name__}", limit=what, fix="write it in quotes")
        if not compiled.fullmatch(value):
            raise problem("text", f"not {what}", limit=pattern, fix=fix)
        return value

    return PlainValidator(check)


def _text(pattern: str, what: str, fix: str) -> Any:
    return Annotated[str, _matching(pattern, what, fix), WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})]


ClusterName = _text(
    r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}",
    "a cluster name: 1 to 100 letters, digits, - or _, beginning with a letter or digit",
    "shorten it or replace the other characters by -",
)
GroupName = _text(
    r"[0-9A-Za-z][A-Za-z0-9_-]{0,62}",
    "a node group name: 1 to 63 letters, digits, - or _, beginning with a letter or digit",
    "shorten it or replace the other characters by -",
)
Name = _text(
    r"[0-9A-Za-z][A-Za-z0-9._-]{0,62}",
    "a name: 1 to 63 letters, digits, dots, - or _, beginning with a letter or digit",
    "shorten it or replace the other characters by -",
)
NamespacePattern = _text(
    r"[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?",
    "a namespace: 1 to 63 small letters, digits or -, with * and ? as wildcards",
    "write it as the cluster does, such as kube-system, or prod*",
)
VersionText = _text(r"1\.\d{1,2}", "a Kubernetes minor version", 'write it as "1.35"')
CniVersion = _text(
    r"v?\d+\.\d+\.\d+(-eksbuild\.\d+)?", "a VPC CNI version", 'write it as "1.20.4" or "v1.20.4-eksbuild.1"'
)
RegionName = _text(r"[a-z]{2,4}(-[a-z]+)+-\d", "a region name", "write it as eu-west-1")
AccountId = _text(r"\d{12}", "an AWS account id: twelve digits", 'write it as "111122223333"')
VpcId = _text(r"vpc-[0-9a-f]{8,17}", "a VPC id", "write it as vpc-0123456789abcdef0")
DomainName = _text(
    r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", "a domain name", "write it as eu-west-1.compute.internal"
)
_OCTET = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
ServerAddress = _text(rf"{_OCTET}(\.{_OCTET}){{3}}", "an IPv4 address", "write it as 10.0.0.53")
NameServer = _text(
    rf"(AmazonProvidedDNS|{_OCTET}(\.{_OCTET}){{3}})",
    "AmazonProvidedDNS or an IPv4 address",
    "write AmazonProvidedDNS, or an address such as 10.0.0.53",
)
BucketArn = _text(
    r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/=-]{1,200})?",
    "the ARN of an S3 bucket, with or without a folder",
    "write it as arn:aws:s3:::my-flow-logs/eks/",
)
HostedZoneId = _text(r"Z[A-Z0-9]{1,31}", "the id of a Route 53 hosted zone", "write it as Z0123456789ABCDEFGHIJ")
SubnetId = _text(r"subnet-[0-9a-f]{8,17}", "a subnet id", "write it as subnet-0123456789abcdef0")
GroupId = _text(r"sg-[0-9a-f]{8,17}", "a security group id", "write it as sg-0123456789abcdef0")
GatewayId = _text(r"igw-[0-9a-f]{8,17}", "an internet gateway id", "write it as igw-0123456789abcdef0")
KeyArn = _text(
    r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[0-9a-f-]{36}",
    "the ARN of a KMS key (an alias will not do)",
    "write it as arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
)
PosixMode = _text(
    r"[0-7]{3,4}",
    "a mode of three or four octal digits",
    'write it in quotes: "0755"',
)
PrincipalArn = _text(
    r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]{1,575}",
    "the ARN of an IAM role or user (no session, no group, no root)",
    "write it as arn:aws:iam::111122223333:role/my-role",
)
Namespace = _text(
    r"[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?",
    "a Kubernetes namespace, or a pattern with *",
    "write it as payments or dev-*",
)
KeyName = _text(r"[ -~]{1,255}", "the name of an EC2 key pair: 1 to 255 ASCII characters", "write it as my-key")
LaunchTemplateId = _text(r"lt-[0-9a-f]{8,17}", "a launch template id", "write it as lt-0123456789abcdef0")
LaunchTemplateName = _text(
    r"[A-Za-z0-9().\-/_]{3,128}",
    "a launch template name: 3 to 128 letters, digits or ( ) . - / _",
    "write it as my-template",
)
ReservationId = _text(r"cr-[0-9a-f]{8,17}", "a capacity reservation id", "write it as cr-0123456789abcdef0")
ReleaseVersion = _text(
    r"[0-9A-Za-z][0-9A-Za-z.\-]{2,62}",
    "an AMI release version",
    "write it as 1.35.2-20260903 (Bottlerocket: 1.53.0-1a2b3c4d)",
)
AmiId = _text(r"ami-[0-9a-f]{8,17}", "an AMI id", "write it as ami-0123456789abcdef0")
MountPath = _text(
    r"/[A-Za-z0-9._/-]{1,200}", "an absolute path of letters, digits, dots, - and _", "write it as /mnt/k8s-disks/"
)
InstanceTypeName = _text(r"[a-z0-9-]+\.[a-z0-9-]+", "an instance type name", "write it as m7i.large")
ZoneText = _text(r"[a-z0-9-]+", "a zone id or name", "write it as apne2-az1 or ap-northeast-2a")


def _cpu(value: Any) -> int:
    try:
        return cpu_millicores(value)
    except ValueError as error:
        raise problem(
            "quantity",
            str(error),
            limit="cores such as 0.5 or 2, or millicores such as 500m",
            fix="write 500m for half a core",
        ) from None


def _memory(value: Any) -> int:
    try:
        return memory_bytes(value)
    except ValueError as error:
        raise problem(
            "quantity", str(error), limit="bytes with a suffix such as Mi or Gi", fix="write 512Mi or 2Gi"
        ) from None


_QUANTITY = {"anyOf": [{"type": "string"}, {"type": "number"}]}

Cpu = Annotated[int, PlainValidator(_cpu), WithJsonSchema({**_QUANTITY, "examples": ["500m", 2]})]
"""CPU as a Kubernetes quantity, kept in millicores."""
Memory = Annotated[int, PlainValidator(_memory), WithJsonSchema({**_QUANTITY, "examples": ["512Mi", "2Gi"]})]
"""Memory as a Kubernetes quantity, kept in bytes."""

Percent = Annotated[int, Field(ge=0, le=1000)]
Count = Annotated[int, Field(ge=0, le=100_000)]
