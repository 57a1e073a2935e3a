import { z } from 'zod';
import { KUBE_DNS } from '../cloud.ts';

/** A range of addresses, of either family. */
export const cidr = z.union([z.cidrv4(), z.cidrv6()], 'must be a CIDR range, such as 10.42.0.0/16 or fd00::/64');

/** An address, of either family. */
export const address = z.union([z.ipv4(), z.ipv6()], 'must be an IP address, such as 192.0.2.10');

/** Labels or annotations. */
export const strings = z.record(z.string(), z.string());

const nodePort = z
  .int()
  .min(30000, 'must be from 30000 to 32767, the range of node ports')
  .max(32767, 'must be from 30000 to 32767, the range of node ports');

/** Pods that answer DNS queries, on port 53. */
export const dnsPods = z.strictObject({
  /** @default 'kube-system' */
  namespace: z.string().min(1).default(KUBE_DNS.namespace),
  labels: strings.refine(
    (labels) => Object.keys(labels).length > 0,
    'must have a label: all pods of a namespace are too many',
  ),
});

/** How traffic from outside arrives at the gateway, with the client address preserved. */
export const traffic = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('LoadBalancer'),
    /** `loadBalancerClass` of the Service. @default the cluster's own load balancer */
    class: z.string().min(1).optional(),
    /** Annotations of the Service. @default none */
    annotations: strings.optional(),
    /** CIDRs that use the PROXY protocol towards the gateway. @default none: packets keep the client address */
    proxy_protocol_cidrs: z.array(cidr).min(1).optional(),
    /** Target of DNS records. @default the address in the status of the Service */
    address: address.optional(),
  }),
  z.strictObject({
    type: z.literal('NodePort'),
    /** Node port of HTTP: a router in front maps port 80 to it. */
    web_port: nodePort,
    /** Node port of HTTPS: a router in front maps port 443 to it. */
    websecure_port: nodePort,
    /** Target of DNS records: the address of the router, or of a node. */
    address,
    /** Labels of the nodes that receive the traffic. @default all nodes */
    node_labels: strings.optional(),
  }),
]);
