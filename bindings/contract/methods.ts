// What an object that a caller passes can do.

/** Whether it has all of these methods. */
export function has(thing: unknown, ...methods: string[]): boolean {
  if (typeof thing !== "object" || thing === null) return false;
  const object = thing as { [name: string]: unknown };
  return methods.every((method) => typeof object[method] === "function");
}
