/**
 * Seconds that requests which came before the end of the drain may still take. With the drain it must fit into the
 * Deployment's terminationGracePeriodSeconds.
 */
export const FINISH_SECONDS = 15;
