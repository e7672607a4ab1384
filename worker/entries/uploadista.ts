// The entry kvista/worker/uploadista: the classes that Uploadista's own clients call, for a Worker
// to export. It does not need the package effect.
export * from "../../bindings/entries/contract.ts";
export { FlowJobObject } from "../../bindings/uploadista/flow-job-object.ts";
export { UploadFileObject } from "../../bindings/uploadista/upload-file-object.ts";
