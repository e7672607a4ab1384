// Which methods an object has: so that a store can tell what its caller passed.

/** Whether it is an object that has all of these methods. */
export function hasMethods(thing: unknown, ...methods: string[]): boolean {
  if (typeof thing !== "object" || thing === null) return false;
  const object = thing as { [name: string]: unknown };
  return methods.every((method) => typeof object[method] === "function");
}
