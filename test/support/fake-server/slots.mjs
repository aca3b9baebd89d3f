// Seats of the fake server: so many requests are served at once, the rest wait in the order of their coming.

/** Seats for `count` requests at once. */
export function slotsOf(count) {
  let free = count;
  const waiting = [];
  return {
    /** Calls `start` when a seat is there; it may be at once. Returns a function that takes it out of the queue, false once it has started. */
    enter(start) {
      if (free > 0) {
        free -= 1;
        start();
        return () => false;
      }
      const entry = { start };
      waiting.push(entry);
      return () => {
        const at = waiting.indexOf(entry);
        if (at >= 0) waiting.splice(at, 1);
        return at >= 0;
      };
    },
    /** Gives the seat to the one who has waited longest. */
    leave() {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next.start();
    },
  };
}
