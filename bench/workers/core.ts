// Makes instances of the core, as many as asked for.
import { defaultLimitBytes, Instance } from "../../bindings/boundary/instance.ts";

export default {
  fetch(request: Request): Response {
    const count = Number(new URL(request.url).searchParams.get("n"));
    return Response.json(make(count));
  },
};

function make(count: number): number {
  let made = 0;
  for (let i = 0; i < count; i++) made += new Instance(defaultLimitBytes).isLost ? 0 : 1;
  return made;
}
