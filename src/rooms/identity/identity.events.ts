import type { DomainEvent } from "../../kernel/events.js";

export type IdentityEvent = DomainEvent & {
  type:
    | "user.invited"
    | "user.joined"
    | "user.updated"
    | "user.passwordChanged"
    | "session.created"
    | "session.refused"
    | "session.reuseDetected"
    | "session.revoked"
    | "apiKey.created"
    | "apiKey.revoked";
};
