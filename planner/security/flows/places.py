"""Where the actors of a cluster stand in a design: their subnets and security groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planner.design import Design, LaunchTemplate, NetworkInterface, NodeGroup, Subnet, Unknown
from planner.security.flows.buckets import FEW, Bucket, buckets
from planner.security.intents.model import Actor, Who
from planner.security.names import efs_group_name, load_balancer_group_name, pod_group_name
from planner.security.reach.addresses import of_amazon
from planner.security.reach.engine import RESOLVERS
from planner.security.reach.model import Outside, Party, Place, Service

LINUX_PORTS = (32768, 60999)
"""net.ipv4.ip_local_port_range of Linux; https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html"""
WINDOWS_PORTS = (49152, 65535)
ANY_PORTS = (1024, 65535)
METADATA = "169.254.169.254/32"
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html"""
INTERNET_BLOCKS = {4: "0.0.0.0/0", 6: "::/0"}


@dataclass(frozen=True, slots=True)
class Standing:
    """An actor's parties, or why they are not known."""

    parties: tuple[Party, ...]
    unknown: Unknown | None = None


class Places:
    """Parties of a design's actors."""

    def __init__(self, design: Design, few: int = FEW) -> None:
        self.design = design
        self._few = few
        cluster = design.cluster
        self._standings: dict[tuple[Actor, int], Standing] = {}
        self._buckets: dict[tuple[Standing, bool], tuple[Bucket, ...]] = {}
        self._own = (cluster.cluster_security_group,) if cluster and cluster.cluster_security_group else ()

    def buckets(self, standing: Standing, *, inside: bool) -> tuple[Bucket, ...]:
        """The parties of a standing, alike ones together; ``inside`` if they are asked about places only."""
        key = (standing, inside)
        if key not in self._buckets:
            self._buckets[key] = buckets(self.design, standing.parties, self._few, inside=inside)
        return self._buckets[key]

    def of(self, actor: Actor, family: int = 4) -> Standing:
        """Where an actor stands."""
        if (actor, family) not in self._standings:
            self._standings[actor, family] = self._find(actor, family)
        return self._standings[actor, family]

    def _find(self, actor: Actor, family: int) -> Standing:
        who, name = actor.who, self.design.cluster.name if self.design.cluster else ""
        if who is Who.SERVICE:
            return Standing((Service(actor.name, actor.name),))
        if who is Who.INTERNET:
            return Standing((Outside("internet", INTERNET_BLOCKS[family]),))
        if who is Who.OUTSIDE:
            return Standing((Outside(actor.name, actor.name),))
        if who is Who.METADATA:
            return Standing((Outside("instance metadata", METADATA),))
        if who is Who.RESOLVER:
            return self._resolver()
        if who is Who.CONTROL_PLANE:
            return self._control_plane()
        if who is Who.NODES:
            return self._nodes()
        if who is Who.PODS:
            return self._pods()
        groups = {
            Who.FARGATE: self._own,
            Who.EFS: (efs_group_name(name),),
            Who.LOAD_BALANCERS: (load_balancer_group_name(name),),
            Who.POD_GROUP: (pod_group_name(name, actor.name),),
        }[who]
        label = f"pods of {actor.name}" if who is Who.POD_GROUP else str(who)
        ports = ANY_PORTS if who is Who.LOAD_BALANCERS else LINUX_PORTS
        return self._beside_nodes(label, groups, ports, branch=who is Who.POD_GROUP and self._strict())

    def _resolver(self) -> Standing:
        """Amazon's resolver, or the name servers of the DHCP options: interfaces of the VPC where they are seen."""
        servers = self.design.vpc.domain_name_servers
        if isinstance(servers, Unknown):
            return Standing((Outside("VPC resolver", RESOLVERS[0]),), servers)
        if not servers:
            return Standing((), Unknown("ec2:DescribeDhcpOptions", "the DHCP options name no name server"))
        if of_amazon(self.design.vpc, servers):
            return Standing((Outside("VPC resolver", RESOLVERS[0]),))
        return Standing(tuple(self._server(one) for one in servers))

    def _server(self, address: str) -> Party:
        label = f"name server {address}"
        for one in self._interfaces():
            if address in one.addresses:
                return Place(label, one.subnet, one.security_groups, (address,), ephemeral=ANY_PORTS)
        return Outside(label, address)

    def _control_plane(self) -> Standing:
        """EKS's own interfaces: those that are seen, else one in every cluster subnet."""
        cluster = self.design.cluster
        if cluster is None:
            return Standing(())
        seen = [one for one in self._interfaces() if one.description == f"Amazon EKS {cluster.name}"]
        if seen:
            return Standing(
                _distinct(
                    Place(
                        f"control plane in {one.subnet}",
                        one.subnet,
                        one.security_groups,
                        one.addresses,
                        ephemeral=LINUX_PORTS,
                    )
                    for one in seen
                )
            )
        if not self._own:
            return Standing((), Unknown("eks:DescribeCluster", "no cluster security group in the answer"))
        groups = tuple(sorted({*self._own, *cluster.security_groups}))
        return Standing(
            tuple(
                Place(f"control plane in {subnet.zone}", subnet.name, groups, ephemeral=LINUX_PORTS)
                for subnet in self.design.named_subnets(cluster.subnets)
            )
        )

    def _nodes(self) -> Standing:
        groups, templates = self.design.node_groups, self.design.launch_templates
        if isinstance(groups, Unknown):
            return Standing((), groups)
        by_name: dict[str, LaunchTemplate] = (
            {} if isinstance(templates, Unknown) else {one.name: one for one in templates}
        )
        found: list[Place] = []
        for group in groups:
            carried = self._groups_of(group, by_name)
            if not carried:
                why = templates if isinstance(templates, Unknown) else None
                return Standing((), why or Unknown("eks:DescribeCluster", "no cluster security group in the answer"))
            windows = (group.ami_type or "").startswith("WINDOWS")
            found += [
                Place(
                    f"nodes of {group.name} in {subnet.zone}",
                    subnet.name,
                    carried,
                    public=subnet.map_public_ip is True,
                    ephemeral=WINDOWS_PORTS if windows else LINUX_PORTS,
                )
                for subnet in self.design.named_subnets(group.subnets)
            ]
        found += self._other_nodes()
        found += self._of_karpenter({(place.subnet, place.groups) for place in found})
        found += self._of_auto_mode({(place.subnet, place.groups) for place in found})
        return Standing(_distinct(found))

    def _groups_of(self, group: NodeGroup, templates: dict[str, LaunchTemplate]) -> tuple[str, ...]:
        """Groups of a managed node: those of its launch template, else the cluster security group."""
        if group.launch_template is None:
            return self._own
        template = templates.get(group.launch_template)
        if template is None:
            return ()
        return template.primary_groups or self._own

    def _of_karpenter(self, known: set[tuple[str, tuple[str, ...]]]) -> Iterator[Place]:
        """Where Karpenter may start nodes: in the subnets and with the groups that it discovers by their tag,
        or with the cluster security group; ``known`` subnets with their groups stand for others already.

        Source: https://karpenter.sh/docs/concepts/nodeclasses/
        """
        cluster, groups = self.design.cluster, self.design.security_groups
        if cluster is None or isinstance(groups, Unknown):
            return
        tag = ("karpenter.sh/discovery", cluster.name)
        discovered = tuple(sorted(one.name for one in groups if tag in one.tags)) or self._own
        for subnet in self.design.subnets:
            if subnet.tag(tag[0]) == tag[1] and (subnet.name, discovered) not in known:
                public = subnet.map_public_ip is True
                label = f"nodes of Karpenter in {subnet.zone}"
                yield Place(label, subnet.name, discovered, public=public, ephemeral=LINUX_PORTS)

    def _of_auto_mode(self, known: set[tuple[str, tuple[str, ...]]]) -> Iterator[Place]:
        """Where built-in pools of EKS Auto Mode start nodes: in the cluster's subnets, with the cluster security
        group. Of other pools a NodeClass decides, which is no part of a design.

        Source: https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html
        """
        cluster = self.design.cluster
        if cluster is None or cluster.auto_mode is None or not cluster.auto_mode.node_pools:
            return
        for subnet in self.design.named_subnets(cluster.subnets):
            if (subnet.name, self._own) not in known:
                public = subnet.map_public_ip is True
                label = f"nodes of Auto Mode in {subnet.zone}"
                yield Place(label, subnet.name, self._own, public=public, ephemeral=LINUX_PORTS)

    def _other_nodes(self) -> Iterator[Place]:
        """Nodes that nobody's node group has (Karpenter, Auto Mode, self-managed), by their interfaces."""
        cluster = self.design.cluster
        if cluster is None:
            return
        marks = {("cluster.k8s.amazonaws.com/name", cluster.name), (f"kubernetes.io/cluster/{cluster.name}", "owned")}
        for one in self._interfaces():
            if one.instance and marks & set(one.tags):
                subnet = self.design.subnet(one.subnet)
                yield Place(
                    f"nodes in {subnet.zone if subnet else one.subnet}",
                    one.subnet,
                    one.security_groups,
                    public=one.public_ip is not None,
                    ephemeral=LINUX_PORTS,
                )

    def _pods(self) -> Standing:
        """Pods stand where their nodes do; with custom networking in the subnets of the ENIConfigs."""
        addon = self.design.cluster.addon("vpc-cni") if self.design.cluster else None
        nodes = self._nodes()
        if addon is None or not addon.eni_configs:
            renamed = tuple(
                Place(
                    one.label.replace("nodes", "pods", 1), one.subnet, one.groups, public=False, ephemeral=one.ephemeral
                )
                for one in nodes.parties
                if isinstance(one, Place)
            )
            return Standing(renamed, nodes.unknown)
        of_nodes = [one.groups for one in nodes.parties if isinstance(one, Place)]
        found = [
            Place(
                f"pods in {config.zone}",
                config.subnet,
                tuple(sorted(config.security_groups)) or groups,
                ephemeral=LINUX_PORTS,
            )
            for config in addon.eni_configs
            for groups in dict.fromkeys(of_nodes)
        ]
        return Standing(_distinct(found), nodes.unknown)

    def _strict(self) -> bool:
        """Whether pods with groups of their own bypass their node; the CNI's default."""
        addon = self.design.cluster.addon("vpc-cni") if self.design.cluster else None
        return addon is None or '"POD_SECURITY_GROUP_ENFORCING_MODE":"standard"' not in addon.configuration

    def _beside_nodes(
        self, label: str, groups: tuple[str, ...], ports: tuple[int, int], *, branch: bool = False
    ) -> Standing:
        """Actors in the subnets of the nodes, with groups of their own."""
        nodes = self._nodes()
        subnets = {one.subnet for one in nodes.parties if isinstance(one, Place)}
        if label == Who.FARGATE:
            subnets = self._of_profiles() or self._private(subnets)
        found = [
            Place(f"{label} in {subnet.zone}", subnet.name, groups, ephemeral=ports, branch=branch)
            for subnet in self.design.subnets
            if subnet.name in subnets
        ]
        return Standing(tuple(found), nodes.unknown)

    def _of_profiles(self) -> set[str]:
        """Subnets that the Fargate profiles name."""
        profiles = self.design.fargate_profiles
        return set() if isinstance(profiles, Unknown) else {name for one in profiles for name in one.subnets}

    def _private(self, subnets: set[str]) -> set[str]:
        """Where Fargate runs: private subnets only, those of nodes or else those for internal load balancers.

        Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html
        """
        private = [one for one in self.design.subnets if one.map_public_ip is not True]
        of_nodes = {one.name for one in private if one.name in subnets}
        return of_nodes or {one.name for one in private if one.tag("kubernetes.io/role/internal-elb")}

    def _interfaces(self) -> tuple[NetworkInterface, ...]:
        seen = self.design.interfaces
        return () if seen is None or isinstance(seen, Unknown) else seen

    def zone(self, party: Party) -> str:
        """The zone that a party stands in; its label for what has none."""
        if isinstance(party, Place):
            subnet: Subnet | None = self.design.subnet(party.subnet)
            return subnet.zone if subnet else party.subnet
        return party.label


def _distinct(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each place once: alike ones answer alike."""
    return tuple(dict.fromkeys(places))
