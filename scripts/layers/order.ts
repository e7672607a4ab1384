// The order of the rooms: which folder may import which. ARCHITECTURE.md shows it as a picture.

/**
 * The rooms of one language from the lowest to the highest. A file imports from its own room and from lower ones.
 * `stores/*` stands for one room for each store; no store imports another.
 */
export const order = {
  wasm: ["core", "text", "records", "contract", "store", "stores/*", "open", "engine"],
  bindings: [
    "version.ts",
    "contract",
    "boundary/modules",
    "boundary",
    "operation",
    "rpc",
    "records",
    "stores/*",
    "settings",
    "gateway",
    "open",
    "uploadista",
    "entries",
  ],
} as const;

/** Folders that nothing of the first two may import, and that import what they like of them. */
export const above = ["worker", "tests", "bench", "scripts", "examples"];

export type Room = { readonly name: string; readonly height: number };

/** The room of a file, which is named from the repository's root; nothing if it lies in none. */
export function roomOf(file: string): Room | null {
  for (const [language, rooms] of Object.entries(order)) {
    if (!file.startsWith(`${language}/`)) continue;
    const inside = file.slice(language.length + 1);
    // A room within another is named before it.
    const found = rooms
      .map((room, height) => ({ name: nameIn(room, inside), height }))
      .filter(({ name }) => name !== null)
      .sort((a, b) => (b.name as string).length - (a.name as string).length)[0];
    return found === undefined ? null : { name: `${language}/${found.name}`, height: found.height };
  }
  return null;
}

function nameIn(room: string, inside: string): string | null {
  if (!room.endsWith("/*")) return inside === room || inside.startsWith(`${room}/`) ? room : null;
  const [folder, store, ...rest] = inside.split("/");
  return folder === room.slice(0, -2) && rest.length > 0 ? `${folder}/${store}` : null;
}
