import type { ServerResponse } from 'node:http'

/** The answers whose clients wait to be told that they may send the body (`Expect: 100-continue`, RFC 9110, section 10.1.1). */
const waiting = new WeakSet<ServerResponse>()

/** Leaves a client waiting until somebody wants its body. */
export function holdBody(response: ServerResponse): void {
  waiting.add(response)
}

/** Tells a client that waits for it to send the body; others hear nothing. */
export function wantBody(response: ServerResponse): void {
  if (waiting.delete(response) && !response.headersSent) response.writeContinue()
}
