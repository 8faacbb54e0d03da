import type { GraphiQLProps } from "graphiql";

type Storage = NonNullable<GraphiQLProps["storage"]>;

/** What is kept beyond the tab: how the explorer looks, nothing of what was typed. */
const lasting = /^graphiql:(theme|.*Flex)$/;

const placeOf = (key: string): globalThis.Storage => (lasting.test(key) ? localStorage : sessionStorage);

/**
 * GraphiQL's memory. Operations and their variables hold a tenant's rows, names and first passwords; kept in
 * local storage they would greet the next person at this browser, so they end with the tab like the session.
 */
export const storage: Storage = {
  getItem: (key) => placeOf(key).getItem(key),
  setItem: (key, value) => placeOf(key).setItem(key, value),
  removeItem: (key) => placeOf(key).removeItem(key),
  get length() {
    return sessionStorage.length;
  },
  clear: () => sessionStorage.clear(),
};
