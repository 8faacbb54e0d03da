import type { GraphiQLPlugin } from "@graphiql/react";
import { HISTORY_PLUGIN } from "graphiql";
import { Account } from "./session/account";
import { Training } from "./training/training";

/** Drawn like GraphiQL's own icons, in the colour of the text so that both themes suit. */
const stroke = { fill: "none", stroke: "currentColor", strokeWidth: 1.6, strokeLinecap: "round" } as const;

const AccountIcon = () => (
  <svg viewBox="0 0 24 24" height="1em" aria-hidden="true" {...stroke}>
    <circle cx="12" cy="8" r="4" />
    <path d="M4 21c1-5 4-7 8-7s7 2 8 7" />
  </svg>
);

const TrainingIcon = () => (
  <svg viewBox="0 0 24 24" height="1em" aria-hidden="true" {...stroke}>
    <path d="M3 3v18h18M7 8c2 8 6 9 13 9" />
  </svg>
);

export const accountPlugin: GraphiQLPlugin = { title: "Account", icon: AccountIcon, content: Account };
export const trainingPlugin: GraphiQLPlugin = { title: "Training", icon: TrainingIcon, content: Training };

/** One list for the whole life of the page: GraphiQL sets itself up anew when it gets another. */
export const plugins: GraphiQLPlugin[] = [HISTORY_PLUGIN, accountPlugin, trainingPlugin];
