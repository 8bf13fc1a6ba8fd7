"""What moto 5.2 lacks of EKS and EC2, for tests only. ``install()`` before a mock starts.

* CreateCluster makes the cluster security group with EKS's three default rules, puts control-plane
  interfaces into the subnets, says the VPC, and keeps the fields that moto drops; it refuses
  absent subnets and fewer than two zones
* managed node groups keep update and repair settings, and take the cluster's version
* add-ons with Pod Identity associations; access entries and associations of their own (moto_access)
* regional NAT gateways
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends, nat_gateways
from moto.ec2.responses import nat_gateways as nat_responses
from moto.ec2.utils import add_tag_specification
from moto.eks import responses, urls
from moto.eks.exceptions import InvalidParameterException, ResourceInUseException, ResourceNotFoundException
from moto.iam import models as iam_models

from tests.support import (
    moto_access,
    moto_auto,
    moto_efs,
    moto_fargate,
    moto_groups,
    moto_guards,
    moto_looks,
    moto_updates,
    moto_vpc,
)

KEPT = (
    "accessConfig",
    "upgradePolicy",
    "zonalShiftConfig",
    "computeConfig",
    "storageConfig",
    "deletionProtection",
    "controlPlaneScalingConfig",
    "kubeApiServerConfig",
    "kubeControllerManagerConfig",
    "kubeSchedulerConfig",
)
DESCRIPTION = (
    "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
    "as well as any managed workloads."
)
#: Where EKS installs add-ons that do not go to kube-system.
NAMESPACES = {"amazon-cloudwatch-observability": "amazon-cloudwatch", "external-dns": "external-dns"}
_state: dict[str, bool] = {}


def install() -> None:
    """Extend moto once for the process."""
    if _state.get("installed"):
        return
    _state["installed"] = True
    _keep_policies()
    _extend_clusters()
    _extend_node_groups()
    _add_addons()
    _add_regional_nat()
    moto_vpc.install()
    moto_efs.install()
    moto_access.add_access()
    moto_updates.install()
    moto_guards.install()
    moto_looks.install()
    moto_fargate.install()
    moto_auto.install()


def _keep_policies() -> None:
    """Of AWS's thousand managed policies only those that a plan may name: loading all takes seconds."""
    prefixes = (
        "AmazonEKS",
        "AmazonEC2ContainerRegistry",
        "AmazonEBSCSI",
        "AmazonEFSCSI",
        "CloudWatchAgent",
        "AmazonSSM",
    )
    policies = json.loads(iam_models.aws_managed_policies_data)
    kept = {name: policy for name, policy in policies.items() if name.startswith(prefixes)}
    iam_models.aws_managed_policies_data = json.dumps(kept)


def _attribute(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


def _refused(message: str, cluster: str) -> InvalidParameterException:
    return InvalidParameterException(message=message, clusterName=cluster, nodegroupName=None, addonName=None)


def _extend_clusters() -> None:
    create, delete = responses.EKSResponse.create_cluster, responses.EKSResponse.delete_cluster

    def create_cluster(self: Any) -> Any:
        ec2 = ec2_backends[self.current_account][self.region]
        config, name = self._get_param("resourcesVpcConfig"), self._get_param("name")
        subnets = [_subnet(ec2, subnet_id, name) for subnet_id in config["subnetIds"]]
        if len({subnet.availability_zone for subnet in subnets}) < 2:
            raise _refused("Subnets specified must be in at least two different AZs", name)
        answer = create(self)
        cluster = self.eks_backend.clusters[name]
        for key in KEPT:
            value = self._get_param(key)
            if value is not None:
                setattr(cluster, _attribute(key), value)
        group = _cluster_group(ec2, name, subnets[0].vpc_id)
        cluster.made_interfaces = [
            ec2.create_network_interface(
                subnet,
                None,
                group_ids=[group.id, *(config.get("securityGroupIds") or ())],
                description=f"Amazon EKS {name}",
            )
            for subnet in subnets[:2]
        ]
        cluster.addon_table, cluster.identity_table = {}, {}
        moto_access.begin(cluster, self.current_account)
        defaults = {"endpointPublicAccess": True, "endpointPrivateAccess": False, "securityGroupIds": []}
        if config.get("endpointPublicAccess", True):
            defaults["publicAccessCidrs"] = ["0.0.0.0/0"]
        own = {"clusterSecurityGroupId": group.id, "vpcId": subnets[0].vpc_id}
        cluster.resources_vpc_config = {**defaults, **config, **own}
        network = cluster.kubernetes_network_config
        if network.get("ipFamily") == "ipv6":
            network["serviceIpv6Cidr"] = "fd30:1c53:5f8a::/108"
        return answer

    def delete_cluster(self: Any) -> Any:
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        if getattr(cluster, "deletion_protection", False):
            raise _refused("deletionProtection is enabled", cluster.name)
        answer = delete(self)
        ec2 = ec2_backends[self.current_account][self.region]
        for interface in cluster.made_interfaces:
            ec2.delete_network_interface(interface.id)
        ec2.delete_security_group(group_id=cluster.resources_vpc_config["clusterSecurityGroupId"])
        return answer

    responses.EKSResponse.create_cluster = create_cluster
    responses.EKSResponse.delete_cluster = delete_cluster


def _subnet(ec2: Any, subnet_id: str, cluster: str) -> Any:
    found = [subnet for zones in ec2.subnets.values() for subnet in zones.values() if subnet.id == subnet_id]
    if not found:
        raise _refused(f"The subnet ID '{subnet_id}' does not exist", cluster)
    return found[0]


def _cluster_group(ec2: Any, cluster: str, vpc_id: str) -> Any:
    number = uuid.uuid4().int % 10**9
    group = ec2.create_security_group(f"eks-cluster-sg-{cluster}-{number}", DESCRIPTION, vpc_id)
    group.add_tags({"Name": group.name, f"kubernetes.io/cluster/{cluster}": "owned", "aws:eks:cluster-name": cluster})
    itself = [{"GroupId": group.id}]
    ec2.authorize_security_group_ingress(group.id, "-1", None, None, [], source_groups=itself)
    ec2.authorize_security_group_egress(group.id, "-1", None, None, [], source_groups=itself)
    return group


def _extend_node_groups() -> None:
    create = responses.EKSResponse.create_nodegroup

    def create_nodegroup(self: Any) -> Any:
        cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        ec2 = ec2_backends[self.current_account][self.region]
        for subnet_id in self._get_param("subnets") or []:
            if _subnet(ec2, subnet_id, cluster.name).vpc_id != cluster.resources_vpc_config["vpcId"]:
                raise _refused(f"The subnet ID '{subnet_id}' does not exist in the cluster VPC", cluster.name)
        template = self._get_param("launchTemplate")
        if template and template.get("id"):
            made = ec2.get_launch_template(template["id"]).get_version(int(template["version"]))
            for message in moto_groups.refusals(made.data, self._get_param):
                raise _refused(message, cluster.name)
        answer = create(self)
        group = cluster.nodegroups[self._get_param("nodegroupName")]
        group.update_config = self._get_param("updateConfig") or {"maxUnavailable": 1}
        group.node_repair_config = self._get_param("nodeRepairConfig")
        group.warm_pool_config = self._get_param("warmPoolConfig")
        group.version = self._get_param("version") or cluster.version
        role = self._get_param("nodeRole")
        if role not in cluster.entry_table:
            # of Windows groups too, as users of EKS have found: the type of what is there is kept
            moto_access.put_entry(cluster, role, "EC2_LINUX", cluster.born)
        if group.launch_template:
            group.disk_size = group.remote_access = None
            template = ec2.get_launch_template(group.launch_template["id"])
            data = template.get_version(int(group.launch_template["version"])).data
            if data.get("ImageId"):
                group.ami_type = "CUSTOM"
            if data.get("InstanceType"):
                group.instance_types = []
        return answer

    responses.EKSResponse.create_nodegroup = create_nodegroup


def _default_version(cluster: Any, addon: str) -> str:
    """A version as EKS might choose it: kube-proxy's is the cluster's own, others' are of their own count."""
    return f"v{cluster.version}.3-eksbuild.2" if addon == "kube-proxy" else "v1.20.4-eksbuild.1"


def _add_addons() -> None:
    def cluster_of(self: Any) -> Any:
        return self.eks_backend.describe_cluster(self._get_param("name"))

    def arn(self: Any, kind: str, *parts: str) -> str:
        return f"arn:aws:eks:{self.region}:{self.current_account}:{kind}/" + "/".join((*parts, str(uuid.uuid4())))

    def missing(cluster: Any, message: str) -> ResourceNotFoundException:
        return ResourceNotFoundException(
            clusterName=cluster.name, nodegroupName=None, fargateProfileName=None, addonName=None, message=message
        )

    def create_addon(self: Any) -> ActionResult:
        cluster, name = cluster_of(self), self._get_param("addonName")
        if name in cluster.addon_table:
            raise ResourceInUseException(
                clusterName=cluster.name, nodegroupName=None, addonName=name, message="Addon already exists"
            )
        associations = [associate(self, cluster, name, one) for one in self._get_param("podIdentityAssociations") or []]
        addon = {
            "addonName": name,
            "clusterName": cluster.name,
            "status": "ACTIVE",
            "addonArn": arn(self, "addon", cluster.name, name),
            "addonVersion": self._get_param("addonVersion") or _default_version(cluster, name),
            "configurationValues": self._get_param("configurationValues"),
            "podIdentityAssociations": associations,
            "serviceAccountRoleArn": self._get_param("serviceAccountRoleArn"),
            "tags": self._get_param("tags") or {},
            "health": {"issues": []},
            "createdAt": 1.7e9,
            "modifiedAt": 1.7e9,
        }
        cluster.addon_table[name] = {key: value for key, value in addon.items() if value is not None}
        return ActionResult({"addon": cluster.addon_table[name]})

    def associate(self: Any, cluster: Any, addon: str, wanted: dict[str, str]) -> str:
        identity = "a-" + uuid.uuid4().hex[:17]
        one = {
            "clusterName": cluster.name,
            "namespace": NAMESPACES.get(addon, "kube-system"),
            "serviceAccount": wanted["serviceAccount"],
            "roleArn": wanted["roleArn"],
            "associationId": identity,
            "associationArn": arn(self, "podidentityassociation", cluster.name, identity),
            "createdAt": 1.7e9,
            "modifiedAt": 1.7e9,
            "tags": {},
        }
        cluster.identity_table[identity] = one
        return str(one["associationArn"])

    def describe_addon(self: Any) -> ActionResult:
        cluster, name = cluster_of(self), self._get_param("addonName")
        if name not in cluster.addon_table:
            raise missing(cluster, f"No addon: {name}")
        return ActionResult({"addon": cluster.addon_table[name]})

    def delete_addon(self: Any) -> ActionResult:
        cluster, name = cluster_of(self), self._get_param("addonName")
        if name not in cluster.addon_table:
            raise missing(cluster, f"No addon: {name}")
        addon = cluster.addon_table.pop(name)
        for identity, one in list(cluster.identity_table.items()):
            if one["associationArn"] in addon["podIdentityAssociations"]:
                del cluster.identity_table[identity]
        return ActionResult({"addon": addon})

    def list_addons(self: Any) -> ActionResult:
        return ActionResult({"addons": sorted(cluster_of(self).addon_table)})

    def list_associations(self: Any) -> ActionResult:
        keys = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId")
        table = cluster_of(self).identity_table
        return ActionResult({"associations": [{key: one[key] for key in keys} for one in table.values()]})

    def describe_association(self: Any) -> ActionResult:
        cluster, identity = cluster_of(self), self._get_param("associationId")
        if identity not in cluster.identity_table:
            raise missing(cluster, f"No association: {identity}")
        return ActionResult({"association": cluster.identity_table[identity]})

    for function, name in (
        (create_addon, "create_addon"),
        (describe_addon, "describe_addon"),
        (delete_addon, "delete_addon"),
        (list_addons, "list_addons"),
        (list_associations, "list_pod_identity_associations"),
        (describe_association, "describe_pod_identity_association"),
    ):
        setattr(responses.EKSResponse, name, function)
    dispatch = urls.response.dispatch
    for path, key in (("addons", "addonName"), ("pod-identity-associations", "associationId")):
        urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{path}$"] = dispatch
        urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{path}/(?P<{key}>[^/]+)$"] = dispatch


def _add_regional_nat() -> None:
    """A regional NAT gateway has a VPC and no subnet; it is kept without interfaces of its own."""
    create = nat_responses.NatGateways.create_nat_gateway

    def create_nat_gateway(self: Any) -> Any:
        if self._get_param("AvailabilityMode") != "regional":
            return create(self)
        gateway = nat_gateways.NatGateway.__new__(nat_gateways.NatGateway)
        gateway.id = nat_gateways.random_nat_gateway_id()
        gateway.subnet_id, gateway.vpc_id = None, self._get_param("VpcId")
        gateway.address_set, gateway.state, gateway.connectivity_type = [], "available", "public"
        gateway.private_ip, gateway._created_at, gateway.ec2_backend = "", nat_gateways.utcnow(), self.ec2_backend
        gateway.availability_mode = "regional"
        gateway.add_tags(add_tag_specification(self._get_param("TagSpecifications", [])))
        self.ec2_backend.nat_gateways[gateway.id] = gateway
        return ActionResult({"NatGateway": gateway})

    nat_responses.NatGateways.create_nat_gateway = create_nat_gateway
