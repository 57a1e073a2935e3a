/** A dashboard, as Grafana reads it; `npm run dashboards` writes it. */
export interface Dashboard {
  /** Its address in Grafana: `/d/<uid>`. */
  readonly uid: string;
  readonly title: string;
  /** At its top; those to other dashboards begin with `/d/<uid>`. */
  readonly links?: readonly { readonly url?: string }[];
}
