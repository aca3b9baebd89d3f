// What each figure means, printed with the figures because tools disagree: what one calls latency another calls service time.

/** In the order in which a reader meets them. */
export const formulas = [
  { name: 'latency', meaning: 'end − intended start, of requests that ended well; waiting for a busy client or server is in it' },
  { name: 'service', meaning: 'end − sent: what a tool without a schedule calls latency' },
  { name: 'TTFT', meaning: 'time to first token: first piece of output − intended start' },
  { name: 'ITL', meaning: 'inter-token latency: every gap between two pieces of one stream, of all streams together' },
  { name: 'TPOT', meaning: 'time per output token: (end − first token) ÷ (tokens out − 1), one value a request' },
  { name: 'send lag', meaning: 'sent − intended start: how far the client itself was behind' },
  {
    name: 'goodput',
    meaning:
      'requests that ended well and kept the service level ÷ all intended ones whose client did not mean to leave, and how many a second',
  },
  { name: 'quantiles', meaning: 'by rank, of all values, none interpolated; warm-up requests are in none of them' },
] as const;
