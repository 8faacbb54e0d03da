import { createContext, useContext, useSyncExternalStore } from "react";
import type { Graph } from "../graph";
import type { Session, SessionState } from "./session";

export const Services = createContext<{ session: Session; graph: Graph } | null>(null);

/** The explorer's session and its way to the server; outside the explorer there is none, which is a mistake. */
export function useServices(): { session: Session; graph: Graph } {
  const services = useContext(Services);
  if (!services) throw new Error("This component works inside the explorer only.");
  return services;
}

export function useSession(): SessionState {
  const { session } = useServices();
  return useSyncExternalStore(session.subscribe, session.snapshot);
}
