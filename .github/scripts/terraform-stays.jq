# Says in Markdown what of a cluster stays in the cloud once Terraform has destroyed it, what costs money, and how to find and
# delete it. Input: the state as `terraform show -json` prints it; $kept: pattern of kept addresses; $volumes: the cluster's
# PersistentVolumes, or null if it was not asked, for the reason in $why.

[.values | .. | objects | select(.mode? == "managed")] as $resources
| ([$resources[] | select(.type == "aws_eks_cluster" or .type == "azurerm_kubernetes_cluster")][0]) as $found
| ($found.values // {}) as $cluster
| ($found.type == "aws_eks_cluster") as $aws
| ($cluster.region // ($cluster.arn // "" | split(":")[3]) // "REGION") as $region
| "aws ec2 delete-volume --region \($region) --volume-id" as $delete

| "### What stays in the cloud",
  "",
  (if $volumes == null then
    "\($why), so nothing was asked of the cluster: **this run takes no backup**, and what no earlier one has is lost with the volumes.",
    ""
  else empty end),
  "- The backup store and the DNS zone, which Terraform lets go of: `kept/imports.tf.json` imports them again. Billed per GiB",
  "  stored and month, per request, per key and month, per zone and month. They have these ids:",
  ($resources[] | select(.address | test($kept)) | "  - `\(.values.id)`"),
  (if $found == null then
    "- What a cluster has made is not known: the state has none."
  elif $aws then
    (if $volumes == null then
      "- Load balancers, billed per hour and per unit of capacity, and their security groups. They block the deletion of the network:",
      "  delete them, then run this again. Volumes and snapshots, billed per GiB and month. This lists all of them:",
      "  `aws resourcegroupstaggingapi get-resources --region \($region) --tag-filters Key=eks:eks-cluster-name,Values=\($cluster.name)`,",
      "  and these delete them: `aws elbv2 delete-load-balancer --load-balancer-arn`, `aws ec2 delete-security-group --group-id`,",
      "  `aws ec2 delete-snapshot --snapshot-id`, `\($delete)`."
    else
      "- Load balancers: none, they are deleted with their Services.",
      "- Volumes, billed per GiB and month until they are deleted: \($volumes.items | length).",
      ($volumes.items[] | "  - \(.spec.capacity.storage) of `\(.spec.claimRef.namespace)/\(.spec.claimRef.name)`: `\($delete) \(.spec.csi.volumeHandle)`")
    end)
  else
    "- Load balancers, disks and snapshots: none. Azure deletes the resource group `\($cluster.node_resource_group)`, where all of them are, with the",
    "  cluster, **whatever the reclaim policy of a volume says**. Once this is done, `az group exists --name \($cluster.node_resource_group)`",
    "  prints false; else they are billed per hour, and per GiB provisioned and month, and `az group delete --name \($cluster.node_resource_group)` deletes them.",
    ($volumes.items // [] | .[] | "  - \(.spec.capacity.storage) of `\(.spec.claimRef.namespace)/\(.spec.claimRef.name)`: `\(.spec.csi.volumeHandle)`")
  end)
