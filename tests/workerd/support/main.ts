// The entry that the workerd tests run on: the Worker's own, and the object classes of tests.
export { default, KvCatalog, KvObject, KvService } from "../../../worker/index.ts";
export { Abandoner } from "./abandoner.ts";
export { FragileCatalog, FragileObject } from "./fragile.ts";
export { LegacyTenant, Tenant } from "./tenant.ts";
