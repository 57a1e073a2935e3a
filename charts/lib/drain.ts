/**
 * Seconds that a pod behind the gateway still answers after it was told to stop: until the gateway has noticed that it
 * goes, and sends it nothing more.
 */
export const DRAIN_SECONDS = 10;
