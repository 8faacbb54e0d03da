import { defineError } from "../../kernel/errors.js";

/** One answer for a wrong password, an unknown address and an inactive account: it tells nobody who exists. */
export const SignInRefused = defineError(
  "SIGN_IN_REFUSED",
  "E-mail address and password do not match an active account.",
  "UNAUTHENTICATED",
);
export const SignInBlocked = defineError(
  "SIGN_IN_BLOCKED",
  "Too many failed attempts for this account. Wait, then try again.",
  "RATE_LIMITED",
);
export const EmailTaken = defineError("EMAIL_TAKEN", "Somebody here has this e-mail address already.");
export const InvitationInvalid = defineError(
  "INVITATION_INVALID",
  "This invitation was used, replaced or has expired. Ask for a new one.",
  "BAD_USER_INPUT",
);
export const LastOwner = defineError("LAST_OWNER", "A tenant keeps at least one active owner.");

export const constraints = { user_account_email_key: EmailTaken };
