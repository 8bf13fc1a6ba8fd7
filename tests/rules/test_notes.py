"""The notes with letter R: a design that breaks one is found by the full review, and cites it."""

from __future__ import annotations

from typing import Any

import pytest

from planner.diagnostics import Finding
from planner.review.engine import review
from planner.review.registry import ALL_RULES

from .test_rules import context, design_of


def codes_citing(note: str, base: str, **changes: Any) -> set[str]:
    """Codes of the findings of a full review that cite a note."""
    findings: tuple[Finding, ...] = review(design_of(base, **changes), context()).findings
    return {finding.rule for finding in findings if note in finding.notes}


def test_N04_private_endpoint_off() -> None:
    assert "API003" in codes_citing("N04", "production", set={"cluster.endpoint.private": False})


def test_N04_public_endpoint_open_to_everyone() -> None:
    assert codes_citing("N04", "production", set={"cluster.endpoint.publicCidrs": ["0.0.0.0/0"]}) == {"API002"}


def test_N04_public_blocks_must_hold_the_nodes_nat_addresses() -> None:
    changes = {
        "cluster.endpoint.private": False,
        "natGateways[shop-prod-nat-apne2-az1].publicIps": ["192.0.2.7"],
    }
    assert codes_citing("N04", "production", set=changes) == {"API001", "API003"}


def test_N05_private_endpoint_needs_amazon_dns() -> None:
    assert codes_citing("N05", "production", set={"vpc.domainNameServers": ["10.0.0.53"]}) == {"VPC003"}


@pytest.mark.parametrize(("attribute", "code"), [("dnsSupport", "VPC001"), ("dnsHostnames", "VPC002")])
def test_N05_private_endpoint_needs_both_dns_attributes(attribute: str, code: str) -> None:
    assert codes_citing("N05", "private", set={f"vpc.{attribute}": False}) == {code}


def test_N06_the_control_planes_interfaces_need_room() -> None:
    changes = {"planned": False, "subnets[shop-prod-cluster-apne2-az1].freeAddresses": 3}
    assert codes_citing("N06", "production", set=changes) == {"CSN002"}


@pytest.mark.parametrize("service", ["ec2", "ecr-api", "ecr-dkr", "s3", "eks-auth", "elasticfilesystem"])
def test_N07_isolated_nodes_need_endpoints(service: str) -> None:
    assert codes_citing("N07", "private", remove=[f"vpcEndpoints[vault-{service}]"]) == {"RTE001"}


def test_N07_isolated_nodes_need_the_private_endpoint() -> None:
    changes = {"cluster.endpoint.private": False, "cluster.endpoint.public": True}
    assert codes_citing("N07", "private", set=changes) == {"API004"}


def test_N07_endpoint_security_group_must_let_nodes_in() -> None:
    assert codes_citing("N07", "private", set={"securityGroups[vault-endpoints].rules": []}) == {"RTE007"}


def test_N07_endpoints_need_private_dns() -> None:
    assert codes_citing("N07", "private", set={"vpcEndpoints[vault-ecr-api].privateDns": False}) == {"RTE006"}


def test_N07_endpoints_in_every_zone_with_nodes() -> None:
    changes = {"vpcEndpoints[vault-ec2].subnets": ["vault-node-euc1-az1"]}
    assert codes_citing("N07", "private", set=changes) == {"RTE005"}


def test_N24_groups_in_a_launch_template_drop_the_cluster_security_group() -> None:
    changes = {"launchTemplates[vault-general].securityGroups": ["vault-control-plane"]}
    assert codes_citing("N24", "private", set=changes) == {"RTE007", "SGR002"}


GROUP, TEMPLATE = "nodeGroups[general]", "launchTemplates[hello-general]"
OWN_AMI = {f"{GROUP}.amiType": None, f"{GROUP}.version": None, f"{TEMPLATE}.imageId": "ami-0123456789abcdef0"}


def found(note: str, **changes: Any) -> set[str]:
    """Codes that cite a note, of the minimal example with parts of its group and template changed."""
    names = {"group": GROUP, "template": TEMPLATE}
    plain = {f"{names[part]}.{key}": value for part, keys in changes.items() for key, value in keys.items()}
    return codes_citing(note, "minimal", set=plain)


def test_N14_an_ami_type_that_ended_or_never_fits() -> None:
    assert found("N14", group={"amiType": "AL2_x86_64"}) == {"NGP004"}
    assert found("N14", group={"amiType": "AL2023_ARM_64_STANDARD"}) == {"NGP023"}
    releases = {"releaseVersion": "1.35.1-20260610", "latestRelease": "1.35.2-20260903"}
    assert found("N14", group=releases) == {"NGP005"}


def test_N15_health_and_repair_of_a_group() -> None:
    assert found("N15", group={"healthIssues": ["AccessDenied: no"]}) == {"NGP001"}
    assert found("N15", group={"nodeRepair": {"enabled": False}}) == {"NGP016"}


def test_N17_spot_diversified_and_rebalanced_and_only_said_by_the_group() -> None:
    assert found("N17", group={"capacityType": "SPOT", "capacityRebalance": False}) == {"NGP014", "NGP015"}
    assert found("N17", template={"marketType": "spot"}) == {"NGP021"}
    assert found("N17", template={"marketType": "capacity-block"}) == {"NGP021"}


def test_N19_metadata_service_with_tokens_and_one_hop() -> None:
    assert found("N19", template={"httpTokens": "optional"}) == {"NGP010"}
    assert found("N19", template={"hopLimit": 2}) == {"NGP011"}


def test_N20_a_group_needs_its_launch_template_and_the_control_planes_version() -> None:
    assert found("N20", group={"launchTemplate": None}) == {"NGP020"}
    assert found("N20", group={"launchTemplate": "gone"}) == {"NGP024"}
    assert found("N20", template={"version": 1, "latestVersion": 2}) == {"NGP009"}
    assert found("N20", group={"version": "1.34"}) == {"NGP003"}
    assert found("N20", group={"version": "1.31"}) == {"NGP002", "NGP003"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"template": {"interfaces": [{"deviceIndex": 0, "subnet": "hello-node-use1-az1"}]}}, "NGP006"),
        ({"template": {"instanceProfile": "nodes"}}, "NGP006"),
        ({"template": {"shutdownBehavior": "terminate"}}, "NGP006"),
        ({"template": {"hibernation": True}}, "NGP006"),
        ({"template": {"marketType": "spot"}}, "NGP021"),
        ({"template": {"instanceType": "m7i.large"}}, "NGP007"),
        ({"group": {"diskSize": 20}}, "NGP018"),
        ({"group": {"remoteAccess": {"key": "ops", "sourceGroups": ["hello-control-plane"]}}}, "NGP018"),
        ({"template": {"imageId": "ami-0123456789abcdef0"}}, "NGP019"),
        ({"group": {"tags": {"cost": "1"}}}, "NGP022"),
    ],
    ids=[
        "subnet",
        "instance profile",
        "shutdown behaviour",
        "hibernation",
        "spot request",
        "instance types",
        "disk",
        "SSH",
        "AMI",
        "tags",
    ],
)
def test_N23_every_row_of_launch_template_versus_node_group(changes: dict[str, Any], code: str) -> None:
    assert found("N23", **changes) == {code}


def test_N23_remote_access_without_source_groups_is_open() -> None:
    access = {"remoteAccess": {"key": "ops", "sourceGroups": []}, "launchTemplate": None}
    assert found("N23", group=access) == {"NGP017"}


def test_N24_groups_stand_at_one_level() -> None:
    interfaces = [{"deviceIndex": 0, "securityGroups": ["eks-cluster-sg-hello"]}]
    both = {"securityGroups": ["eks-cluster-sg-hello"], "interfaces": interfaces}
    assert found("N24", template=both) == {"NGP008"}


def test_N25_beside_an_ami_of_your_own_user_data_does_the_join() -> None:
    assert codes_citing("N25", "minimal", set=OWN_AMI) == {"NGP012"}


def test_N26_an_ami_id_leaves_no_room_for_type_and_version() -> None:
    assert found("N26", template={"imageId": "ami-0123456789abcdef0"}) == {"NGP019"}


def test_N27_an_ami_for_the_types() -> None:
    assert found("N27", group={"amiType": "AL2023_ARM_64_STANDARD"}) == {"NGP023"}


def test_N28_volumes_are_encrypted() -> None:
    disks = [{"device": "/dev/xvda", "sizeGib": 50, "encrypted": False}]
    assert found("N28", template={"disks": disks}) == {"NGP013"}


def test_N29_enough_addresses_for_nodes() -> None:
    assert codes_citing("N29", "production", set={"nodeGroups[web].maxSize": 450}) == {"NSN001"}


def test_N29_enough_addresses_for_pods() -> None:
    pods = "subnets[scarce-pod-euw1-az1]"
    changes = {"planned": False, f"{pods}.freeAddresses": 100, f"{pods}.prefixReservations": []}
    assert codes_citing("N29", "custom-networking", set=changes) == {"NSN001", "NSN007", "VPC006"}


def test_N29_cluster_subnets_must_stay() -> None:
    assert codes_citing("N29", "production", remove=["subnets[shop-prod-cluster-apne2-az3]"]) == {"CSN007"}


def test_N29_further_blocks_clear_of_other_networks() -> None:
    changes = {"vpc.secondaryCidrs": ["10.16.128.0/20"]}  # peer-data has 10.16.0.0/16
    assert codes_citing("N29", "production", set=changes) == {"VPC007"}


def test_N29_pods_in_a_block_that_nobody_else_routes() -> None:
    changes = {"subnets[scarce-pod-euw1-az1].cidr": "10.99.64.0/18"}
    assert codes_citing("N29", "custom-networking", set=changes) == {"VPC008"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"set": {"vpc.ipv6": False}}, "VPC009"),
        ({"set": {"subnets[six-node-usw2-az1].ipv6Index": None}}, "NSN002"),
        ({"remove": ["routeTables[six-private-usw2-az1].routes[::/0]"]}, "RTE008"),
    ],
)
def test_N29_ipv6_pods_need_addresses_and_a_way_out(changes: dict[str, Any], code: str) -> None:
    assert codes_citing("N29", "ipv6", **changes) == {code}


@pytest.mark.parametrize(("attribute", "code"), [("dnsSupport", "VPC001"), ("dnsHostnames", "VPC002")])
def test_N30_dns_hostnames_and_resolution_on(attribute: str, code: str) -> None:
    assert codes_citing("N30", "minimal", set={f"vpc.{attribute}": False}) == {code}


@pytest.mark.parametrize(("free", "code"), [(4, "CSN002"), (5, "CSN003")])
def test_N31_six_addresses_in_each_cluster_subnet(free: int, code: str) -> None:
    changes = {"planned": False, "subnets[shop-prod-cluster-apne2-az1].freeAddresses": free}
    assert codes_citing("N31", "production", set=changes) == {code}


def test_N31_sixteen_addresses_are_advised() -> None:
    changes = {
        "planned": False,
        "cluster.subnets": ["shop-prod-node-apne2-az1", "shop-prod-cluster-apne2-az2"],
        "subnets[shop-prod-node-apne2-az1].freeAddresses": 15,
    }
    assert codes_citing("N31", "production", set=changes) == {"CSN004", "CSN008"}


def test_N31_a_dedicated_28_is_as_good_as_sixteen_addresses() -> None:
    changes = {"planned": False, "subnets[shop-prod-cluster-apne2-az1].freeAddresses": 7}
    assert codes_citing("N31", "production", set=changes) == set()


def test_N31_two_zones() -> None:
    assert codes_citing("N31", "minimal", set={"cluster.subnets": ["hello-cluster-use1-az1"]}) == {"CSN001"}


@pytest.mark.parametrize(("change", "code"), [("zoneId=use1-az3", "CSN005"), ("zoneKind=local-zone", "CSN006")])
def test_N31_zones_that_EKS_takes(change: str, code: str) -> None:
    key, _, value = change.partition("=")
    assert codes_citing("N31", "minimal", set={f"subnets[hello-cluster-use1-az4].{key}": value}) == {code}


def test_N31_private_cluster_subnets_are_preferred() -> None:
    changes = {"cluster.subnets": ["hello-public-use1-az1", "hello-cluster-use1-az2"]}
    assert "CSN009" in codes_citing("N31", "minimal", set=changes)


def test_N32_enough_addresses_in_node_subnets() -> None:
    changes = {"subnets[hello-node-use1-az1].freeAddresses": 20}
    assert codes_citing("N32", "minimal", set=changes) == {"NSN001", "NSN006"}


def test_N32_public_nodes_need_public_addresses() -> None:
    changes = {"nodeGroups[general].subnets": "hello-public-use1-az1"}
    assert {"NSN003", "NSN004"} <= codes_citing("N32", "minimal", add=changes)


def test_N32_nodes_in_private_subnets() -> None:
    codes = codes_citing(
        "N32",
        "minimal",
        set={"subnets[hello-public-use1-az1].mapPublicIp": True},
        add={"nodeGroups[general].subnets": "hello-public-use1-az1"},
    )
    assert "NSN004" in codes
    assert "NSN003" not in codes, "public addresses are right there, whatever scanners say"


def test_N32_public_subnets_need_their_route() -> None:
    assert codes_citing("N32", "minimal", set={"routeTables[hello-public].routes": []}) == {"RTE002"}


def test_N32_without_nat_nodes_need_endpoints() -> None:
    changes: dict[str, Any] = {"natGateways": [], "routeTables[hello-private-use1-az1].routes": []}
    assert codes_citing("N32", "minimal", set=changes) == {"RTE001"}


def test_N32_nat_in_every_zone_and_s3_beside_it() -> None:
    changes = {"routeTables[hello-private-use1-az2].routes[0.0.0.0/0].target": "hello-nat-use1-az1", "vpcEndpoints": []}
    assert codes_citing("N32", "minimal", set=changes) == {"RTE003", "RTE010"}


@pytest.mark.parametrize(
    ("tier", "tag", "code"), [("public", "elb", "LBS001"), ("node", "internal-elb", "LBS002")], ids=["elb", "internal"]
)
def test_N33_load_balancer_tags_in_two_zones(tier: str, tag: str, code: str) -> None:
    tags = [f"subnets[hello-{tier}-use1-{zone}].tags[kubernetes.io/role/{tag}]" for zone in ("az1", "az2")]
    assert codes_citing("N33", "minimal", remove=tags) == {code}


def test_N33_tagged_subnets_need_room() -> None:
    changes = {"planned": False, "subnets[hello-public-use1-az1].freeAddresses": 7}
    assert codes_citing("N33", "minimal", set=changes) == {"LBS003"}


def test_N33_tags_agree_with_routes_and_are_the_only_ones() -> None:
    tags = {"kubernetes.io/role/elb": "1"}
    codes = codes_citing("N33", "minimal", add={"subnets[hello-node-use1-az1].tags": tags})
    assert codes == {"LBS004", "LBS005"}


@pytest.mark.parametrize(("block", "code"), [("10.32.240.0/20", "VPC004"), ("100.64.0.0/16", "VPC005")])
def test_N41_service_block_apart_and_allowed(block: str, code: str) -> None:
    assert codes_citing("N41", "production", set={"cluster.serviceCidr": block}) == {code}


def test_N42_zonal_volumes_need_nodes_in_more_than_one_zone() -> None:
    changes = {"nodeGroups[general].subnets": ["hello-node-use1-az1"]}
    assert codes_citing("N42", "minimal", set=changes) == {"NSN005"}


RUNNING: dict[str, Any] = {
    "observed": "2026-11-28T22:00:00+00:00",
    "versions": [],
    "insights": [],
    "addonVersions": [],
    "quotas": [],
}


def test_N03_insights_are_read_before_an_upgrade() -> None:
    insight = {"name": "Kubelet version skew", "category": "UPGRADE_READINESS", "status": "ERROR", "version": "1.36"}
    old = {**insight, "refreshed": "2026-11-20T22:00:00+00:00"}
    changes = {"planned": False, "operations": {**RUNNING, "insights": [old]}}
    assert codes_citing("N03", "minimal", set=changes) == {"UPG003", "UPG004"}


def test_N10_versions_have_their_end_and_their_order() -> None:
    ended = {"version": "1.35", "status": "UNSUPPORTED", "endOfStandardSupport": "2026-03-27"}
    proxy = {"cluster.addons[kube-proxy].version": "v1.31.0-eksbuild.1"}
    changes = {"planned": False, "operations": {**RUNNING, "versions": [ended]}, **proxy}
    assert {"UPG002", "UPG006", "ADD007"} <= codes_citing("N10", "minimal", set=changes)


def test_N18_the_smallest_type_decides_and_addresses_bind() -> None:
    assert "CAP001" in found("N18", group={"instanceTypes": ["m7i.large", "m7i.xlarge"]})
    assert found("N18", group={"maxPods": 110}) == {"CAP006"}


def test_N21_an_update_needs_room_for_its_surge() -> None:
    changes = {"subnets[hello-node-use1-az1].freeAddresses": 119}
    assert codes_citing("N21", "minimal", set=changes) == {"CAP004"}


def test_N27_types_on_xen_take_no_prefixes() -> None:
    assert codes_citing("N27", "production", set={"nodeGroups[web].instanceTypes": ["m4.2xlarge"]}) == {"CAP007"}


def test_N37_more_pods_on_a_node_than_advised() -> None:
    assert codes_citing("N37", "production", set={"nodeGroups[web].maxPods": 200}) == {"CAP008"}


def test_N44_load_balancers_need_eight_addresses() -> None:
    changes = {"planned": False, "subnets[hello-public-use1-az1].freeAddresses": 7}
    assert codes_citing("N44", "minimal", set=changes) == {"LBS003"}


def test_N02_secrets_without_a_key_of_ones_own() -> None:
    assert codes_citing("N02", "minimal", set={"planned": False, "cluster.version": "1.27"}) == {"API006"}
    assert codes_citing("N02", "minimal", set={"planned": False}) == set()  # AWS's own key envelopes them


@pytest.mark.parametrize(("role", "code"), [("hello-cluster", "IAM001"), ("hello-node", "IAM002")])
def test_N36_roles_of_cluster_and_nodes(role: str, code: str) -> None:
    assert codes_citing("N36", "minimal", remove=[f"roles[{role}]"]) == {code}


def test_N43_file_systems_stand_in_every_zone_and_are_encrypted() -> None:
    changes = {"fileSystems[studio-efs-shared].mountTargets": [], "fileSystems[studio-efs-models].encrypted": False}
    assert codes_citing("N43", "shared-storage", set=changes) == {"EFS001", "EFS003"}


def test_N43_mount_targets_let_nodes_in() -> None:
    assert codes_citing("N43", "shared-storage", set={"securityGroups[studio-efs].rules": []}) == {"EFS002"}


def test_every_reviewed_note_is_tested_here() -> None:
    reviewed = {note for rule in ALL_RULES for note in rule.notes}
    tested = {name.split("_")[1] for name in globals() if name.startswith("test_N")}
    assert tested == reviewed


OUT = {"direction": "egress", "protocol": "-1", "fromPort": None, "toPort": None, "peer": "0.0.0.0/0"}


def test_N34_members_of_the_cluster_group_reach_each_other() -> None:
    changes = {"securityGroups[eks-cluster-sg-hello].rules": [OUT]}
    assert codes_citing("N34", "minimal", set=changes) == {"SGR001", "SGR009"}


def test_N35_dns_kubelet_and_the_api_are_the_least() -> None:
    changes = {"securityGroups[eks-cluster-sg-hello].rules": [OUT]}
    assert codes_citing("N35", "minimal", set=changes) == {"SGR001", "SGR004"}
    denies = {"name": "acl", "subnets": ["hello-node-use1-az1"], "default": False, "tags": [], "rules": []}
    assert "ACL002" in codes_citing("N35", "minimal", set={"networkAcls": [denies]})
