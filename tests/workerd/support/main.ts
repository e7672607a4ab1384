// The entry that the workerd tests run on: the Worker's own, and the object classes of tests.

export { FlowJobObject } from "../../../bindings/uploadista/flow-job-object.ts";
export { UploadFileObject } from "../../../bindings/uploadista/upload-file-object.ts";
export { default, KvCatalog, KvObject, KvService, RedisGateway } from "../../../worker/index.ts";
export { Abandoner } from "./abandoner.ts";
export { FragileCatalog, FragileObject } from "./fragile.ts";
export { MuteGateway } from "./mute-gateway.ts";
export { OwnUploadFile } from "./own-upload-file.ts";
export { LegacyTenant, Tenant } from "./tenant.ts";
