// The entry that the workerd tests run on: the Worker's own, and the object classes of tests.
export { default, KvCatalog, KvObject, KvService, RedisGateway } from "../../../worker/index.ts";
export { Abandoner } from "./abandoner.ts";
export { FragileCatalog, FragileObject } from "./fragile.ts";
export { MuteGateway } from "./mute-gateway.ts";
export { LegacyTenant, Tenant } from "./tenant.ts";
