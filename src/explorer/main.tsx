// First: Monaco looks for its workers when the first editor appears, and would otherwise run on the main thread.
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./style.css";
import { createRoot } from "react-dom/client";
import { Explorer } from "./explorer";
import { Graph } from "./graph";
import { Services } from "./session/context";
import { Session } from "./session/session";

// Outside React, so that a component mounted twice can never open a second session or socket.
const session = new Session();
const services = { session, graph: new Graph(session) };

const root = document.querySelector("#root");
if (!root) throw new Error("index.html has no #root.");
createRoot(root).render(
  <Services value={services}>
    <Explorer />
  </Services>,
);
