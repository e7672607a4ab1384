// A store's setting as one text, `KVISTA_STORE` outside a Worker and `REDIS_URL` in one:
//
//   setting  = "memory:" [options] | "file:" path [options] | redis
//   redis    = ("redis" | "rediss") "://" [login "@"] host ["/" database] [options]
//            | ("redis-cluster" | "rediss-cluster") "://" [login "@"] host *("," host) [options]
//            | ("redis-sentinel" | "rediss-sentinel") "://" [login "@"] host *("," host)
//              "/" master-name ["/" database] [options]
//   login    = [user] [":" password]         ; percent-encoded
//   host     = (name | IPv4 | "[" IPv6 "]") [":" port]
//   options  = "?" name "=" value *("&" name "=" value)
//   path     = a path of the system; "%" and "?" in it percent-encoded
//
// It is parsed here and not in the core, because it configures what the core never sees: a client
// of Redis, its sockets and its TLS. The platform's `URL` parses each host by itself, because it
// knows no list of hosts. The stores decide what the options mean.
import { settingError } from "./setting-error.ts";

/** How to reach Redis. */
export type RedisSetting = {
  readonly kind: "redis" | "redis-cluster" | "redis-sentinel";
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  /** The server, some nodes of the cluster, or the sentinels. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly database: number;
  /** The name by which the sentinels know the master; empty without sentinels. */
  readonly masterName: string;
  readonly options: SettingOptions;
};

export type StoreSetting =
  | { readonly kind: "memory"; readonly options: SettingOptions }
  | { readonly kind: "file"; readonly directory: string; readonly options: SettingOptions }
  | RedisSetting;

/** The options by their names, as text. */
export type SettingOptions = { readonly [name: string]: string };

/** The valid settings, for error messages. */
export const validSettings =
  "memory:, file:./data, redis://USER:PASSWORD@HOST:6379/0, rediss://… (with TLS), " +
  "redis-cluster://HOST:PORT,HOST:PORT and redis-sentinel://HOST:26379,HOST:26379/MASTER " +
  "(with TLS rediss-cluster:// and rediss-sentinel://)";

const loginOptions = ["sentinelUsername", "sentinelPassword"];
const optionsOf: { readonly [kind in StoreSetting["kind"]]: readonly string[] } = {
  memory: ["keyNamespace", "maxBytes", "eviction"],
  file: ["keyNamespace", "durability", "createDirectory"],
  redis: ["keyNamespace"],
  "redis-cluster": ["keyNamespace"],
  "redis-sentinel": ["keyNamespace", ...loginOptions],
};

const serverPort = 6379;
const sentinelPort = 26_379;

/** Parses the setting in the variable of that name; throws `INVALID_ARGUMENT` if it is not valid. */
export function parseStoreUrl(text: string, variable: string): StoreSetting {
  const [, scheme = "", afterScheme = ""] = /^([a-z-]+):(.*)$/s.exec(text) ?? [];
  const [body = "", query = ""] = splitAt(afterScheme, "?");
  const kind = scheme.replace(/^rediss/, "redis");
  if (!isKind(kind)) {
    throw settingError(`${variable} names no store`, `it can be ${validSettings}`);
  }
  const options = parseOptions(query, kind, variable);
  if (kind === "memory") {
    if (body === "") return { kind, options };
    throw settingError(
      `${variable} has a path behind memory:`,
      "it is memory: or memory:?maxBytes=N",
    );
  }
  if (kind === "file") return { kind, directory: parsePath(body, variable), options };
  return { kind, tls: kind !== scheme, options, ...parseAuthority(body, kind, variable) };
}

function isKind(text: string): text is StoreSetting["kind"] {
  return Object.hasOwn(optionsOf, text);
}

function parseOptions(query: string, kind: StoreSetting["kind"], variable: string): SettingOptions {
  const options: { [name: string]: string } = {};
  // A + stands for itself; URLSearchParams would read it as a space, as in a form.
  for (const [name, value] of new URLSearchParams(query.replaceAll("+", "%2B"))) {
    if (!optionsOf[kind].includes(name) || Object.hasOwn(options, name)) {
      const hint = `${kind}: takes ${optionsOf[kind].join(", ")}, each once`;
      throw settingError(`${variable} has an option that is unknown or given twice`, hint);
    }
    options[name] = value;
  }
  return options;
}

function parsePath(body: string, variable: string): string {
  // file:///data is the URL of /data; two slashes alone would name a host.
  const path = decoded(body.replace(/^\/\/(?=\/)/, ""), variable);
  if (/\p{Cc}/u.test(path) || /^~(\/|$)/.test(path)) {
    const hint = "write the directory out: only a shell knows ~, and a line's end is no part of it";
    throw settingError(`${variable} has a path with ~ or a control character`, hint);
  }
  if (path !== "" && !body.startsWith("//")) return path;
  if (path !== "" && body.startsWith("///")) return path;
  throw settingError(`${variable} names no directory`, "it is file:./data or file:/var/lib/data");
}

type Address = Omit<RedisSetting, "kind" | "tls" | "options">;

function parseAuthority(body: string, kind: RedisSetting["kind"], variable: string): Address {
  const usage = `a Redis setting is one of ${validSettings}; percent-encode what is special in a password`;
  const [authority = "", path = ""] = splitAt(body.replace(/^\/\//, ""), "/");
  const login = authority.includes("@") ? authority.slice(0, authority.lastIndexOf("@")) : "";
  const hosts = authority.slice(authority.lastIndexOf("@") + 1).split(",");
  if (!body.startsWith("//") || (kind === "redis" && hosts.length > 1)) {
    throw settingError(`${variable} has not the form of its kind`, usage);
  }
  const parts = path.replace(/\/$/, "").split("/");
  const masterName = kind === "redis-sentinel" ? decoded(parts.shift() ?? "", variable) : "";
  const [database = "", ...more] = parts;
  if (kind === "redis-sentinel" && masterName === "") {
    throw settingError(`${variable} lacks the name of the master`, usage);
  }
  if (more.length > 0 || !/^\d{0,5}$/.test(database) || (kind === "redis-cluster" && path !== "")) {
    throw settingError(`${variable} has a path that is no number of a database`, usage);
  }
  const [username = "", password = ""] = splitAt(login, ":").map((one) => decoded(one, variable));
  return {
    ...(username === "" ? {} : { username }),
    ...(password === "" ? {} : { password }),
    hosts: hosts.map((host) => parseHost(host, kind, variable, usage)),
    database: Number(database),
    masterName,
  };
}

function parseHost(text: string, kind: RedisSetting["kind"], variable: string, usage: string) {
  const url = URL.parse(`redis://${text}`);
  // An IPv6 address can be written in several ways, and URL returns the shortest.
  const isAsIs = url?.host === text || /^\[[\da-f:.]+\](:\d+)?$/i.test(text);
  if (url === null || !isAsIs || url.hostname === "") {
    throw settingError(`${variable} has a host that is none`, usage);
  }
  const usual = kind === "redis-sentinel" ? sentinelPort : serverPort;
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: url.port === "" ? usual : Number(url.port) };
}

// The text before and after the first such character; all of it and nothing if there is none.
function splitAt(text: string, character: string): [string, string] {
  const at = text.indexOf(character);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string, variable: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const hint = "write a % as %25";
    throw settingError(`${variable} has a % that begins no percent-encoding`, hint);
  }
}
