# PostgreSQL servers of RDS, each for one component of the cluster, with addresses in the cluster's network alone. Nothing is
# made unless there is one.

locals {
  any   = length(var.databases) > 0 ? ["databases"] : []
  cidrs = length(var.databases) > 0 ? { for i, zone in var.zones : zone => cidrsubnet(var.vpc_cidr, 8, 200 + i) } : {}

  # Role and database, on a server that has no others.
  app  = "app"
  port = 5432
}

# Of their own, after the public ones, so that pods may call them and no other pods. Without a route to the outside.
resource "aws_subnet" "databases" {
  for_each = local.cidrs

  vpc_id            = var.vpc_id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { Name = "${var.name}-databases-${each.key}" }
}

resource "aws_db_subnet_group" "databases" {
  for_each = toset(local.any)

  name       = "${var.name}-databases"
  subnet_ids = [for subnet in aws_subnet.databases : subnet.id]
}

resource "aws_security_group" "databases" {
  for_each = toset(local.any)

  name        = "${var.name}-databases"
  description = "PostgreSQL servers of RDS."
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-databases" }
}

# Pods have addresses of the network; which of them may call a server is up to network policies.
resource "aws_vpc_security_group_ingress_rule" "databases" {
  for_each = toset(local.any)

  security_group_id = aws_security_group.databases[each.key].id
  description       = "PostgreSQL from the cluster."
  cidr_ipv4         = var.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = local.port
  to_port           = local.port
}

resource "aws_db_instance" "this" {
  for_each = var.databases

  identifier        = "${var.name}-${each.key}"
  engine            = "postgres"
  engine_version    = "17"
  instance_class    = each.value.class
  allocated_storage = each.value.storage_gb
  storage_type      = "gp3"
  storage_encrypted = true
  multi_az          = each.value.multi_az
  db_name           = local.app
  port              = local.port

  # A value that nobody knows, and no state has: people set another one by the runbook, which Terraform leaves alone as long as
  # the version stays.
  username            = local.app
  password_wo         = uuid()
  password_wo_version = 1

  # The authority whose certificates the runbook puts into the secret store. Connections without TLS are refused by default.
  ca_cert_identifier     = "rds-ca-rsa2048-g1"
  db_subnet_group_name   = aws_db_subnet_group.databases["databases"].name
  vpc_security_group_ids = [aws_security_group.databases["databases"].id]
  publicly_accessible    = false

  backup_retention_period   = each.value.backup_days
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  final_snapshot_identifier = "${var.name}-${each.key}-final"
  skip_final_snapshot       = false
}
