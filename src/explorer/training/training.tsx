import { Button, useGraphiQL } from "@graphiql/react";
import { type SubmitEvent, useState } from "react";
import { typed } from "../form";
import { Chart } from "./chart";
import { type Course, useTraining } from "./use-training";

/** The pane that draws a training while it runs. */
export function Training() {
  const known = useGraphiQL((state) => jobIn(state.tabs));
  const [jobId, setJobId] = useState("");
  const course = useTraining(jobId);
  const follow = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setJobId(typed(event.currentTarget, "jobId").trim());
  };
  return (
    <div className="tenfold-training">
      <h2>Training</h2>
      <form onSubmit={follow}>
        <label>
          Job id
          {/* Keyed by the id, so that a training started meanwhile takes the place of the old one. */}
          <input key={known} name="jobId" defaultValue={known} spellCheck={false} required />
        </label>
        <Button type="submit">Follow</Button>
      </form>
      {jobId && <Shown course={course} />}
    </div>
  );
}

function Shown({ course: { points, last, error } }: { course: Course }) {
  const epochs = last?.epochs ?? points.at(-1)?.epoch ?? 1;
  return (
    <>
      <p className="tenfold-error" role="alert">
        {error}
      </p>
      {!error && (
        <p role="status" className="tenfold-status">
          {last
            ? `${last.status.toLowerCase()} · epoch ${last.epoch} of ${last.epochs}${left(last.etaMs)}`
            : "Waiting for the first epoch …"}
        </p>
      )}
      <Chart
        title="Loss"
        epochs={epochs}
        points={points}
        series={[
          ["loss", "training"],
          ["valLoss", "validation"],
        ]}
      />
      <Chart
        title="Accuracy"
        epochs={epochs}
        points={points}
        series={[
          ["accuracy", "training"],
          ["valAccuracy", "validation"],
        ]}
      />
    </>
  );
}

const left = (etaMs: number | null | undefined): string =>
  etaMs ? ` · ${Math.ceil(etaMs / 1000)} s left` : "";

/** The job that the journey's tabs speak of, if a training was started from them. */
function jobIn(tabs: readonly { variables?: string | null }[]): string {
  const found = tabs.map(({ variables }) => /"jobId"\s*:\s*"([^"]+)"/.exec(variables ?? "")?.[1]);
  return found.find((id) => id !== undefined) ?? "";
}
