// A member of a user's class, bound to its instance: whatever goes in, whatever comes out.

export type Callable = (...args: readonly unknown[]) => unknown;
