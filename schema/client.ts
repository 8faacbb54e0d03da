// Generated from the schema and schema/operations by `npm run schema`; do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** The invitation, and the password chosen. */
export type AcceptInvitationInput = {
  /** As `inviteUser` gave it; it works once. */
  invitationToken: string;
  /** At least 15 characters. */
  password: string;
};

/** What a layer's sums pass through. */
export type Activation =
  /** Itself above 0, else exp(x) - 1. */
  | 'ELU'
  /** x times the normal distribution's share below x. */
  | 'GELU'
  /** As it is. */
  | 'LINEAR'
  /** Itself above 0, else 0. */
  | 'RELU'
  /** ELU scaled so that variances stay about 1 from layer to layer. */
  | 'SELU'
  /** 1 / (1 + exp(-x)), from 0 to 1. */
  | 'SIGMOID'
  /** log(1 + exp(x)), a smooth RELU. */
  | 'SOFTPLUS'
  /** x times x. */
  | 'SQUARE'
  /** The hyperbolic tangent, from -1 to 1. */
  | 'TANH';

/** SYSTEM is Tenfold itself, e.g. a background job. */
export type ActorKind =
  /** Nobody signed in. */
  | 'ANONYMOUS'
  /** A program of the tenant. */
  | 'API_KEY'
  /** Who runs this installation. */
  | 'OPERATOR'
  /** Tenfold itself. */
  | 'SYSTEM'
  /** A person of the tenant. */
  | 'USER';

/** A preset with its parameters, or the hidden layers one by one. */
export type ArchitectureInput = {
  /** The hidden layers of CUSTOM, the first next to the inputs; none makes a linear model. */
  layers?: Array<LayerInput> | null | undefined;
  /** What is left out is the preset's default. */
  parameters?: PresetParametersInput | null | undefined;
  /** CUSTOM goes by `layers`, every other by `parameters`. */
  preset?: ArchitecturePreset;
};

/** A named architecture; `architectures` tells the parameters of each. */
export type ArchitecturePreset =
  /** Finds short patterns wherever they stand: signals, series, texts, columns that are neighbours. */
  | 'CNN_1D'
  /** Finds shapes in rows and columns of points; a table serves where its width is a square. */
  | 'CNN_2D'
  /** A list of layers from this list; the output layer follows from the target. */
  | 'CUSTOM'
  /** Layers in which every value sees every other: the first choice for tables. */
  | 'DENSE'
  /** Trees of questions, each mending what those before it leave: for tables of numbers and categories, of few rows too. */
  | 'GRADIENT_BOOSTED_TREES'
  /** As LSTM with fewer weights, so it learns from less data. */
  | 'GRU'
  /** Reads a sequence step by step and remembers over long distances. */
  | 'LSTM'
  /** Every step attends to every other, in several heads at once, with learnt positions. */
  | 'TRANSFORMER';

/** Events that fit everything given. */
export type AuditFilter = {
  /** Any of these actions, e.g. `model.created`. At most 50. */
  actions?: Array<string> | null | undefined;
  /** Events that this user, API key or operator brought about. */
  actorId?: string | null | undefined;
  /** Inclusive. */
  from?: string | null | undefined;
  /** Events that ended so. */
  outcome?: AuditOutcome | null | undefined;
  /** Events about the thing with this id. */
  subject?: string | null | undefined;
  /** Exclusive. */
  to?: string | null | undefined;
};

/** FAILURE is an attempt that was refused, e.g. a wrong password. */
export type AuditOutcome =
  /** It was refused or failed. */
  | 'FAILURE'
  /** It was done. */
  | 'SUCCESS';

/** Images differ a little from epoch to epoch. */
export type AugmentationInput = {
  /** Mirrors half of the images left to right. */
  flip?: boolean;
  /** Most that an image is moved, as a part of its height and width, 0 to 0.25. */
  shift?: number;
};

/** Which training job. */
export type CancelTrainingInput = {
  /** The id of the training job. */
  jobId: string;
};

/** How much the rows of a class count. */
export type ClassWeightInput = {
  /** The class. */
  label: string;
  /** 0.001 to 1,000; a class that is not named counts 1. */
  weight: number;
};

/** BALANCED weighs each class by the inverse of its frequency. */
export type ClassWeights =
  /** Rows of rare classes count more. */
  | 'BALANCED'
  /** Every row counts alike. */
  | 'NONE';

/** How clusters are found. */
export type ClusterAlgorithm =
  /** A mixture of normal distributions with full covariances; clusters may be long and of any size. */
  | 'GAUSSIAN_MIXTURE'
  /** Each row goes to the nearest centre; clusters are round and of one width. */
  | 'K_MEANS';

/** How clusters are looked for. */
export type ClusteringInput = {
  /** How clusters are found. Default: K_MEANS. */
  algorithm?: ClusterAlgorithm | null | undefined;
  /** How many there are, 2 to 100. Default: chosen, by the silhouette for K_MEANS and the Bayesian information criterion for GAUSSIAN_MIXTURE. */
  clusters?: number | null | undefined;
  /** The most that may be chosen, 2 to 30; not beside `clusters`. Default: 10. */
  mostClusters?: number | null | undefined;
};

/** What the values of a column are. */
export type ColumnKind =
  /** Every value is true, t, yes, false, f or no, in any case. */
  | 'BOOLEAN'
  /** Values repeat, so each can be a class. */
  | 'CATEGORY'
  /** No row has a value. */
  | 'EMPTY'
  /** Every value is a number, 0 and 1 too. */
  | 'NUMBER'
  /** Too many different values to be classes. */
  | 'TEXT';

/** What a new API key may do, and until when. */
export type CreateApiKeyInput = {
  /** Default: never. */
  expiresAt?: string | null | undefined;
  /** 1 to 200 visible characters, to tell keys apart by. */
  name: string;
  /** Allow registered operations only. */
  persistedOnly?: boolean;
  /** Permissions the key gets; the maker must hold each. */
  scopes: Array<string>;
};

/** A table as text, or the wish to upload one. */
export type CreateDatasetInput = {
  /** The file's text, at most 1 MiB; leave it out for an upload URL. Images are uploaded only. */
  content?: string | null | undefined;
  /** The format of `content`, or of the file that is sent later. */
  format: DatasetFormat;
  /** Whether the first line names the columns. Without effect on JSON Lines. */
  header?: boolean | null | undefined;
  /** 1 to 200 characters; several datasets may share a name. */
  name: string;
  /** The dataset that this one is a new version of; leave it out for the first of a new series. */
  parentId?: string | null | undefined;
};

/** What the model predicts, from what and how. */
export type CreateModelInput = {
  /** Default: one that suits the data. */
  architecture?: ArchitectureInput | null | undefined;
  /** The columns to predict from. Default: all but the target. */
  features?: Array<string> | null | undefined;
  /** 1 to 200 visible characters; no other model of the tenant may have it. */
  name: string;
  /** For TIME_SERIES alone. Default: what suits the data. */
  series?: SeriesInput | null | undefined;
  /** The column to predict. Default: the dataset's last, for a CLUSTERING none. */
  target?: string | null | undefined;
  /** What is predicted, and from what. */
  type: ModelType;
};

/** A tenant and its first owner. */
export type CreateTenantInput = {
  /** 1 to 200 visible characters. */
  name: string;
  /** The first person, who invites the others. */
  owner: OwnerInput;
  /** Sets the limits. */
  plan?: Plan;
  /** Lower-case letters, digits and inner hyphens, up to 63. */
  slug: string;
};

/** How the file of a dataset is written. */
export type DatasetFormat =
  /** After RFC 4180, with commas. */
  | 'CSV'
  /** A zip archive of PNG and JPEG images: each in a folder named by its label, or all named in a file labels.csv with the columns file and label. Its columns are file, label, width, height and mode. */
  | 'IMAGES'
  /** JSON Lines: one object a line, without lists and objects inside. Columns are all keys in the order of their first appearance; a key left out, or null, is a missing value. */
  | 'JSONL'
  /** After IANA text/tab-separated-values, where a quote is a character. */
  | 'TSV';

/** Where a dataset is on its way. */
export type DatasetStatus =
  /** Waited for its file too long; it can only be deleted. */
  | 'EXPIRED'
  /** Waits for its file. */
  | 'PENDING'
  /** Has its file and its profile, and can be used. */
  | 'READY';

/** Which version is to answer where. */
export type DeployModelInput = {
  /** Where it answers from then on, in place of another version. */
  environment: Environment;
  /** The id of the model. */
  modelId: string;
  /** Serving threads that predict with it side by side, for a model that is asked more than one can answer; at most those that a process has. Default: as many as before, at first 1. */
  replicas?: number | null | undefined;
  /** Percentage of the requests that it answers, 1 to 100. Below 100 it is a canary: the version deployed there answers the others, until one is deployed whole or rolled back to. */
  trafficPercent?: number;
  /** The version's number, e.g. `1.0.0`. */
  version: string;
};

/** Stops when nothing improves, and takes the best weights. */
export type EarlyStoppingInput = {
  /** Improvement of the loss below which an epoch counts as none. */
  minDelta?: number;
  /** Epochs without improvement, 1 to 1,000. */
  patience?: number;
};

/** Where a version is deployed. */
export type Environment =
  /** For those who make the model. */
  | 'DEVELOPMENT'
  /** For use; `predict` asks here unless told otherwise. */
  | 'PRODUCTION'
  /** For trying it out as it would be used. */
  | 'STAGING';

/** What `extensions.code`, or the finer `extensions.reason`, of an error may be. */
export type ErrorCode =
  /** The stored model is damaged or of an unknown version. Train or publish it again. */
  | 'ARTEFACT_INVALID'
  /** This search has ended already. */
  | 'AUTOML_FINISHED'
  /** The time limit was over before any trial was scored. Allow more time, or name faster algorithms. */
  | 'AUTOML_NOTHING_SCORED'
  /** The input is not valid. Correct what `fields` names. */
  | 'BAD_USER_INPUT'
  /** The result of this batch prediction was removed at the end of its time. Start another. */
  | 'BATCH_PREDICTION_EXPIRED'
  /** This batch prediction has ended already. */
  | 'BATCH_PREDICTION_FINISHED'
  /** Only a batch prediction that has SUCCEEDED has a result. Wait for its end, or start another. */
  | 'BATCH_PREDICTION_NOT_READY'
  /** The checkpoint belongs to another training or another version. Start the training from the beginning. */
  | 'CHECKPOINT_MISMATCH'
  /** The request conflicts with the present state. Read that again, then decide anew. */
  | 'CONFLICT'
  /** The file is no zip archive, or it is damaged or cut off. Pack the images as a plain zip and send that. */
  | 'DATASET_ARCHIVE_INVALID'
  /** The archive unpacks to more than is allowed. Send fewer or smaller images. */
  | 'DATASET_ARCHIVE_TOO_LARGE'
  /** The archive holds something else than plain files: a link, a name that leads out of it, an encrypted file or another archive. Leave it out. */
  | 'DATASET_ARCHIVE_UNSAFE'
  /** The file is not text. Export the table as CSV or TSV and send that. */
  | 'DATASET_BINARY'
  /** A cell is too long. Shorten its text. */
  | 'DATASET_CELL_TOO_LARGE'
  /** A column has no name or one that can't be used. Rename it in the header line. */
  | 'DATASET_COLUMN_NAME_INVALID'
  /** Two columns have the same name. Rename one of them. */
  | 'DATASET_DUPLICATE_COLUMN'
  /** The archive holds two files of one name. Leave one of them out. */
  | 'DATASET_DUPLICATE_FILE'
  /** The file holds no data rows. Send a header line and at least one row below it. */
  | 'DATASET_EMPTY'
  /** The text is not UTF-8. Save the file as UTF-8. */
  | 'DATASET_ENCODING'
  /** A file is not the image that its name says, or it is damaged. Send PNG and JPEG files. */
  | 'DATASET_IMAGE_INVALID'
  /** Images need labels of two classes or more. Put each in a folder named by its label, or send a labels.csv. */
  | 'DATASET_IMAGE_LABEL'
  /** An image has too many pixels. Send it smaller. */
  | 'DATASET_IMAGE_TOO_LARGE'
  /** A training or batch prediction that is queued or running uses this dataset. Wait for it or cancel it first. */
  | 'DATASET_IN_USE'
  /** A line is not a JSON object. Write one object on each line: {"size": 1.5, "colour": "red"}. */
  | 'DATASET_JSON_INVALID'
  /** The dataset has no data yet. Send the file to its upload URL first. */
  | 'DATASET_NOT_READY'
  /** The dataset holds images and no table. Choose a dataset in CSV, TSV or JSONL. */
  | 'DATASET_OF_IMAGES'
  /** A quote is not closed or stands inside a cell. Put the whole cell in quotes and double the quotes in it: "". */
  | 'DATASET_QUOTE'
  /** A row has more or fewer cells than there are columns. Correct that row. */
  | 'DATASET_RAGGED_ROW'
  /** A row is too long. Check that the file has line breaks, and shorten its longest texts. */
  | 'DATASET_ROW_TOO_LARGE'
  /** The file is too large. Send a sample, or split it into several datasets. */
  | 'DATASET_TOO_LARGE'
  /** The file has too many columns. Leave out those the model doesn't need. */
  | 'DATASET_TOO_MANY_COLUMNS'
  /** The file has too many rows. Send a sample, or split it into several datasets. */
  | 'DATASET_TOO_MANY_ROWS'
  /** This upload URL has expired. Create the dataset again for a new one. */
  | 'DATASET_UPLOAD_EXPIRED'
  /** A value is a list or an object. Write its parts as columns of their own. */
  | 'DATASET_VALUE_NESTED'
  /** Somebody here has this e-mail address already. */
  | 'EMAIL_TAKEN'
  /** This format can't express the version's network. Choose another format. */
  | 'EXPORT_UNSUPPORTED'
  /** You are not allowed to do this. Ask somebody whose role allows it. */
  | 'FORBIDDEN'
  /** The text took too long and was given up; nothing of it was metered. Ask for fewer tokens, or read it as a subscription. */
  | 'GENERATION_TIMED_OUT'
  /** The imported model fails with these rows. Send such as it was made for, or try them with it in onnxruntime and import a model that takes them. */
  | 'IMPORTED_MODEL_FAILED'
  /** Something went wrong on our side. Quote the request id when you report it. */
  | 'INTERNAL'
  /** This invitation was used, replaced or has expired. Ask for a new one. */
  | 'INVITATION_INVALID'
  /** A tenant keeps at least one active owner. */
  | 'LAST_OWNER'
  /** The file is no model of the format named, or it is damaged. Export the model again and send that. */
  | 'MODEL_FILE_INVALID'
  /** The model does not fit what was said of it. Correct the input of importModel, or send another file. */
  | 'MODEL_FILE_MISMATCH'
  /** The model is larger than is allowed. Send a smaller one. */
  | 'MODEL_FILE_TOO_LARGE'
  /** The file reaches for something outside itself or holds code. Leave that out. */
  | 'MODEL_FILE_UNSAFE'
  /** The model uses something that is not served here. Export it without that. */
  | 'MODEL_FILE_UNSUPPORTED'
  /** Another model has this name. */
  | 'MODEL_NAME_TAKEN'
  /** No other version of this model was deployed there before. Deploy the one you want. */
  | 'NOTHING_TO_ROLL_BACK'
  /** No version of this model is deployed there. Deploy one first. */
  | 'NOT_DEPLOYED'
  /** There is no such thing here. Check the id. */
  | 'NOT_FOUND'
  /** The network needs an operation whose results are not checked on this engine. Use other layers or activations. */
  | 'OPERATION_UNTESTED'
  /** This tenant has as many registered operations as it may. Remove some first. */
  | 'PERSISTED_OPERATION_LIMIT'
  /** No operation is registered under this hash. Register it first. */
  | 'PERSISTED_OPERATION_NOT_FOUND'
  /** Only registered operations are allowed here. Send the `documentId` of one. */
  | 'PERSISTED_OPERATION_REQUIRED'
  /** The plan's limit is reached. Wait until it resets, free what it counts, or change the plan. */
  | 'QUOTA_EXCEEDED'
  /** Too many requests. Wait and try again. */
  | 'RATE_LIMITED'
  /** Too many failed attempts for this account. Wait, then try again. */
  | 'SIGN_IN_BLOCKED'
  /** E-mail address and password do not match an active account. */
  | 'SIGN_IN_REFUSED'
  /** Another tenant has this domain. */
  | 'TENANT_DOMAIN_TAKEN'
  /** Token, host and x-tenant header name different tenants. Name one. */
  | 'TENANT_MISMATCH'
  /** Another tenant has this slug. */
  | 'TENANT_SLUG_TAKEN'
  /** The tenant's status does not allow this. */
  | 'TENANT_STATUS_CONFLICT'
  /** This tenant is suspended. Ask its operator. */
  | 'TENANT_SUSPENDED'
  /** As many texts are being written as may be at once. Wait until one has ended. */
  | 'TOO_MANY_GENERATIONS'
  /** The training was cancelled. */
  | 'TRAINING_ABORTED'
  /** The training met an error on our side, and would meet it again. Report it with the id of the job. */
  | 'TRAINING_BROKEN'
  /** The training process ended unexpectedly. Train again; if it recurs, make the model or the data smaller. */
  | 'TRAINING_CRASHED'
  /** Nothing can be learnt from this data. Check the target, the features and the number of rows. */
  | 'TRAINING_DATA_UNUSABLE'
  /** The loss is no longer a finite number. Lower the learning rate and train again. */
  | 'TRAINING_DIVERGED'
  /** This training has ended already. */
  | 'TRAINING_FINISHED'
  /** The training passed its limit of time or memory. Use fewer epochs, a smaller model or less data. */
  | 'TRAINING_LIMIT_EXCEEDED'
  /** Sign in first: the credentials are missing, expired or revoked. */
  | 'UNAUTHENTICATED'
  /** The service can't do this right now. Try again in a moment. */
  | 'UNAVAILABLE';

/** What is left out is chosen to suit the data. */
export type HyperparametersInput = {
  /** For models of type IMAGE alone. Default: images stay as they are. */
  augmentation?: AugmentationInput | null | undefined;
  /** 1 to 4,096. */
  batchSize?: number | null | undefined;
  /** How much the rows of each class count. Default: all alike. */
  classWeights?: ClassWeights | null | undefined;
  /** Longest gradient over all weights, 0.000001 to 1,000,000. Default: any length. */
  clipNorm?: number | null | undefined;
  /** For models of type CLUSTERING, which take nothing else of this. */
  clustering?: ClusteringInput | null | undefined;
  /** For models of type TEXT_GENERATION alone: tokens that the network sees at once, 8 to 256. Default: 64 characters or 24 words. */
  contextLength?: number | null | undefined;
  /** When to stop before the last epoch. Default: never; of a time series, 40 epochs without improvement. */
  earlyStopping?: EarlyStoppingInput | null | undefined;
  /** 1 to 1,000. */
  epochs?: number | null | undefined;
  /** 0.0000001 to 10. */
  learningRate?: number | null | undefined;
  /** For models of type CLASSIFICATION, REGRESSION and IMAGE, unless texts are all they read: how much each row is mixed with another one while training, inputs and targets alike (mixup), as the alpha of a Beta distribution, 0 to 2; 0 is not at all. Default: none. */
  mixup?: number | null | undefined;
  /** How columns of numbers are scaled. Default: STANDARD. */
  normalization?: Normalization | null | undefined;
  /** How weights follow the gradient. */
  optimizer?: Optimizer | null | undefined;
  /** How the learning rate goes over the epochs. Default: one rate for all. */
  schedule?: ScheduleInput | null | undefined;
  /** For models of type TEXT_GENERATION alone: what texts are taken apart into, unless the EMBEDDING says. Default: CHARACTER. */
  tokens?: TextUnit | null | undefined;
  /** Part of the training rows held out for live validation, 0 to 0.5. */
  validationSplit?: number | null | undefined;
  /** With ADAM: part of each weight, times the rate, that a step takes away, 0 to 1. Default: 0. */
  weightDecay?: number | null | undefined;
  /** Weights of classes by hand, instead of BALANCED. Default: none. */
  weightsOfClasses?: Array<ClassWeightInput> | null | undefined;
};

/** Whom to invite, and as what. */
export type InviteUserInput = {
  /** Where the person signs in with; nobody else of the tenant may have it. */
  email: string;
  /** 1 to 200 visible characters. */
  name: string;
  /** At most as powerful as your own. */
  role: Role;
};

/** One hidden layer. Only settings of its type may be given; `architectures` lists them. */
export type LayerInput = {
  /** What the layer's sums pass through. Default: RELU. */
  activation?: Activation | null | undefined;
  /** Normalises the layer's sums over the batch. Default: false. */
  batchNormalization?: boolean | null | undefined;
  /** Lets a TRANSFORMER_BLOCK's steps see only themselves and those before. Default: false. */
  causal?: boolean | null | undefined;
  /** Values that stand for one token. */
  dimensions?: number | null | undefined;
  /** Share silenced while training, 0 to 0.95. Default: 0. */
  dropout?: number | null | undefined;
  /** Kernels of a convolution. */
  filters?: number | null | undefined;
  /** Attention heads. Default: 4. */
  heads?: number | null | undefined;
  /** Places along each side of a kernel. Default: 3. */
  kernelSize?: number | null | undefined;
  /** Factor of the squared weights added to the loss, 0 to 10. Default: 0. */
  l2?: number | null | undefined;
  /** Default: SAME; of a pooling, VALID. */
  padding?: Padding | null | undefined;
  /** Places along each side of a pooling window. Default: 2. */
  poolSize?: number | null | undefined;
  /** Gives every step's state instead of the last alone. Default: false. */
  returnSequences?: boolean | null | undefined;
  /** The new sides of a RESHAPE. */
  shape?: Array<number> | null | undefined;
  /** Places from one window to the next. Default: 1; of a pooling, its window. */
  strides?: number | null | undefined;
  /** What an EMBEDDING takes a text apart into. Default: WORD. */
  tokens?: TextUnit | null | undefined;
  /** What the layer does. */
  type?: LayerType;
  /** Outputs, state or width of the feed-forward part. */
  units?: number | null | undefined;
};

/** What a layer does; `architectures` tells the settings of each. */
export type LayerType =
  /** The mean of each window of steps. */
  | 'AVERAGE_POOLING1D'
  /** The mean of each square window. */
  | 'AVERAGE_POOLING2D'
  /** Normalises each channel over the batch. */
  | 'BATCH_NORMALIZATION'
  /** Kernels that slide along the steps of a sequence. */
  | 'CONV1D'
  /** Square kernels that slide over rows and columns. */
  | 'CONV2D'
  /** Every output sees every input; where there are several axes, along the last. */
  | 'DENSE'
  /** Silences values while training. */
  | 'DROPOUT'
  /** Learnt values for each token of the vocabulary; the first layer over token numbers. */
  | 'EMBEDDING'
  /** Puts all values in one line. */
  | 'FLATTEN'
  /** The mean over all places, one value a channel; over the tokens of a text, not its padding. */
  | 'GLOBAL_AVERAGE_POOLING'
  /** The largest value of all places, one a channel; of the tokens of a text, not its padding. */
  | 'GLOBAL_MAX_POOLING'
  /** Gated recurrent unit: as LSTM with fewer weights. */
  | 'GRU'
  /** Normalises each row or step over its channels. */
  | 'LAYER_NORMALIZATION'
  /** Long short-term memory: reads a sequence step by step. */
  | 'LSTM'
  /** The largest value of each window of steps. */
  | 'MAX_POOLING1D'
  /** The largest value of each square window. */
  | 'MAX_POOLING2D'
  /** Adds learnt values for each place, without which attention knows no order. */
  | 'POSITION_EMBEDDING'
  /** Gives the same values another shape. */
  | 'RESHAPE'
  /** Multi-head self-attention and a feed-forward part, each normalised before and added to its input. */
  | 'TRANSFORMER_BLOCK';

/** What is counted: rows predicted, tokens generated, milliseconds of training, bytes uploaded and exported. */
export type Meter =
  /** Bytes of files taken in. */
  | 'DATASET_BYTES'
  /** Bytes of models and batch predictions given out. */
  | 'EXPORT_BYTES'
  /** Tokens of generated texts. */
  | 'GENERATED_TOKENS'
  /** Rows predicted. */
  | 'PREDICTIONS'
  /** Milliseconds of training. */
  | 'TRAINING_MS';

/** What is predicted, and from what. */
export type ModelType =
  /** One of the classes of the target. */
  | 'CLASSIFICATION'
  /** One of the clusters that training finds without a target, `1` being the largest; the confidence is how surely the row belongs to it. */
  | 'CLUSTERING'
  /** Your own: with an architecture it learns a number or a class, by the target's kind; imported, it reads columns of numbers and a prediction's `values` are its outputs. */
  | 'CUSTOM'
  /** One of the labels of an archive of images. A row to predict for is `{ "image": … }`: a PNG or JPEG as base64 or as a data URL. */
  | 'IMAGE'
  /** A number. */
  | 'REGRESSION'
  /** As TEXT_CLASSIFICATION. Where all classes are named negative (neg), neutral (neu) or positive (pos), a prediction's `value` is the sentiment from -1 to 1. */
  | 'SENTIMENT'
  /** One of the classes of the target, from one column of free text. */
  | 'TEXT_CLASSIFICATION'
  /** How a text goes on, learnt from one column of texts. Such a model has no target; `generateText` and `textGeneration` write with it. */
  | 'TEXT_GENERATION'
  /** The next values of a column of numbers, whose rows are in the order of time. To predict, send the latest rows, the oldest first: each prediction is one step further ahead. */
  | 'TIME_SERIES';

/** How numbers are scaled before the network sees them; learnt on the training rows. */
export type Normalization =
  /** 0 at the least and 1 at the largest. */
  | 'MIN_MAX'
  /** As they stand. */
  | 'NONE'
  /** Median 0 and interquartile range 1, which outliers hardly move. */
  | 'ROBUST'
  /** Mean 0 and standard deviation 1. */
  | 'STANDARD';

/** How weights follow the gradient. */
export type Optimizer =
  /** Each weight at a pace of its own, slower the more it has moved. */
  | 'ADAGRAD'
  /** Each weight at a pace of its own, by the mean and the spread of its gradients. */
  | 'ADAM'
  /** As SGD, with nine tenths of the step before added. */
  | 'MOMENTUM'
  /** Each weight at a pace of its own, by the size of its latest gradients. */
  | 'RMSPROP'
  /** Straight down the gradient of each batch. */
  | 'SGD';

/** The first person of a tenant. */
export type OwnerInput = {
  /** Where the owner signs in with. */
  email: string;
  /** 1 to 200 visible characters. */
  name: string;
  /** At least 15 characters. */
  password: string;
};

/** What a window finds beyond the edge. */
export type Padding =
  /** Zeros, so that every place has a window. */
  | 'SAME'
  /** Nothing: windows stay inside. */
  | 'VALID';

/** What a tenant has bought; its limits follow from it. */
export type Plan =
  /** No limit but on trainings: 8 at once, of a day and 6 GiB. */
  | 'CUSTOM'
  /** 500 seats, 1,000 models, 100,000 predictions a day, trainings of 8 hours and 4 GiB. */
  | 'ENTERPRISE'
  /** 25 seats, 100 models, 50,000 predictions a day, trainings of 2 hours and 3 GiB. */
  | 'PROFESSIONAL'
  /** 5 seats, 10 models, 10,000 predictions a day, trainings of 30 minutes and 2 GiB. */
  | 'STARTER';

/** The rows, and which model answers. */
export type PredictInput = {
  /** Whose version answers. */
  environment?: Environment | null | undefined;
  /** A model with a version deployed in the environment. */
  modelId: string;
  /** Objects by column name, 1 to 1000. What is missing, and a category unheard of, is handled as in training; a text where the model learnt numbers is refused. For a time series: the latest rows, the oldest first, at least as many as the signature's window. */
  rows: Array<Record<string, unknown>>;
};

/** Only parameters of the preset may be given; `architectures` lists them with bounds. */
export type PresetParametersInput = {
  /** What the sums pass through. */
  activation?: Activation | null | undefined;
  /** Normalises sums over the batch. */
  batchNormalization?: boolean | null | undefined;
  /** Share of an input's borders that are compared for each question of a tree. */
  borderSubsample?: number | null | undefined;
  /** Share of the inputs that each tree may ask about. */
  columnSubsample?: number | null | undefined;
  /** How many layers or blocks follow each other; of a tree, how many questions. */
  depth?: number | null | undefined;
  /** Values that stand for one token or step. */
  dimensions?: number | null | undefined;
  /** Share silenced while training. */
  dropout?: number | null | undefined;
  /** Kernels of the first convolution. */
  filters?: number | null | undefined;
  /** Attention heads. */
  heads?: number | null | undefined;
  /** Places that a kernel sees at once along each side. */
  kernelSize?: number | null | undefined;
  /** Factor of the squared weights added to the loss; of trees, of the squared values of leaves. */
  l2?: number | null | undefined;
  /** Share of the rows that each tree is grown on. */
  subsample?: number | null | undefined;
  /** How many trees are grown. */
  trees?: number | null | undefined;
  /** Width of a layer. */
  units?: number | null | undefined;
};

/** The refresh token to exchange. */
export type RefreshSessionInput = {
  /** The newest one of the session; it works once. */
  refreshToken: string;
};

/** What a person may do within a tenant. */
export type Role =
  /** May do everything in the tenant, and changes nobody above. */
  | 'ADMIN'
  /** Works with data and models; may not delete, nor manage people and keys. */
  | 'MEMBER'
  /** May do everything in the tenant; one active owner always stays. */
  | 'OWNER'
  /** Looks, and changes nothing but their own sessions. */
  | 'VIEWER';

/** How the learning rate goes over the epochs. */
export type ScheduleInput = {
  /** Of STEP and EXPONENTIAL: 0.01 to 1. */
  factor?: number;
  /** How it goes on after the warm-up. */
  kind?: ScheduleKind;
  /** Of STEP: epochs between two falls, 1 to 1,000. */
  stepEpochs?: number;
  /** Epochs over which the rate rises evenly to its full height, 0 to 1,000; fewer than there are. */
  warmupEpochs?: number;
};

/** How the learning rate goes on once it is at its full height. */
export type ScheduleKind =
  /** It stays. */
  | 'CONSTANT'
  /** It falls along half a cosine, to nearly nothing in the last epoch. */
  | 'COSINE'
  /** Every epoch it falls to `factor` of what it was. */
  | 'EXPONENTIAL'
  /** Every `stepEpochs` epochs it falls to `factor` of what it was. */
  | 'STEP';

/** How a time series is read and forecast. What is left out is chosen to suit the data. */
export type SeriesInput = {
  /** Steps ahead, 1 to 365. Default: a season, 7 of a long one, 6 without. */
  horizon?: number | null | undefined;
  /** Rows until the pattern repeats, 1 to 1,000; 1 is none. Default: by the autocorrelation of the training rows. */
  season?: number | null | undefined;
  /** The column of times, which must ascend: dates such as `2024-01-31`, or numbers. Default: the column of dates, if there is one. */
  timeColumn?: string | null | undefined;
  /** Observations that a forecast is made from, 1 to 1,000. Default: two seasons, or four horizons. */
  window?: number | null | undefined;
};

/** Who signs in, and with what. */
export type SignInInput = {
  /** As the account was invited under, in any case of letters. */
  email: string;
  /** The password of the account. */
  password: string;
};

/** Which rows are held out for measuring; those for watching follow the same rule. */
export type SplitInput = {
  /** For TIME a column of dates (ISO 8601) or numbers, for GROUP the one that names the group. */
  column?: string | null | undefined;
  /** The rule. */
  kind: SplitKind;
  /** Seed of the draw, 0 or more. Default: the training's. */
  seed?: number | null | undefined;
  /** Part of all rows to hold out, 0.01 to 0.9. Default: 0.25. */
  testFraction?: number | null | undefined;
};

/** Which rows are held out for measuring, and for watching the training. */
export type SplitKind =
  /** Whole groups by a column, such as all rows of one customer. */
  | 'GROUP'
  /** Rows drawn alike. */
  | 'RANDOM'
  /** The same part of each class, or of each range of a number. */
  | 'STRATIFIED'
  /** The last rows by a column of dates (ISO 8601) or numbers. */
  | 'TIME';

/** Which model to train, on what and how. */
export type StartTrainingInput = {
  /** A READY dataset to learn from. */
  datasetId: string;
  /** Number of a version of this model to go on from: its weights, layers, inputs and classes, of a text generation its tokens and how many it sees at once. Default: fresh weights. */
  fromVersion?: string | null | undefined;
  /** Default: what suits the data. */
  hyperparameters?: HyperparametersInput | null | undefined;
  /** The model to train. */
  modelId: string;
  /** 0 or more. Default: a random one, shown on the job. */
  seed?: number | null | undefined;
  /** Which rows are held out. Default: every fourth row, of a time series the last quarter; with `fromVersion` on its own dataset, as that version did. */
  split?: SplitInput | null | undefined;
  /** With `fromVersion`: only so many of the last layers learn, the output layer among them. Default: all. */
  trainableLayers?: number | null | undefined;
};

/** DELETING can be restored until `purgeAt`; afterwards schema, role and key are gone (DELETED). */
export type TenantStatus =
  /** Served. */
  | 'ACTIVE'
  /** Gone. */
  | 'DELETED'
  /** Refused, and deleted for good at `purgeAt` unless resumed. */
  | 'DELETING'
  /** Refused until it is resumed. */
  | 'SUSPENDED';

/** What a text is taken apart into. */
export type TextUnit =
  /** Single characters, the spaces between words included. */
  | 'CHARACTER'
  /** Words, numbers, pictographs and runs of marks. */
  | 'WORD';

/** The last three are final. A suspension of the tenant puts a RUNNING job back to QUEUED; it goes on from its last epoch. */
export type TrainingJobStatus =
  /** Ended by a caller. */
  | 'CANCELLED'
  /** Ended without one; its failure says why. */
  | 'FAILED'
  /** Waits for its turn. */
  | 'QUEUED'
  /** Is worked on. */
  | 'RUNNING'
  /** Ended with its result. */
  | 'SUCCEEDED';

/** What the lines of a report are split by, beside the meter. */
export type UsageGrouping =
  /** By the user or API key that used it. */
  | 'ACTOR'
  /** By day (UTC). */
  | 'DAY'
  /** By hour (UTC). */
  | 'HOUR'
  /** By nothing else. */
  | 'METER'
  /** By the thing it was used for. */
  | 'SUBJECT';

/** What kind of credentials a request bears. */
export type ViewerKind =
  /** A program of a tenant. */
  | 'API_KEY'
  /** Who runs this installation. */
  | 'OPERATOR'
  /** A person of a tenant. */
  | 'USER';

export type AuditEventsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: AuditFilter | null | undefined;
}>;


export type AuditEventsQuery = { auditEvents: { nodes: Array<{ id: string, at: string, action: string, actorKind: ActorKind, actorId: string | null, subject: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DatasetFactsFragment = { id: string, name: string, format: DatasetFormat, status: DatasetStatus, rowCount: number | null, sizeBytes: number | null, columns: Array<{ name: string, kind: ColumnKind, missing: number, distinct: number | null, minimum: number | null, maximum: number | null, mean: number | null }> };

export type CreateDatasetMutationVariables = Exact<{
  input: CreateDatasetInput;
}>;


export type CreateDatasetMutation = { createDataset: { uploadUrl: string | null, dataset: { id: string, name: string, format: DatasetFormat, status: DatasetStatus, rowCount: number | null, sizeBytes: number | null, columns: Array<{ name: string, kind: ColumnKind, missing: number, distinct: number | null, minimum: number | null, maximum: number | null, mean: number | null }> } } };

export type DatasetQueryVariables = Exact<{
  id: string;
}>;


export type DatasetQuery = { dataset: { id: string, name: string, format: DatasetFormat, status: DatasetStatus, rowCount: number | null, sizeBytes: number | null, columns: Array<{ name: string, kind: ColumnKind, missing: number, distinct: number | null, minimum: number | null, maximum: number | null, mean: number | null }> } | null };

export type TargetBalanceQueryVariables = Exact<{
  id: string;
  column: string;
}>;


export type TargetBalanceQuery = { dataset: { targetBalance: { kind: ColumnKind, missing: number, imbalanceRatio: number | null, classes: Array<{ value: string, count: number, share: number }> | null } } | null };

export type VersionFactsFragment = { id: string, number: string, metrics: { rows: number, loss: number, accuracy: number | null, f1: number | null, r2: number | null, meanAbsoluteError: number | null } | null };

export type CreateModelMutationVariables = Exact<{
  input: CreateModelInput;
}>;


export type CreateModelMutation = { createModel: { model: { id: string, name: string, type: ModelType, target: string | null } } };

export type ModelQueryVariables = Exact<{
  id: string;
}>;


export type ModelQuery = { model: { id: string, name: string, type: ModelType, target: string | null, versions: { nodes: Array<{ id: string, number: string, metrics: { rows: number, loss: number, accuracy: number | null, f1: number | null, r2: number | null, meanAbsoluteError: number | null } | null }> }, deployments: Array<{ environment: Environment, version: { number: string } }> } | null };

export type DeployModelMutationVariables = Exact<{
  input: DeployModelInput;
}>;


export type DeployModelMutation = { deployModel: { deployment: { id: string, environment: Environment, version: { id: string, number: string, metrics: { rows: number, loss: number, accuracy: number | null, f1: number | null, r2: number | null, meanAbsoluteError: number | null } | null } } } };

export type PredictMutationVariables = Exact<{
  input: PredictInput;
}>;


export type PredictMutation = { predict: { latencyMs: number, predictions: Array<{ label: string | null, value: number | null, confidence: number | null, probabilities: Array<{ label: string, probability: number }> | null }>, version: { number: string } } };

export type UsageQueryVariables = Exact<{
  from: string;
  to: string;
  groupBy?: UsageGrouping | null | undefined;
}>;


export type UsageQuery = { usage: { lines: Array<{ meter: Meter, key: string | null, quantity: number, events: number }>, limits: Array<{ limit: string, used: number, allowed: number | null, resetsAt: string | null }> } };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { signIn: { accessToken: string, refreshToken: string, expiresAt: string } };

export type RefreshSessionMutationVariables = Exact<{
  input: RefreshSessionInput;
}>;


export type RefreshSessionMutation = { refreshSession: { accessToken: string, refreshToken: string, expiresAt: string } };

export type AcceptInvitationMutationVariables = Exact<{
  input: AcceptInvitationInput;
}>;


export type AcceptInvitationMutation = { acceptInvitation: { accessToken: string, refreshToken: string, expiresAt: string } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { signOut: { signedOut: boolean } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { id: string, kind: ViewerKind, roles: Array<string>, permissions: Array<string>, tenant: { id: string, slug: string, name: string, plan: Plan } | null, user: { id: string, name: string, email: string } | null } };

export type CreateTenantMutationVariables = Exact<{
  input: CreateTenantInput;
}>;


export type CreateTenantMutation = { createTenant: { tenant: { id: string, slug: string, name: string, plan: Plan, status: TenantStatus }, owner: { id: string, email: string }, nextSteps: Array<{ title: string, operation: string }> } };

export type InviteUserMutationVariables = Exact<{
  input: InviteUserInput;
}>;


export type InviteUserMutation = { inviteUser: { invitationToken: string, user: { id: string, email: string, role: Role } } };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { createApiKey: { secret: string, apiKey: { id: string, name: string, scopes: Array<string>, expiresAt: string | null } } };

export type TenantQueryVariables = Exact<{ [key: string]: never; }>;


export type TenantQuery = { tenant: { id: string, slug: string, name: string, plan: Plan, status: TenantStatus } };

export type ProgressFragment = { status: TrainingJobStatus, epoch: number, epochs: number, loss: number | null, accuracy: number | null, valLoss: number | null, valAccuracy: number | null, etaMs: number | null };

export type StartTrainingMutationVariables = Exact<{
  input: StartTrainingInput;
}>;


export type StartTrainingMutation = { startTraining: { trainingJob: { id: string, status: TrainingJobStatus, seed: number } } };

export type TrainingJobQueryVariables = Exact<{
  id: string;
}>;


export type TrainingJobQuery = { trainingJob: { id: string, status: TrainingJobStatus, seed: number, progress: { status: TrainingJobStatus, epoch: number, epochs: number, loss: number | null, accuracy: number | null, valLoss: number | null, valAccuracy: number | null, etaMs: number | null }, failure: { code: ErrorCode, message: string } | null, version: { id: string, number: string, metrics: { rows: number, loss: number, accuracy: number | null, f1: number | null, r2: number | null, meanAbsoluteError: number | null } | null } | null } | null };

export type TrainingProgressSubscriptionVariables = Exact<{
  jobId: string;
}>;


export type TrainingProgressSubscription = { trainingProgress: { status: TrainingJobStatus, epoch: number, epochs: number, loss: number | null, accuracy: number | null, valLoss: number | null, valAccuracy: number | null, etaMs: number | null } };

export type CancelTrainingMutationVariables = Exact<{
  input: CancelTrainingInput;
}>;


export type CancelTrainingMutation = { cancelTraining: { trainingJob: { id: string, status: TrainingJobStatus } } };


/** Every operation by its name. Subscriptions answer an iterable that ends with the stream. */
export interface Sdk {
  auditEvents(variables?: AuditEventsQueryVariables): Promise<AuditEventsQuery>;
  createDataset(variables: CreateDatasetMutationVariables): Promise<CreateDatasetMutation>;
  dataset(variables: DatasetQueryVariables): Promise<DatasetQuery>;
  targetBalance(variables: TargetBalanceQueryVariables): Promise<TargetBalanceQuery>;
  createModel(variables: CreateModelMutationVariables): Promise<CreateModelMutation>;
  model(variables: ModelQueryVariables): Promise<ModelQuery>;
  deployModel(variables: DeployModelMutationVariables): Promise<DeployModelMutation>;
  predict(variables: PredictMutationVariables): Promise<PredictMutation>;
  usage(variables: UsageQueryVariables): Promise<UsageQuery>;
  signIn(variables: SignInMutationVariables): Promise<SignInMutation>;
  refreshSession(variables: RefreshSessionMutationVariables): Promise<RefreshSessionMutation>;
  acceptInvitation(variables: AcceptInvitationMutationVariables): Promise<AcceptInvitationMutation>;
  signOut(variables?: SignOutMutationVariables): Promise<SignOutMutation>;
  viewer(variables?: ViewerQueryVariables): Promise<ViewerQuery>;
  createTenant(variables: CreateTenantMutationVariables): Promise<CreateTenantMutation>;
  inviteUser(variables: InviteUserMutationVariables): Promise<InviteUserMutation>;
  createApiKey(variables: CreateApiKeyMutationVariables): Promise<CreateApiKeyMutation>;
  tenant(variables?: TenantQueryVariables): Promise<TenantQuery>;
  startTraining(variables: StartTrainingMutationVariables): Promise<StartTrainingMutation>;
  trainingJob(variables: TrainingJobQueryVariables): Promise<TrainingJobQuery>;
  trainingProgress(variables: TrainingProgressSubscriptionVariables): AsyncIterable<TrainingProgressSubscription>;
  cancelTraining(variables: CancelTrainingMutationVariables): Promise<CancelTrainingMutation>;
}

/** The text each of them sends. */
export const documents: Record<keyof Sdk, string> = {
  auditEvents: "query auditEvents($first: Int, $after: String, $filter: AuditFilter) {\n  auditEvents(first: $first, after: $after, filter: $filter) {\n    nodes {\n      id\n      at\n      action\n      actorKind\n      actorId\n      subject\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}",
  createDataset: "mutation createDataset($input: CreateDatasetInput!) {\n  createDataset(input: $input) {\n    dataset {\n      ...DatasetFacts\n    }\n    uploadUrl\n  }\n}\nfragment DatasetFacts on Dataset {\n  id\n  name\n  format\n  status\n  rowCount\n  sizeBytes\n  columns {\n    name\n    kind\n    missing\n    distinct\n    minimum\n    maximum\n    mean\n  }\n}",
  dataset: "query dataset($id: ID!) {\n  dataset(id: $id) {\n    ...DatasetFacts\n  }\n}\nfragment DatasetFacts on Dataset {\n  id\n  name\n  format\n  status\n  rowCount\n  sizeBytes\n  columns {\n    name\n    kind\n    missing\n    distinct\n    minimum\n    maximum\n    mean\n  }\n}",
  targetBalance: "query targetBalance($id: ID!, $column: String!) {\n  dataset(id: $id) {\n    targetBalance(column: $column) {\n      kind\n      missing\n      imbalanceRatio\n      classes {\n        value\n        count\n        share\n      }\n    }\n  }\n}",
  createModel: "mutation createModel($input: CreateModelInput!) {\n  createModel(input: $input) {\n    model {\n      id\n      name\n      type\n      target\n    }\n  }\n}",
  model: "query model($id: ID!) {\n  model(id: $id) {\n    id\n    name\n    type\n    target\n    versions {\n      nodes {\n        ...VersionFacts\n      }\n    }\n    deployments {\n      environment\n      version {\n        number\n      }\n    }\n  }\n}\nfragment VersionFacts on ModelVersion {\n  id\n  number\n  metrics {\n    rows\n    loss\n    accuracy\n    f1\n    r2\n    meanAbsoluteError\n  }\n}",
  deployModel: "mutation deployModel($input: DeployModelInput!) {\n  deployModel(input: $input) {\n    deployment {\n      id\n      environment\n      version {\n        ...VersionFacts\n      }\n    }\n  }\n}\nfragment VersionFacts on ModelVersion {\n  id\n  number\n  metrics {\n    rows\n    loss\n    accuracy\n    f1\n    r2\n    meanAbsoluteError\n  }\n}",
  predict: "mutation predict($input: PredictInput!) {\n  predict(input: $input) {\n    predictions {\n      label\n      value\n      confidence\n      probabilities {\n        label\n        probability\n      }\n    }\n    version {\n      number\n    }\n    latencyMs\n  }\n}",
  usage: "query usage($from: DateTime!, $to: DateTime!, $groupBy: UsageGrouping) {\n  usage(from: $from, to: $to, groupBy: $groupBy) {\n    lines {\n      meter\n      key\n      quantity\n      events\n    }\n    limits {\n      limit\n      used\n      allowed\n      resetsAt\n    }\n  }\n}",
  signIn: "mutation signIn($input: SignInInput!) {\n  signIn(input: $input) {\n    accessToken\n    refreshToken\n    expiresAt\n  }\n}",
  refreshSession: "mutation refreshSession($input: RefreshSessionInput!) {\n  refreshSession(input: $input) {\n    accessToken\n    refreshToken\n    expiresAt\n  }\n}",
  acceptInvitation: "mutation acceptInvitation($input: AcceptInvitationInput!) {\n  acceptInvitation(input: $input) {\n    accessToken\n    refreshToken\n    expiresAt\n  }\n}",
  signOut: "mutation signOut {\n  signOut {\n    signedOut\n  }\n}",
  viewer: "query viewer {\n  viewer {\n    id\n    kind\n    roles\n    permissions\n    tenant {\n      id\n      slug\n      name\n      plan\n    }\n    user {\n      id\n      name\n      email\n    }\n  }\n}",
  createTenant: "mutation createTenant($input: CreateTenantInput!) {\n  createTenant(input: $input) {\n    tenant {\n      id\n      slug\n      name\n      plan\n      status\n    }\n    owner {\n      id\n      email\n    }\n    nextSteps {\n      title\n      operation\n    }\n  }\n}",
  inviteUser: "mutation inviteUser($input: InviteUserInput!) {\n  inviteUser(input: $input) {\n    user {\n      id\n      email\n      role\n    }\n    invitationToken\n  }\n}",
  createApiKey: "mutation createApiKey($input: CreateApiKeyInput!) {\n  createApiKey(input: $input) {\n    apiKey {\n      id\n      name\n      scopes\n      expiresAt\n    }\n    secret\n  }\n}",
  tenant: "query tenant {\n  tenant {\n    id\n    slug\n    name\n    plan\n    status\n  }\n}",
  startTraining: "mutation startTraining($input: StartTrainingInput!) {\n  startTraining(input: $input) {\n    trainingJob {\n      id\n      status\n      seed\n    }\n  }\n}",
  trainingJob: "query trainingJob($id: ID!) {\n  trainingJob(id: $id) {\n    id\n    status\n    seed\n    progress {\n      ...Progress\n    }\n    failure {\n      code\n      message\n    }\n    version {\n      ...VersionFacts\n    }\n  }\n}\nfragment Progress on TrainingProgress {\n  status\n  epoch\n  epochs\n  loss\n  accuracy\n  valLoss\n  valAccuracy\n  etaMs\n}\nfragment VersionFacts on ModelVersion {\n  id\n  number\n  metrics {\n    rows\n    loss\n    accuracy\n    f1\n    r2\n    meanAbsoluteError\n  }\n}",
  trainingProgress: "subscription trainingProgress($jobId: ID!) {\n  trainingProgress(jobId: $jobId) {\n    ...Progress\n  }\n}\nfragment Progress on TrainingProgress {\n  status\n  epoch\n  epochs\n  loss\n  accuracy\n  valLoss\n  valAccuracy\n  etaMs\n}",
  cancelTraining: "mutation cancelTraining($input: CancelTrainingInput!) {\n  cancelTraining(input: $input) {\n    trainingJob {\n      id\n      status\n    }\n  }\n}",
};
