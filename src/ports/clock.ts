/** Business time. Leases and timeouts run on wall time instead and do not ask here. */
export interface Clock {
  now(): Date;
}
