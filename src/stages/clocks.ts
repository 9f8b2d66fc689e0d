/** Clocks of machines that work together may differ by so much: what waits for an instant allows for it. */
export const clocksDifferMs = 60_000;
