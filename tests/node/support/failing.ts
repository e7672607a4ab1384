// The failure of a promise that must fail, as the KvError that it must be.
import { expect } from "vitest";
import { KvError } from "../../../bindings/contract/errors.ts";

export async function failureOf(promise: Promise<unknown>): Promise<KvError> {
  const [outcome] = await Promise.allSettled([promise]);
  if (outcome?.status !== "rejected") expect.fail("it succeeded, and it had to fail");
  expect(outcome.reason).toBeInstanceOf(KvError);
  return outcome.reason as KvError;
}

export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await failureOf(promise)).code;
}
