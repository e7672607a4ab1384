// The code of an error of the file system.

/** Such as "ENOENT"; `undefined` if the error has no code. */
export function errnoOf(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException | null)?.code;
}
