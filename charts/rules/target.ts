/** Matchers of a workload's targets: `scrape` names a job after the namespace and the workload. */
export const jobOf = (namespace: string, workload = namespace): string => `job="${namespace}/${workload}"`;

/** PromQL of series about objects, with the object's namespace instead of that of the controller that reports them. */
export const namespaced = (series: string): string =>
  `label_replace(${series}, "namespace", "$1", "exported_namespace", "(.+)")`;

/** PromQL: holds while no target with these labels answers, also if there is none at all. */
export const noneUp = (matchers: string): string => `absent(up{${matchers}} == 1)`;
