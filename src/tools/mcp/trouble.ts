/**
 * Says why something could not be had from a server, in words for a model. `away`: it is not connected, and tried again
 * `back`; `refused`: it `said` no; `failed`: it did not come to an answer.
 */
export class ServerTrouble extends Error {
  override name = "ServerTrouble";
  readonly kind: "away" | "refused" | "failed";
  readonly back: number | undefined;
  readonly said: string | undefined;
  constructor(
    message: string,
    about: { kind: ServerTrouble["kind"]; back?: number | undefined; said?: string; cause?: unknown },
  ) {
    super(message, { cause: about.cause });
    this.kind = about.kind;
    this.back = about.back;
    this.said = about.said;
  }
}
