"""What a cluster without internet asks of whoever installs things in it (notes N07, N08, N09)."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capacity.brief import Brief
from planner.diagnostics import Diagnostic, Kind, Path
from planner.network.services import controllers
from planner.spec.cluster import ClusterSpec

_PRIVATE = "https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html"
_STS = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html"
_ECR = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html"
_LBC = "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/configurations/"
_CA = "https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md"
_EFS = "https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html"
_KARPENTER = "https://karpenter.sh/docs/reference/settings/"
_SUFFIXES = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}


def check_isolated(brief: Brief) -> Iterator[Diagnostic]:
    """Add-ons that call services without a VPC endpoint: each with what fails and what to do."""
    spec, facts = brief.spec, brief.facts
    if spec.nat != "none":
        return
    table = facts.table("private.unreachable")
    for addon in controllers(spec, facts):
        for call in table.get(addon, ()):
            yield Diagnostic(
                Kind.NOTICE,
                "private-unreachable",
                f"{addon} calls {call['service']}, which has no VPC endpoint here: {call['fails']}",
                path=_where(spec, addon),
                value=str(call["service"]),
                limit="what VPC endpoints lead to (nat: none)",
                fix=str(call["instead"]),
                source=str(call["source"]),
                note="N08",
            )


def _where(spec: ClusterSpec, addon: str) -> Path:
    number = next((number for number, one in enumerate(spec.addons) if one.name == addon), None)
    return ("spec", "nodePools") if number is None else ("spec", "addons", number)


def registry(brief: Brief) -> str | None:
    """The ECR registry that holds EKS's images in this region; None where AWS lists none.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html
    """
    account = brief.facts.table("images.registry_accounts").get(brief.region.name)
    suffix = _SUFFIXES.get(brief.region.partition, "amazonaws.com")
    return f"{account}.dkr.ecr.{brief.region.name}.{suffix}" if account else None


def record_isolated(brief: Brief) -> None:
    """The decisions ``private.*`` of a cluster without a way to the internet."""
    if brief.spec.nat != "none":
        return
    _images(brief)
    _sts(brief)
    _nodes(brief)
    values = {
        "load-balancer-controller": (_load_balancers(brief), _LBC),
        "cluster-autoscaler": (_autoscaler(brief), _CA),
        "aws-efs-csi-driver": (_efs(brief), _EFS),
        "karpenter": (_karpenter(brief), _KARPENTER),
    }
    for name in controllers(brief.spec, brief.facts):
        if name in values:
            settings, source = values[name]
            _helm(brief, name, settings, source)


def _helm(brief: Brief, name: str, settings: dict[str, str], source: str) -> None:
    brief.ledger.add(
        f"private.helm.{name}",
        f"Helm values of {name} in a cluster without internet",
        ", ".join(f"{key}={value}" for key, value in settings.items()),
        inputs=dict(settings),
        explanation=_WHY[name],
        source=source,
        note="N08",
    )


_WHY = {
    "load-balancer-controller": "Shield, WAF and ACM are called unless they are turned off, and the controller waits for answers that never come: it asks ACM only where an HTTPS listener names no certificate, so name each by its ARN (annotation alb.ingress.kubernetes.io/certificate-arn) or plan the endpoint (vpcEndpoints.features: [certificates]); region and VPC are given because pods may not reach the metadata service",
    "cluster-autoscaler": "without the static list it reads instance types from the Price List, which it cannot reach, and stops",
    "aws-efs-csi-driver": "as an EKS add-on it takes its images from this region's registry by itself; installed by Helm it must be told, its sidecars too",
    "karpenter": "isolatedVPC keeps it from asking for prices; it then uses those that it was built with, which age",
}


def _load_balancers(brief: Brief) -> dict[str, str]:
    asked = set(brief.spec.vpc_endpoints.features)
    return {
        "clusterName": brief.name,
        "region": brief.region.name,
        "vpcId": brief.spec.vpc.id or "the stack's output vpcId",
        "enableShield": _yes("shield" in asked),
        "enableWaf": "false",
        "enableWafv2": _yes("waf" in asked),
        **_image(brief, "image.repository", "amazon/aws-load-balancer-controller"),
    }


def _autoscaler(brief: Brief) -> dict[str, str]:
    return {
        "cloudProvider": "aws",
        "awsRegion": brief.region.name,
        "autoDiscovery.clusterName": brief.name,
        "extraArgs.aws-use-static-instance-list": "true",
        "image.repository": "a copy of registry.k8s.io/autoscaling/cluster-autoscaler in your own ECR",
    }


def _efs(brief: Brief) -> dict[str, str]:
    return _image(brief, "image.repository", "eks/aws-efs-csi-driver")


def _karpenter(brief: Brief) -> dict[str, str]:
    return {
        "settings.clusterName": brief.name,
        "settings.isolatedVPC": _yes("pricing" not in brief.spec.vpc_endpoints.features),
        "controller.image.repository": "a copy of public.ecr.aws/karpenter/controller in your own ECR",
    }


def _image(brief: Brief, key: str, repository: str) -> dict[str, str]:
    found = registry(brief)
    return {key: f"{found}/{repository}" if found else f"a copy of {repository} in your own ECR"}


def _yes(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "true" if value else "false"


def _images(brief: Brief) -> None:
    found = registry(brief)
    brief.ledger.add(
        "private.images",
        "Where images come from without internet",
        "ECR of this region, and nothing else",
        inputs={
            "EKS add-ons": f"{found or 'the registry of EKS in this region'}, through the endpoints ecr.api and ecr.dkr; layers through the S3 gateway endpoint",
            "other images": "copies in your own ECR; public.ecr.aws, registry.k8s.io, quay.io, ghcr.io and Docker Hub are out of reach",
            "pull-through cache": "the first pull of each image needs the internet: pull it once from elsewhere",
            "AWS Marketplace": "containers that meter their use call the metering service, which has no VPC endpoint: they cannot run",
            "charts": "copies, as OCI artefacts in ECR; whoever installs them must reach the Kubernetes API",
        },
        explanation="ECR in the VPC is the only registry that nodes without internet reach",
        source=_ECR,
        note="N07",
    )


def _sts(brief: Brief) -> None:
    brief.ledger.add(
        "private.sts",
        "STS without internet",
        "AWS_STS_REGIONAL_ENDPOINTS=regional",
        inputs={"AWS_REGION": brief.region.name},
        explanation="an endpoint stands for the region's own STS only; SDKs of before July 2025 (and every v1 SDK) call the global sts.amazonaws.com unless told, which never answers here. Pods with Pod Identity do not call STS",
        source=_STS,
        note="N07",
    )


def _nodes(brief: Brief) -> None:
    own = sorted(group.name for group in brief.spec.node_groups if group.ami_id)
    brief.ledger.add(
        "private.nodes",
        "How nodes find the cluster without internet",
        "API endpoint and certificate authority in the user data" if own else "EKS tells managed nodes",
        inputs={
            "managed node groups": "EKS puts the cluster's endpoint and certificate authority into their user data",
            **(
                {"groups with an AMI of their own": f"{', '.join(own)}: the plan's user data holds both"} if own else {}
            ),
            "self-managed nodes": "give NodeConfig's spec.cluster.apiServerEndpoint, certificateAuthority and cidr yourself (`eksplan user-data --self-managed` writes it); nodes that look them up need the eks endpoint (vpcEndpoints.features: [eks-api])",
            "time": "the Amazon Time Sync Service answers at 169.254.169.123 without any route",
        },
        explanation="what is told at the start needs no call to the EKS API",
        source=_PRIVATE,
        note="N09",
    )
