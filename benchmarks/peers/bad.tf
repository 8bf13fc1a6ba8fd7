# The seeded bad design (tests/support/seeded.py) as Terraform, for scanners that read nothing else.
resource "aws_vpc" "bad" {
  cidr_block           = "10.9.0.0/16"
  enable_dns_support   = false
  enable_dns_hostnames = false
}

resource "aws_subnet" "forbidden" {
  vpc_id               = aws_vpc.bad.id
  cidr_block           = "10.9.0.0/28"
  availability_zone_id = "use1-az3"
}

resource "aws_subnet" "small" {
  vpc_id               = aws_vpc.bad.id
  cidr_block           = "10.9.0.16/28"
  availability_zone_id = "use1-az1"
}

# leaves three free addresses
resource "aws_network_interface" "taken" {
  count     = 8
  subnet_id = aws_subnet.forbidden.id
}

resource "aws_iam_role" "cluster" {
  name = "bad-cluster"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "eks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_iam_role" "node" {
  name = "bad-node"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each   = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"])
  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_eks_cluster" "bad" {
  name     = "bad"
  version  = "1.29"
  role_arn = aws_iam_role.cluster.arn
  vpc_config {
    subnet_ids              = [aws_subnet.forbidden.id, aws_subnet.small.id]
    endpoint_public_access  = true
    endpoint_private_access = false
    public_access_cidrs     = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "closed" {
  name        = "closed"
  description = "no rules"
  vpc_id      = aws_vpc.bad.id
  egress      = []
}

resource "aws_launch_template" "bad" {
  name                   = "bad"
  vpc_security_group_ids = [aws_security_group.closed.id]
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 20
      volume_type = "gp3"
      encrypted   = true
    }
  }
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}

resource "aws_eks_node_group" "mixed" {
  cluster_name    = aws_eks_cluster.bad.name
  node_group_name = "mixed"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = [aws_subnet.small.id]
  ami_type        = "AL2_x86_64"
  instance_types  = ["m5.large", "m5.4xlarge"]
  version         = "1.29"
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 50
  }
  launch_template {
    id      = aws_launch_template.bad.id
    version = "1"
  }
}
