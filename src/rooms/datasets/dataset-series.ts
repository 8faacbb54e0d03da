import { badInput, NotFound } from "../../kernel/errors.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { Dataset, DatasetFormat } from "./dataset.entity.js";

/** The place of a new dataset: the first of a series of its own, or the next version after `parentId`. */
type SeriesPlace = Pick<Dataset, "seriesId" | "version" | "parentId">;

/**
 * Finds the next version of the parent's series. All its rows are locked, so that two who add at the same time get two
 * numbers. Throws NOT_FOUND, for a foreign id too; BAD_USER_INPUT where a table would follow images.
 */
export async function placeAfter(
  work: UnitOfWork,
  parentId: string,
  { format }: Pick<Dataset, "format">,
): Promise<SeriesPlace> {
  const parent = await work.manager.findOneBy(Dataset, { id: parentId });
  if (!parent) throw new NotFound("There is no such dataset.");
  if ((parent.format === DatasetFormat.IMAGES) !== (format === DatasetFormat.IMAGES))
    throw badInput("format", `A version of a dataset in ${parent.format} can't be in ${format}.`);
  const { seriesId } = parent;
  await work.query("select id from dataset where series_id = $1 order by id for update", [seriesId]);
  const [last] = await work.query<{ version: number }>(
    "select max(version) as version from dataset where series_id = $1",
    [seriesId],
  );
  return { seriesId, version: (last?.version ?? parent.version) + 1, parentId };
}
