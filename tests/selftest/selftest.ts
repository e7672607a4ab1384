// The exports of selftest.wasm (selftest.cc says what each does).

export type SelftestExports = {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  /** The sum, or a failure's code as a negative number. */
  await_many(count: number): number;
  await_deep(depth: number): number;
  call_deep(depth: number): number;
  fill_stack(depth: number): number;
  allow_frames(count: number): void;
  frames_allocated(): number;
  frames_alive(): number;
};

export function instantiate(module: WebAssembly.Module): SelftestExports {
  const { exports } = new WebAssembly.Instance(module, {
    env: { emscripten_notify_memory_growth() {} },
  });
  const selftest = exports as unknown as SelftestExports;
  selftest._initialize();
  return selftest;
}
