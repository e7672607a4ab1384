// A certificate authority of a test's own, and a server's certificate for 127.0.0.1 and localhost.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The files' paths, and the authority's certificate as text for a client. */
export type Certificates = {
  readonly ca: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
};

/** Makes both in that folder, with keys that nothing else uses. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => run("openssl", args);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const authority = ["req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=kvista tests"];
  await openssl(...authority, "-keyout", path("ca.key"), "-out", path("ca.crt"));
  await openssl(
    ...["req", ...newKey, "-subj", "/CN=localhost"],
    ...["-keyout", path("server.key"), "-out", path("server.csr")],
  );
  await writeFile(path("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  await openssl(
    ...["x509", "-req", "-days", "2", "-in", path("server.csr"), "-extfile", path("names")],
    ...["-CA", path("ca.crt"), "-CAkey", path("ca.key"), "-CAcreateserial"],
    ...["-out", path("server.crt")],
  );
  return {
    ca: await readFile(path("ca.crt"), "utf8"),
    caFile: path("ca.crt"),
    certFile: path("server.crt"),
    keyFile: path("server.key"),
  };
}
