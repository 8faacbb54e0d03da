import {
  defineError,
  type ErrorDetails,
  type TenfoldError,
  type TenfoldErrorClass,
} from "../../kernel/errors.js";

export const DatasetEmpty = defineError(
  "DATASET_EMPTY",
  "The file holds no data rows. Send a header line and at least one row below it.",
  "BAD_USER_INPUT",
);
export const DatasetBinary = defineError(
  "DATASET_BINARY",
  "The file is not text. Export the table as CSV or TSV and send that.",
  "BAD_USER_INPUT",
);
export const DatasetEncoding = defineError(
  "DATASET_ENCODING",
  "The text is not UTF-8. Save the file as UTF-8.",
  "BAD_USER_INPUT",
);
export const DatasetRaggedRow = defineError(
  "DATASET_RAGGED_ROW",
  "A row has more or fewer cells than there are columns. Correct that row.",
  "BAD_USER_INPUT",
);
export const DatasetDuplicateColumn = defineError(
  "DATASET_DUPLICATE_COLUMN",
  "Two columns have the same name. Rename one of them.",
  "BAD_USER_INPUT",
);
export const DatasetColumnNameInvalid = defineError(
  "DATASET_COLUMN_NAME_INVALID",
  "A column has no name or one that can't be used. Rename it in the header line.",
  "BAD_USER_INPUT",
);
export const DatasetTooManyColumns = defineError(
  "DATASET_TOO_MANY_COLUMNS",
  "The file has too many columns. Leave out those the model doesn't need.",
  "BAD_USER_INPUT",
);
export const DatasetTooManyRows = defineError(
  "DATASET_TOO_MANY_ROWS",
  "The file has too many rows. Send a sample, or split it into several datasets.",
  "BAD_USER_INPUT",
);
export const DatasetTooLarge = defineError(
  "DATASET_TOO_LARGE",
  "The file is too large. Send a sample, or split it into several datasets.",
  "BAD_USER_INPUT",
);
export const DatasetRowTooLarge = defineError(
  "DATASET_ROW_TOO_LARGE",
  "A row is too long. Check that the file has line breaks, and shorten its longest texts.",
  "BAD_USER_INPUT",
);
export const DatasetCellTooLarge = defineError(
  "DATASET_CELL_TOO_LARGE",
  "A cell is too long. Shorten its text.",
  "BAD_USER_INPUT",
);
export const DatasetQuote = defineError(
  "DATASET_QUOTE",
  'A quote is not closed or stands inside a cell. Put the whole cell in quotes and double the quotes in it: "".',
  "BAD_USER_INPUT",
);

export const DatasetJson = defineError(
  "DATASET_JSON_INVALID",
  'A line is not a JSON object. Write one object on each line: {"size": 1.5, "colour": "red"}.',
  "BAD_USER_INPUT",
);
export const DatasetNested = defineError(
  "DATASET_VALUE_NESTED",
  "A value is a list or an object. Write its parts as columns of their own.",
  "BAD_USER_INPUT",
);

export const DatasetArchiveInvalid = defineError(
  "DATASET_ARCHIVE_INVALID",
  "The file is no zip archive, or it is damaged or cut off. Pack the images as a plain zip and send that.",
  "BAD_USER_INPUT",
);
export const DatasetArchiveUnsafe = defineError(
  "DATASET_ARCHIVE_UNSAFE",
  "The archive holds something else than plain files: a link, a name that leads out of it, an encrypted file or another archive. Leave it out.",
  "BAD_USER_INPUT",
);
export const DatasetArchiveTooLarge = defineError(
  "DATASET_ARCHIVE_TOO_LARGE",
  "The archive unpacks to more than is allowed. Send fewer or smaller images.",
  "BAD_USER_INPUT",
);
export const DatasetDuplicateFile = defineError(
  "DATASET_DUPLICATE_FILE",
  "The archive holds two files of one name. Leave one of them out.",
  "BAD_USER_INPUT",
);
export const DatasetImageInvalid = defineError(
  "DATASET_IMAGE_INVALID",
  "A file is not the image that its name says, or it is damaged. Send PNG and JPEG files.",
  "BAD_USER_INPUT",
);
export const DatasetImageTooLarge = defineError(
  "DATASET_IMAGE_TOO_LARGE",
  "An image has too many pixels. Send it smaller.",
  "BAD_USER_INPUT",
);
export const DatasetImageLabel = defineError(
  "DATASET_IMAGE_LABEL",
  "Images need labels of two classes or more. Put each in a folder named by its label, or send a labels.csv.",
  "BAD_USER_INPUT",
);
export const DatasetOfImages = defineError(
  "DATASET_OF_IMAGES",
  "The dataset holds images and no table. Choose a dataset in CSV, TSV or JSONL.",
  "BAD_USER_INPUT",
);

export const DatasetNotReady = defineError(
  "DATASET_NOT_READY",
  "The dataset has no data yet. Send the file to its upload URL first.",
);
export const DatasetInUse = defineError(
  "DATASET_IN_USE",
  "A training or batch prediction that is queued or running uses this dataset. Wait for it or cancel it first.",
);
export const UploadExpired = defineError(
  "DATASET_UPLOAD_EXPIRED",
  "This upload URL has expired. Create the dataset again for a new one.",
);

export const constraints = {
  training_job_dataset_check: DatasetInUse,
  batch_prediction_dataset_check: DatasetInUse,
};

/** Where in the file an error lies. */
export interface Place {
  /**
   * Line on which the row begins, as a text editor numbers lines: from 1, with the header, blank lines
   * and line breaks inside quoted cells counted.
   */
  row?: number;
  /** Column name; `column 3` where the names are not known yet. */
  column?: string;
  [detail: string]: unknown;
}

/** An error about the file's content, with its place; `fields` points at the input `content`. */
export function atPlace(kind: TenfoldErrorClass, message: string, place: Place = {}): TenfoldError {
  const details: ErrorDetails = { ...place, fields: [{ path: "content", message }] };
  return new kind(message, details);
}
