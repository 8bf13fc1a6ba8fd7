"""The catalogue of rules: an explicit list, in the order of their codes."""

from __future__ import annotations

from planner.review.rule import Rule
from planner.review.rules.addons.add001 import RULE as ADD001
from planner.review.rules.addons.add002 import RULE as ADD002
from planner.review.rules.addons.add003 import RULE as ADD003
from planner.review.rules.addons.add004 import RULE as ADD004
from planner.review.rules.addons.add005 import RULE as ADD005
from planner.review.rules.addons.add006 import RULE as ADD006
from planner.review.rules.addons.add007 import RULE as ADD007
from planner.review.rules.capacity.cap001 import RULE as CAP001
from planner.review.rules.capacity.cap002 import RULE as CAP002
from planner.review.rules.capacity.cap003 import RULE as CAP003
from planner.review.rules.capacity.cap004 import RULE as CAP004
from planner.review.rules.capacity.cap005 import RULE as CAP005
from planner.review.rules.capacity.cap006 import RULE as CAP006
from planner.review.rules.capacity.cap007 import RULE as CAP007
from planner.review.rules.capacity.cap008 import RULE as CAP008
from planner.review.rules.capacity.cap009 import RULE as CAP009
from planner.review.rules.cluster_subnets.csn001 import RULE as CSN001
from planner.review.rules.cluster_subnets.csn002 import RULE as CSN002
from planner.review.rules.cluster_subnets.csn003 import RULE as CSN003
from planner.review.rules.cluster_subnets.csn004 import RULE as CSN004
from planner.review.rules.cluster_subnets.csn005 import RULE as CSN005
from planner.review.rules.cluster_subnets.csn006 import RULE as CSN006
from planner.review.rules.cluster_subnets.csn007 import RULE as CSN007
from planner.review.rules.cluster_subnets.csn008 import RULE as CSN008
from planner.review.rules.cluster_subnets.csn009 import RULE as CSN009
from planner.review.rules.cluster_subnets.csn010 import RULE as CSN010
from planner.review.rules.endpoint.api001 import RULE as API001
from planner.review.rules.endpoint.api002 import RULE as API002
from planner.review.rules.endpoint.api003 import RULE as API003
from planner.review.rules.endpoint.api004 import RULE as API004
from planner.review.rules.endpoint.api005 import RULE as API005
from planner.review.rules.endpoint.api006 import RULE as API006
from planner.review.rules.endpoint.api007 import RULE as API007
from planner.review.rules.endpoint.api008 import RULE as API008
from planner.review.rules.iam.iam001 import RULE as IAM001
from planner.review.rules.iam.iam002 import RULE as IAM002
from planner.review.rules.iam.iam003 import RULE as IAM003
from planner.review.rules.iam.iam004 import RULE as IAM004
from planner.review.rules.iam.iam005 import RULE as IAM005
from planner.review.rules.load_balancers.lbs001 import RULE as LBS001
from planner.review.rules.load_balancers.lbs002 import RULE as LBS002
from planner.review.rules.load_balancers.lbs003 import RULE as LBS003
from planner.review.rules.load_balancers.lbs004 import RULE as LBS004
from planner.review.rules.load_balancers.lbs005 import RULE as LBS005
from planner.review.rules.load_balancers.lbs006 import RULE as LBS006
from planner.review.rules.load_balancers.lbs007 import RULE as LBS007
from planner.review.rules.network_acls.acl001 import RULE as ACL001
from planner.review.rules.network_acls.acl002 import RULE as ACL002
from planner.review.rules.network_acls.acl003 import RULE as ACL003
from planner.review.rules.node_groups.ngp001 import RULE as NGP001
from planner.review.rules.node_groups.ngp002 import RULE as NGP002
from planner.review.rules.node_groups.ngp003 import RULE as NGP003
from planner.review.rules.node_groups.ngp004 import RULE as NGP004
from planner.review.rules.node_groups.ngp005 import RULE as NGP005
from planner.review.rules.node_groups.ngp006 import RULE as NGP006
from planner.review.rules.node_groups.ngp007 import RULE as NGP007
from planner.review.rules.node_groups.ngp008 import RULE as NGP008
from planner.review.rules.node_groups.ngp009 import RULE as NGP009
from planner.review.rules.node_groups.ngp010 import RULE as NGP010
from planner.review.rules.node_groups.ngp011 import RULE as NGP011
from planner.review.rules.node_groups.ngp012 import RULE as NGP012
from planner.review.rules.node_groups.ngp013 import RULE as NGP013
from planner.review.rules.node_groups.ngp014 import RULE as NGP014
from planner.review.rules.node_groups.ngp015 import RULE as NGP015
from planner.review.rules.node_groups.ngp016 import RULE as NGP016
from planner.review.rules.node_groups.ngp017 import RULE as NGP017
from planner.review.rules.node_groups.ngp018 import RULE as NGP018
from planner.review.rules.node_groups.ngp019 import RULE as NGP019
from planner.review.rules.node_groups.ngp020 import RULE as NGP020
from planner.review.rules.node_groups.ngp021 import RULE as NGP021
from planner.review.rules.node_groups.ngp022 import RULE as NGP022
from planner.review.rules.node_groups.ngp023 import RULE as NGP023
from planner.review.rules.node_groups.ngp024 import RULE as NGP024
from planner.review.rules.node_subnets.nsn001 import RULE as NSN001
from planner.review.rules.node_subnets.nsn002 import RULE as NSN002
from planner.review.rules.node_subnets.nsn003 import RULE as NSN003
from planner.review.rules.node_subnets.nsn004 import RULE as NSN004
from planner.review.rules.node_subnets.nsn005 import RULE as NSN005
from planner.review.rules.node_subnets.nsn006 import RULE as NSN006
from planner.review.rules.node_subnets.nsn007 import RULE as NSN007
from planner.review.rules.routes.rte001 import RULE as RTE001
from planner.review.rules.routes.rte002 import RULE as RTE002
from planner.review.rules.routes.rte003 import RULE as RTE003
from planner.review.rules.routes.rte004 import RULE as RTE004
from planner.review.rules.routes.rte005 import RULE as RTE005
from planner.review.rules.routes.rte006 import RULE as RTE006
from planner.review.rules.routes.rte007 import RULE as RTE007
from planner.review.rules.routes.rte008 import RULE as RTE008
from planner.review.rules.routes.rte009 import RULE as RTE009
from planner.review.rules.routes.rte010 import RULE as RTE010
from planner.review.rules.security_groups.sgr001 import RULE as SGR001
from planner.review.rules.security_groups.sgr002 import RULE as SGR002
from planner.review.rules.security_groups.sgr003 import RULE as SGR003
from planner.review.rules.security_groups.sgr004 import RULE as SGR004
from planner.review.rules.security_groups.sgr005 import RULE as SGR005
from planner.review.rules.security_groups.sgr006 import RULE as SGR006
from planner.review.rules.security_groups.sgr007 import RULE as SGR007
from planner.review.rules.security_groups.sgr008 import RULE as SGR008
from planner.review.rules.security_groups.sgr009 import RULE as SGR009
from planner.review.rules.storage.efs001 import RULE as EFS001
from planner.review.rules.storage.efs002 import RULE as EFS002
from planner.review.rules.storage.efs003 import RULE as EFS003
from planner.review.rules.upgrades.upg001 import RULE as UPG001
from planner.review.rules.upgrades.upg002 import RULE as UPG002
from planner.review.rules.upgrades.upg003 import RULE as UPG003
from planner.review.rules.upgrades.upg004 import RULE as UPG004
from planner.review.rules.upgrades.upg005 import RULE as UPG005
from planner.review.rules.upgrades.upg006 import RULE as UPG006
from planner.review.rules.vpc.vpc001 import RULE as VPC001
from planner.review.rules.vpc.vpc002 import RULE as VPC002
from planner.review.rules.vpc.vpc003 import RULE as VPC003
from planner.review.rules.vpc.vpc004 import RULE as VPC004
from planner.review.rules.vpc.vpc005 import RULE as VPC005
from planner.review.rules.vpc.vpc006 import RULE as VPC006
from planner.review.rules.vpc.vpc007 import RULE as VPC007
from planner.review.rules.vpc.vpc008 import RULE as VPC008
from planner.review.rules.vpc.vpc009 import RULE as VPC009

ALL_RULES: tuple[Rule, ...] = (
    VPC001,
    VPC002,
    VPC003,
    VPC004,
    VPC005,
    VPC006,
    VPC007,
    VPC008,
    VPC009,
    CSN001,
    CSN002,
    CSN003,
    CSN004,
    CSN005,
    CSN006,
    CSN007,
    CSN008,
    CSN009,
    CSN010,
    NSN001,
    NSN002,
    NSN003,
    NSN004,
    NSN005,
    NSN006,
    NSN007,
    LBS001,
    LBS002,
    LBS003,
    LBS004,
    LBS005,
    LBS006,
    LBS007,
    RTE001,
    RTE002,
    RTE003,
    RTE004,
    RTE005,
    RTE006,
    RTE007,
    RTE008,
    RTE009,
    RTE010,
    SGR001,
    SGR002,
    SGR003,
    SGR004,
    SGR005,
    SGR006,
    SGR007,
    SGR008,
    SGR009,
    ACL001,
    ACL002,
    ACL003,
    API001,
    API002,
    API003,
    API004,
    API005,
    API006,
    API007,
    API008,
    IAM001,
    IAM002,
    IAM003,
    IAM004,
    IAM005,
    EFS001,
    EFS002,
    EFS003,
    NGP001,
    NGP002,
    NGP003,
    NGP004,
    NGP005,
    NGP006,
    NGP007,
    NGP008,
    NGP009,
    NGP010,
    NGP011,
    NGP012,
    NGP013,
    NGP014,
    NGP015,
    NGP016,
    NGP017,
    NGP018,
    NGP019,
    NGP020,
    NGP021,
    NGP022,
    NGP023,
    NGP024,
    CAP001,
    CAP002,
    CAP003,
    CAP004,
    CAP005,
    CAP006,
    CAP007,
    CAP008,
    CAP009,
    UPG001,
    UPG002,
    UPG003,
    UPG004,
    UPG005,
    UPG006,
    ADD001,
    ADD002,
    ADD003,
    ADD004,
    ADD005,
    ADD006,
    ADD007,
)

_BY_CODE = {rule.code: rule for rule in ALL_RULES} | {rule.name: rule for rule in ALL_RULES}


def rule_by_code(text: str) -> Rule | None:
    """The rule with this code (in any case) or name, or None."""
    return _BY_CODE.get(text.upper()) or _BY_CODE.get(text.lower())
