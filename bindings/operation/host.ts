// What performs the requests of operations: a backend's host implements it, and the drive loop calls it.
import type { HostReply } from "../boundary/host-reply.ts";
import type { HostRequest } from "../boundary/host-request.ts";

/** What one operation keeps with its host, for example a lock. */
export type HostSession = {
  /** Gives everything back. The drive loop calls it when the operation has ended. */
  release?: () => void;
};

export interface Host {
  /**
   * Whether `perform` takes everything that it needs from the requests before it awaits anything. Then
   * the requests are `RequestView`s, which copy nothing.
   */
  readonly takesViews?: boolean;
  /**
   * Performs all requests of one step at the same time, as far as the backend allows. The replies have
   * the order of the requests, and a request that failed has a reply with `thrown`. A promise may stay
   * pending: the operation's deadline ends the wait for it. `null` means that everything was carried
   * out at once and that no reply holds anything, which costs no replies.
   */
  perform(
    requests: readonly HostRequest[],
    session: HostSession,
  ): readonly HostReply[] | null | Promise<readonly HostReply[]>;
}
