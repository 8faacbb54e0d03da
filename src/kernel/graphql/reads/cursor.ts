import { badInput } from "../../errors.js";

/**
 * How a list is ordered: a property of the entity that is never null, and never text of the caller's. Ties are
 * broken by id.
 */
export interface Order {
  readonly property: string;
  readonly direction: "ASC" | "DESC";
}

/** TypeIDs grow with time, so this is the newest first. */
export const newestFirst: Order = { property: "id", direction: "DESC" };

/** The place of one row in an ordered list: its value, as the database writes it, and its id. */
export interface Place {
  readonly value: string;
  readonly id: string;
}

/** `list` names what is listed, so that a cursor of another list is told apart. */
export const encodeCursor = (list: string, { property }: Order, { value, id }: Place): string =>
  Buffer.from(JSON.stringify([list, property, value, id])).toString("base64url");

/** Throws BAD_USER_INPUT for a cursor we did not make, or one made for another list or order. */
export function decodeCursor(cursor: string, list: string, { property }: Order): Place {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parsed) && parsed.length === 4 && parsed.every((part) => typeof part === "string")) {
      const [ofList, ofProperty, value = "", id = ""] = parsed;
      if (ofList === list && ofProperty === property) return { value, id };
    }
  } catch {
    // Falls through to the one answer for every cursor that is not ours.
  }
  throw notOurs();
}

export const notOurs = (): Error =>
  badInput("after", "This cursor is not one of this list in this order. Pass an endCursor of its pageInfo.");
