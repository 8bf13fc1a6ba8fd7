"""What is masked in answers, and what rules need and must stay."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from planner.observe.raw import Raw
from planner.observe.secrets import MASK, mask_text, mask_user_data, without_secrets
from planner.review.join import missing_to_join
from tests.support.plans import FEASIBLE, plan_example

KEY = "AKIA" + "IOSFODNN7EXAMPLE"
LONG = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"
JWT = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJtZSJ9c2Vj." + "c2lnbmF0dXJl"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("export DB_PASSWORD=hunter2x", "hunter2x"),
        ("password: 'two words'", "two words"),
        ('{"apiToken": "abc.def"}', "abc.def"),
        ('token = "s3cr3t"  # TOML', "s3cr3t"),
        ("agent --license-key 0123abcd --loud", "0123abcd"),
        ("curl --token=zzz1 x", "zzz1"),
        (f"aws configure set x {KEY}", KEY),
        (f"echo {LONG} > key", LONG),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----\n", "MIIabc"),
        ("-----BEGIN PRIVATE KEY-----\nMIIbroken off", "MIIbroken"),
        ("https://b.s3.amazonaws.com/k?X-Amz-Credential=ABC&X-Amz-Signature=f00d&x=1", "f00d"),
        ("git clone https://me:pw0rd@example.com/x", "pw0rd"),
        (f"curl -H 'Authorization: Bearer {JWT}' x", JWT),
        (f"login {JWT}", JWT),
        ("ghp_0123456789abcdefghij0123456789abcdef", "ghp_0123456789"),
        ("echo 'root:toor99' | chpasswd", "toor99"),
        ("password: |\n  line one\n  line two\nother: 1\n", "line two"),
        ("env:\n  - name: MY_SECRET\n    value: hush1\n", "hush1"),
        (f"write: {encoded('PASSWORD=inside-of-base64')}", encoded("PASSWORD=inside-of-base64")),
        ("SECRET_KEY=a1b2; next", "a1b2"),
    ],
)
def test_a_secret_is_masked(text: str, secret: str) -> None:
    assert secret in text
    masked = mask_text(text)
    assert secret not in masked
    assert MASK in masked or "write: " in masked
    assert mask_text(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        'TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token -H "X-aws-ec2-metadata-token-ttl-seconds: 21600")',
        'curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/',
        "/etc/eks/bootstrap.sh prod --b64-cluster-ca LS0tLS1CRUdJTg== --apiserver-endpoint https://x.eks.amazonaws.com",
        '[settings.kubernetes]\nmax-pods = 29\ncluster-name = "prod"\ncluster-certificate = "LS0tLS1CRUdJTg=="\n',
        "--use-max-pods false --kubelet-extra-args '--max-pods=29'",
        "http-tokens: required",
        "export PASSWORD=$SECRET_FROM_VAULT",
    ],
)
def test_what_holds_no_secret_stays(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("name", FEASIBLE)
def test_user_data_of_plans_stays_as_it_is(name: str) -> None:
    for template in plan_example(name).design.launch_templates:  # type: ignore[union-attr]
        assert mask_text(template.user_data) == template.user_data


def test_what_joins_a_node_stays_beside_a_secret() -> None:
    text = (
        "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    name: prod\n"
        "    apiServerEndpoint: https://x.eks.amazonaws.com\n    certificateAuthority: LS0tLS1CRUdJTg==\n"
        "    cidr: 10.100.0.0/16\n---\nexport API_KEY=abcdef123\n"
    )
    clean = base64.b64decode(mask_user_data(encoded(text))).decode()
    assert "abcdef123" not in clean
    assert missing_to_join(clean) == missing_to_join(text)
    assert clean.replace(MASK, "abcdef123") == text


def test_packed_user_data_is_looked_into_and_what_is_no_text_goes() -> None:
    packed = base64.b64encode(gzip.compress(b"PASSWORD=hunter2x\n")).decode()
    assert b"hunter2x" not in base64.b64decode(mask_user_data(packed))
    opaque = base64.b64encode(bytes(range(128, 200))).decode()
    assert base64.b64decode(mask_user_data(opaque)).startswith(MASK.encode())
    assert MASK.encode() in base64.b64decode(mask_user_data(base64.b64encode(b"\x1f\x8bbroken").decode()))


def test_every_answer_is_cleaned() -> None:
    raw = Raw("us-east-1", "prod")
    values = {"env": {"WARM_IP_TARGET": "5", "DD_API_KEY": "k1k2k3"}, "list": [{"name": "A_TOKEN", "value": "t1t2t3"}]}
    raw.put("eks:DescribeAddon", {"configurationValues": json.dumps(values)}, "vpc-cni")
    raw.put("eks:DescribeAddon", {"configurationValues": "env:\n  DB_PASSWORD: p1p2p3\n"}, "other")
    raw.put("ec2:DescribeVpcs", {"Tags": [{"Key": "db-password", "Value": "v1v2v3"}, {"Key": "Name", "Value": KEY}]})
    raw.put("ec2:DescribeLaunchTemplateVersions", {"LaunchTemplateData": {"UserData": encoded("TOKEN=u1u2u3")}}, "lt/1")
    raw.fail("iam:GetRole", f"denied for {KEY}", "node")
    clean = without_secrets(raw)
    text = json.dumps(clean.answers)
    for secret in ("k1k2k3", "t1t2t3", "p1p2p3", "v1v2v3", KEY, encoded("TOKEN=u1u2u3")):
        assert secret not in text
    addon: Any = clean.get("eks:DescribeAddon", "vpc-cni")
    assert json.loads(addon["configurationValues"])["env"]["WARM_IP_TARGET"] == "5"
    assert without_secrets(clean) == clean
