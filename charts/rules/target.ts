/** Matchers of a workload's targets: `scrape` names a job after the namespace and the workload. */
export const jobOf = (namespace: string, workload = namespace): string => `job="${namespace}/${workload}"`;

/** PromQL: holds while no target with these labels answers, also if there is none at all. */
export const noneUp = (matchers: string): string => `absent(up{${matchers}} == 1)`;
